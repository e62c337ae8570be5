"""Judges every answer that a mock server gives in our tests by `openapi.json`."""

from __future__ import annotations

from typing import Any

from pixelpact.mockserver import Mock, create_app
from pixelpact.schema import answer_violations, find_operation, operations

#: Everything below is the API; the pages for people are not.
_API = operations()["createJob"].base + "/"


class Findings:
    """What the judge found, by the test that was running when the request arrived."""

    def __init__(self) -> None:
        #: The running test.
        self.test = ""
        self._found: list[tuple[str, str]] = []
        self._exempt: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._found)

    def __str__(self) -> str:
        return "\n".join(f"{test}: {what}" for test, what in self._found)

    def add(self, test: str, what: str) -> None:
        """Keep a finding."""
        self._found.append((test, what))

    def begin(self, test: str, *, exempt: bool) -> None:
        """Attribute requests that arrive from now on to this test; findings of an exempt one don't count."""
        self.test = test
        if exempt:
            self._exempt.add(test)

    def take(self, test: str) -> list[str]:
        """The findings of a test, which are forgotten."""
        taken = [what for whose, what in self._found if whose == test]
        self._found = [(whose, what) for whose, what in self._found if whose != test]
        return [] if test in self._exempt else taken

    def take_rest(self) -> list[str]:
        """Findings about responses that ended after their test did."""
        return [f"{test}: {what}" for test, _ in self._found[:] for what in self.take(test)]


class Judged:
    """The application of a mock server behind a judge, who compares each answer with `openapi.json`.

    An answer is judged before its last part is passed on, so that its finding is there before a client has it.
    """

    def __init__(self, mock: Mock, findings: Findings, reached: set[str]) -> None:
        self._app = create_app(mock)
        self._findings = findings
        self._reached = reached

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, send)
            return
        test = self._findings.test
        answer: dict[str, Any] = {"body": b"", "status": 0, "headers": {}}

        def judge() -> None:
            if answer["status"]:
                self._judge(test, scope["method"], scope["raw_path"].decode("latin-1"), answer)
                answer["status"] = 0

        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                answer["headers"] = {
                    name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]
                }
            elif message["type"] == "http.response.body":
                answer["body"] += message.get("body", b"")
                if not message.get("more_body", False):
                    judge()
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            judge()  # an answer that was broken off

    def _judge(self, test: str, method: str, path: str, answer: dict[str, Any]) -> None:
        operation, status = find_operation(method, path), answer["status"]
        found: list[object] = [f"answered {status}, a defect"] if status >= 500 else []
        if operation is not None:
            self._reached.add(operation.id)
            found += answer_violations(
                operation, status=status, headers=answer["headers"], body=answer["body"]
            )
        elif status not in {404, 405} | ({200, 400} if method == "OPTIONS" else set()):
            found.append(f"answered {status} without an operation")
        for violation in found:
            self._findings.add(test, f"{method} {path}: {violation}")
