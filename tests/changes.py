"""Changes of requests and answers on their way, with which a server is made wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pixelpact.schema import headers
from tests.wrong_servers import Change, Traffic


def put(*path: str | int, to: object) -> Change:
    """Set a value in the JSON of a body."""

    def change(answer: Traffic) -> None:
        whole = inner = answer.json
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to
        answer.json = whole

    return change


def replaced(value: object) -> Change:
    def change(answer: Traffic) -> None:
        answer.json = value

    return change


def with_json(compute: Callable[[Any], object]) -> Change:
    def change(answer: Traffic) -> None:
        answer.json = compute(answer.json)

    return change


def with_body(body: bytes) -> Change:
    def change(answer: Traffic) -> None:
        answer.body = body

    return change


def with_status(status: int) -> Change:
    def change(answer: Traffic) -> None:
        answer.status = status

    return change


def with_header(name: str, value: str | None) -> Change:
    return lambda answer: answer.set_header(name, value)


def from_the_second(change: Change) -> Change:
    """Let the first answer pass."""
    passed: list[Traffic] = []

    def later(answer: Traffic) -> None:
        if passed:
            change(answer)
        passed.append(answer)

    return later


def only_first(change: Change) -> Change:
    """Change the first answer, and let all others pass."""
    passed: list[Traffic] = []

    def first(answer: Traffic) -> None:
        if not passed:
            change(answer)
        passed.append(answer)

    return first


def without(name: str) -> Change:
    """Leave a field out of an answer."""
    return with_json(lambda body: {key: value for key, value in body.items() if key != name})


def first_again(*, only: str) -> Change:
    """Show the document of the first answer again."""
    first: list[Any] = []

    def change(answer: Traffic) -> None:
        first.append(answer.json)
        if answer.operation == only:
            answer.json = first[0]

    return change


def leaking(word: Callable[[Any], str]) -> Change:
    """Show a word of the first document, which is of another account, in each job that is read after it."""
    first: list[Any] = []

    def change(answer: Traffic) -> None:
        if not first:
            first.append(answer.json)
        elif answer.operation == "getJob":
            put("callback", to=word(first[0]))(answer)

    return change


def never_empty() -> Change:
    """Answer with the rows of an earlier answer where there are none."""
    rows: list[Any] = []

    def change(answer: Traffic) -> None:
        rows[:] = answer.json or rows
        answer.json = rows
        answer.set_header(headers().count, str(len(rows)))

    return change


def swapped(rows: list[Any]) -> list[Any]:
    return [*reversed(rows)]
