"""Parts of the server that no ordinary request shows."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import ManualClock, Mock, PortUnavailable, Server, Settings, SystemClock, create_app
from pixelpact.mockserver.handlers import HANDLERS
from pixelpact.mockserver.service import output_cache
from pixelpact.mockserver.service.output_cache import OutputCache


class Drawing:
    """Stands for an output file: what the gallery asks of one."""

    def __init__(self, name: str) -> None:
        self.id = name


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were drawn, in order; each has ten bytes."""
    names: list[str] = []

    def draw(file: Drawing) -> bytes:
        names.append(file.id)
        return file.id.encode() * 10

    monkeypatch.setattr(output_cache, "draw", draw)
    return names


@pytest.mark.parametrize("max_bytes", [20, 29])
def test_gallery_draws_once_and_forgets_what_was_not_asked_for_longest(
    drawn: list[str], max_bytes: int
) -> None:
    async def look() -> list[bytes]:
        gallery = OutputCache(max_bytes=max_bytes)
        return [await gallery.content(Drawing(name)) for name in "abacab"]

    assert asyncio.run(look()) == [name.encode() * 10 for name in "abacab"]
    assert drawn == ["a", "b", "c", "b"]


def test_gallery_draws_once_for_all_who_wait(drawn: list[str]) -> None:
    async def look() -> list[bytes]:
        gallery = OutputCache(max_bytes=100)
        return await asyncio.gather(*(gallery.content(Drawing("a")) for _ in range(5)))

    assert asyncio.run(look()) == [b"a" * 10] * 5
    assert drawn == ["a"]


def test_gallery_forgets_what_was_still_being_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a reset the same id may mean another file."""
    begun, go_on = threading.Event(), threading.Event()
    contents = iter([b"old", b"new", b"new"])

    def draw(_: Drawing) -> bytes:
        content = next(contents)
        if content == b"old":
            begun.set()
            go_on.wait(10)
        return content

    monkeypatch.setattr(output_cache, "draw", draw)

    async def look() -> list[bytes]:
        gallery = OutputCache(max_bytes=100)
        old = asyncio.create_task(gallery.content(Drawing("a")))
        await asyncio.to_thread(begun.wait, 10)
        gallery.clear()
        first = await gallery.content(Drawing("a"))
        gallery.clear()
        go_on.set()
        await old
        return [first, await gallery.content(Drawing("a"))]

    assert asyncio.run(look()) == [b"new", b"new"]


def test_gallery_passes_on_why_it_could_not_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(file: Drawing) -> bytes:
        raise MemoryError(file.id)

    monkeypatch.setattr(output_cache, "draw", draw)

    with pytest.raises(MemoryError):
        asyncio.run(OutputCache(max_bytes=100).content(Drawing("a")))


def test_a_clock_goes_forward_only() -> None:
    clock = ManualClock(5.0)

    with pytest.raises(ValueError, match="can't go back; got -1 seconds"):
        clock.advance(-1)
    assert clock.now() == 5.0
    assert SystemClock().now() > 1.7e9


@pytest.mark.undocumented
def test_a_defect_is_a_500_that_says_nothing_of_the_inside(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[..., httpx.Client], caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("pixelpact.mockserver.server.api.HANDLERS", {**HANDLERS, "listStatuses": broken})

    answer = serve().get("/statuses", headers={"Origin": "http://localhost"})

    assert answer.status_code == 500
    assert set(answer.json()) == {"code", "message", "errors"}
    assert "secret" not in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Internal error in the mock server: GET /v2/statuses" in caplog.text


def test_app_runs_in_process_under_any_asgi_server() -> None:
    async def read() -> int:
        transport = httpx.ASGITransport(create_app(Mock(Settings())))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock/v2") as client:
            return (await client.get("/statuses")).status_code

    async def start_and_stop() -> list[str]:
        sent: list[str] = []
        events = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> dict[str, str]:
            return {"type": next(events)}

        async def send(message: dict[str, str]) -> None:
            sent.append(message["type"])

        await create_app(Mock(Settings()))({"type": "lifespan", "state": {}}, receive, send)
        return sent

    assert asyncio.run(read()) == 200
    assert asyncio.run(start_and_stop()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_server_names_itself_by_an_address_that_can_be_called() -> None:
    with Server(Settings(), host="0.0.0.0") as server:
        assert httpx.get(f"{server.base_url}/statuses", verify=False).status_code == 200
    with Server(Settings(), host="::1") as server:
        assert server.base_url == f"http://[::1]:{server.port}/v2"
        assert httpx.get(f"{server.base_url}/statuses", verify=False).status_code == 200


@pytest.mark.parametrize("host", ["no.such.host.invalid", "", "256.1.1.1.invalid"])
def test_an_unknown_host_is_explained(host: str) -> None:
    with pytest.raises(PortUnavailable, match="Can't listen on"):
        Server(Settings(), host=host, port=-1 if host == "" else 0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"pace": "fast"}, "'fast'"),
        ({"pace": "polls=10000"}, "polls=N with N from 1 to 9999"),
        ({"public_url": "mock.example"}, r"http:// or https://, got 'mock\.example'"),
        ({"seed": -1}, "got -1"),
        ({"seed": 2**63}, f"got {2**63}"),
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Settings(**wrong)


@pytest.mark.parametrize(
    "right", [{"pace": "polls=9999"}, {"seed": 0}, {"seed": 2**63 - 1}, {"public_url": "http://x"}], ids=str
)
def test_settings_at_their_borders_are_taken(right: dict[str, Any]) -> None:
    (name,) = right

    assert getattr(Settings(**right), name) == right[name]


def test_settings_never_show_their_keys() -> None:
    assert "s3cret" not in repr(Settings(api_keys=("s3cret",)))
