"""Judges every answer that a mock server gives in our tests by `openapi.json`."""

from __future__ import annotations

from typing import Any

from pixelpact.mockserver import Mock, create_app
from pixelpact.schema import answer_violations, find_operation, operations

#: Everything below is the API; the pages for people are not.
_API = operations()["createJob"].base + "/"


class Judged:
    """The application of a mock server, in front of it a judge that keeps what it finds in `wrong`."""

    def __init__(self, mock: Mock, wrong: list[str], reached: set[str]) -> None:
        self._app = create_app(mock)
        self._wrong = wrong
        self._reached = reached

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, send)
            return
        answer: dict[str, Any] = {"body": b"", "status": 0, "headers": {}}

        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                answer["headers"] = {
                    name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]
                }
            elif message["type"] == "http.response.body":
                answer["body"] += message.get("body", b"")
            await send(message)

        await self._app(scope, receive, noted)
        if answer["status"]:
            self._judge(scope["method"], scope["raw_path"].decode("latin-1"), answer)

    def _judge(self, method: str, path: str, answer: dict[str, Any]) -> None:
        operation, status = find_operation(method, path), answer["status"]
        found: list[object] = [f"answered {status}, a defect"] if status >= 500 else []
        if operation is not None:
            self._reached.add(operation.id)
            found += answer_violations(
                operation, status=status, headers=answer["headers"], body=answer["body"]
            )
        elif status not in {404, 405} | ({200, 400} if method == "OPTIONS" else set()):
            found.append(f"answered {status} without an operation")
        self._wrong += [f"{method} {path}: {each}" for each in found]
