"""Ids of requests: one a response, counted, the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pixelpact.mockserver import Controller, ManualClock, Server, Settings
from pixelpact.mockserver.web.request_ids import RequestIds
from pixelpact.schema import headers


def drawn(seed: int, number: int = 3) -> list[bytes]:
    ids = RequestIds(seed)
    return [ids.next() for _ in range(number)]


def test_ids_count_from_one() -> None:
    ids = RequestIds(0)
    first, second = ids.next(), ids.next()
    ids.count = 0xABC - 1

    assert (first[-13:], second[-13:], ids.next()[-13:]) == (
        b"-000000000001",
        b"-000000000002",
        b"-000000000abc",
    )
    assert ids.count == 0xABC


def test_ids_look_like_a_uuid_of_the_server() -> None:
    for text in drawn(7):
        assert [len(part) for part in text.split(b"-")] == [8, 4, 4, 4, 12]


def test_ids_follow_from_the_seed() -> None:
    assert drawn(7) == drawn(7)
    assert not {text[:23] for text in drawn(7)} & {text[:23] for text in drawn(8)}


def test_each_response_has_the_next_id_whatever_it_is(serve: Callable[..., httpx.Client]) -> None:
    http = serve(seed=7)
    key = {headers().api_key[0]: "another"}
    answers = [http.get("/statuses"), http.get("/none"), http.put("/jobs"), http.get("/jobs", headers=key)]

    seen = [answer.headers.get_list(headers().request_id) for answer in answers]
    assert seen == [[text.decode()] for text in drawn(7, 4)]


def test_ids_go_on_where_a_state_ended(serve: Callable[..., httpx.Client]) -> None:
    http = serve(seed=7)
    with Controller(str(http.base_url.copy_with(path="/"))) as control:
        http.get("/statuses")
        state = control.state()
        for _ in range(5):
            http.get("/statuses")
        control.restore(state)

    assert state["requests"] == 1
    assert http.get("/statuses").headers[headers().request_id] == drawn(7)[1].decode()


@pytest.mark.undocumented
def test_where_ids_are_not_sent_none_is_used_up() -> None:
    with (
        Server(Settings(seed=7), clock=ManualClock()) as server,
        Controller(server.url, api_key="silent") as control,
        httpx.Client(base_url=server.base_url, verify=False) as http,
    ):
        control.set_profile({"request-ids": "absent"})
        silent = http.get("/statuses", headers={headers().api_key[0]: "silent"})
        other = http.get("/statuses", headers={headers().api_key[0]: "other"})

    assert headers().request_id not in silent.headers
    assert other.headers[headers().request_id] == drawn(7)[0].decode()
