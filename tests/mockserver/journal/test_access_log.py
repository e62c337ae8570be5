"""The line that `pixelpact serve` writes for each answer."""

from __future__ import annotations

import io

import pytest

from pixelpact.mockserver.journal.access_log import AccessLog


class Terminal(io.StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        return True


def line(stream: io.StringIO, *, target: str = "/v2/jobs", status: int = 201) -> str:
    AccessLog(stream).info("", "127.0.0.1:5", "POST", target, "1.1", status)
    return stream.getvalue()


def test_a_line_says_who_asked_for_what_and_how_it_was_answered() -> None:
    assert line(io.StringIO()) == '127.0.0.1:5 - "POST /v2/jobs HTTP/1.1" 201 Created\n'


def test_a_status_without_a_name_is_shown_as_a_number() -> None:
    assert line(io.StringIO(), status=599).endswith(" 599\n")


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/v2/jobs?page=2", "/v2/jobs?page=2"),
        ("/v2/jobs?", "/v2/jobs?"),
        ("/v2/jobs?token=sesame", "/v2/jobs?********"),
        ("/v2/jobs?page=2?key=sesame", "/v2/jobs?********"),
    ],
)
def test_a_query_is_shown_unless_it_may_hold_a_secret(target: str, shown: str) -> None:
    assert f'"POST {shown} HTTP/1.1"' in line(io.StringIO(), target=target)


@pytest.mark.parametrize(("status", "colour"), [(200, 32), (301, 36), (404, 33), (503, 31)])
def test_a_terminal_shows_colours(monkeypatch: pytest.MonkeyPatch, status: int, colour: int) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert f"\x1b[{colour}m{status} " in line(Terminal(), status=status)


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in line(Terminal())


def test_a_stream_that_is_gone_is_no_error() -> None:
    gone = io.StringIO()
    log = AccessLog(gone)
    gone.close()

    log.info("", "127.0.0.1:5", "GET", "/", "1.1", 200)
