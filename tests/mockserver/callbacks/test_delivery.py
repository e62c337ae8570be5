"""Callbacks: what is sent, when, in which order, what is tried again, and where they never go."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import Any

import api2convert
import httpx
import pytest
from api2convert import Api2Convert

from pixelpact.mockserver import Controller, Server, Settings
from pixelpact.mockserver.callbacks import delivery, transport
from pixelpact.mockserver.callbacks.plan import pause_s, signature, timeout_s
from pixelpact.mockserver.control import client
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import Profile, callback_rules, headers
from tests.bodies import runnable
from tests.receivers import Receiver

KEY = headers().api_key[0]
REMOTE = [{"type": "remote", "source": "https://example.com/fox.txt"}]


def told(http: httpx.Client, pixelpact: MockApi, receiver: Receiver, **job: Any) -> list[str]:
    """The statuses that a new job tells until it has ended."""
    created = http.post("/jobs", json=runnable(callback=receiver.url, **job)).json()
    pixelpact.control.advance(0)
    http.get(f"/jobs/{created['id']}")
    pixelpact.control.advance(3600)
    return [each.status for each in receiver.received]


def test_the_end_is_told_with_the_job_as_it_can_be_read(http: httpx.Client, pixelpact: MockApi) -> None:
    with Receiver() as receiver:
        assert told(http, pixelpact, receiver) == ["completed"]
        (received,) = receiver.received

    assert received.document == http.get(f"/jobs/{received.document['id']}").json()
    assert received.headers["user-agent"] == callback_rules().user_agent
    assert received.headers["content-type"] == "application/json"
    assert headers().signature.lower() not in received.headers


def test_nobody_has_to_read_a_job_at_the_pace_instant(http: httpx.Client, pixelpact: MockApi) -> None:
    staged = runnable(process=False)
    with Receiver() as receiver:
        created = http.post("/jobs", json=runnable(callback=receiver.url)).json()
        staged = http.post("/jobs", json={**staged, "callback": receiver.url}).json()
        started = http.patch(f"/jobs/{staged['id']}", json={"process": True}).json()
        pixelpact.control.advance(0)

    assert [created["status"]["code"], started["status"]["code"]] == ["processing"] * 2
    assert [each.status for each in receiver.received] == ["completed"] * 2
    assert {each.document["id"] for each in receiver.received} == {created["id"], started["id"]}


def test_a_single_callback_has_nothing_to_change_places_with(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.choose("callback-reordered")
    with Receiver() as receiver:
        assert told(http, pixelpact, receiver) == ["completed"]


def test_every_change_is_told_in_order_where_that_was_asked_for(
    http: httpx.Client, pixelpact: MockApi
) -> None:
    with Receiver() as receiver:
        seen = told(http, pixelpact, receiver, notify_status=True, input=REMOTE)

    assert seen == ["downloading", "queued", "processing", "completed"]


def test_a_staged_job_tells_that_it_is_ready(http: httpx.Client, pixelpact: MockApi) -> None:
    with Receiver() as receiver:
        job = runnable(callback=receiver.url, notify_status=True, process=False)
        created = http.post("/jobs", json=job).json()
        pixelpact.control.advance(0)
        http.delete(f"/jobs/{created['id']}")
        pixelpact.control.advance(0)

    assert [each.status for each in receiver.received] == ["ready", "canceled"]


def test_what_fails_for_the_moment_is_tried_again(http: httpx.Client, pixelpact: MockApi) -> None:
    with Receiver(answers=[500, 503]) as receiver:
        assert told(http, pixelpact, receiver) == ["completed"] * 3

    entries = pixelpact.control.journal(kind="callback")
    assert [entry.status for entry in entries] == [500, 503, 204]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_what_is_refused_for_good_is_not(http: httpx.Client, pixelpact: MockApi, status: int) -> None:
    with Receiver(answers=[status]) as receiver:
        assert told(http, pixelpact, receiver) == ["completed"]


def test_it_is_tried_ten_times_more_by_the_clock_then_given_up(
    http: httpx.Client, pixelpact: MockApi
) -> None:
    with Receiver(answers=[500] * 30) as receiver:
        told(http, pixelpact, receiver)
        assert len(receiver.received) == 1 + callback_rules().retries
        pixelpact.control.advance(1e6)
        assert len(receiver.received) == 1 + callback_rules().retries


def test_a_host_that_fails_is_left_alone_for_a_while(http: httpx.Client, pixelpact: MockApi) -> None:
    rules = callback_rules()
    pixelpact.control.freeze()
    with Receiver(answers=[500] * rules.host_failures) as receiver:
        jobs = [
            http.post("/jobs", json=runnable(callback=receiver.url)).json()
            for _ in range(rules.host_failures)
        ]
        for job in jobs:
            http.get(f"/jobs/{job['id']}")
        pixelpact.control.advance(0)
        late = http.post("/jobs", json=runnable(callback=receiver.url)).json()
        http.get(f"/jobs/{late['id']}")
        pixelpact.control.advance(rules.host_pause_s - 1)
        paused = len(receiver.received)
        with Receiver() as other:
            told(http, pixelpact, other)

    assert paused == rules.host_failures
    assert len(receiver.received) == 2 * rules.host_failures + 1
    assert late["id"] in {each.document["id"] for each in receiver.received}
    assert len(other.received) == 1


def test_pauses_double() -> None:
    assert [pause_s(attempt, profile=Profile()) for attempt in (1, 2, 3, 4)] == [1, 2, 4, 8]


def test_nobody_there_is_told_in_the_journal(http: httpx.Client, pixelpact: MockApi) -> None:
    job = http.post("/jobs", json=runnable(callback="http://me:sesame@127.0.0.1:9/x?t=sesame")).json()
    http.get(f"/jobs/{job['id']}")
    pixelpact.control.advance(0)
    (entry,) = pixelpact.control.journal(kind="callback")

    assert (entry.status, entry.path, entry.query) == (None, "http://127.0.0.1:9/x", "********")
    assert "no answer" in (entry.trouble or "")
    assert "sesame" not in repr(entry)
    assert job["token"] not in repr(entry)


def test_an_answer_that_does_not_come_in_time_is_none(
    http: httpx.Client, pixelpact: MockApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "timeout_s", lambda _: 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        job = http.post("/jobs", json=runnable(callback=url)).json()
        http.get(f"/jobs/{job['id']}")
        pixelpact.control.advance(0)
        (entry,) = pixelpact.control.journal(kind="callback")

    assert (entry.status, entry.trouble) == (None, "no answer within 0.05 s")
    assert [timeout_s(attempt) for attempt in (1, 2, 11)] == [
        callback_rules().first_timeout_s,
        callback_rules().retry_timeout_s,
        callback_rules().retry_timeout_s,
    ]


def test_moving_the_clock_waits_for_callbacks_as_long_as_they_take(
    http: httpx.Client, pixelpact: MockApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "timeout_s", lambda _: 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        job = http.post("/jobs", json=runnable(callback=url)).json()
        http.get(f"/jobs/{job['id']}")
        monkeypatch.setattr(client, "_TIMEOUT_S", 0.02)
        pixelpact.control.advance(0)
        monkeypatch.undo()

    assert pixelpact.control.journal(kind="callback")[0].trouble == "no answer within 0.3 s"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirections_are_never_followed(http: httpx.Client, pixelpact: MockApi, status: int) -> None:
    with Receiver() as elsewhere, Receiver(answers=[status] * 20, location=elsewhere.url) as receiver:
        told(http, pixelpact, receiver)

    assert len(receiver.received) == 1
    assert elsewhere.received == []


def test_callbacks_of_jobs_that_are_forgotten_stop(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.choose({"scenario": "callback-late", "late_s": 100})
    with Receiver() as receiver:
        job = http.post("/jobs", json=runnable(callback=receiver.url)).json()
        http.get(f"/jobs/{job['id']}")
        pixelpact.control.reset("jobs")
        pixelpact.control.advance(1000)

    assert receiver.received == []


# Scenarios


def test_lost_callbacks_come_again(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.choose({"scenario": "callback-failing", "attempts": 2})
    with Receiver() as receiver:
        assert told(http, pixelpact, receiver) == ["completed"]

    troubles = [entry.trouble for entry in pixelpact.control.journal(kind="callback")]
    assert [bool(trouble) for trouble in troubles] == [True, True, False]


def test_duplicate_callbacks_are_equal(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.choose({"scenario": "callback-duplicate", "copies": 3})
    with Receiver() as receiver:
        assert told(http, pixelpact, receiver) == ["completed"] * 3
    assert [each.body for each in receiver.received] == [receiver.received[0].body] * 3


def test_late_callbacks_follow_the_clock(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.choose({"scenario": "callback-late", "late_s": 100})
    pixelpact.control.freeze()
    with Receiver() as receiver:
        job = http.post("/jobs", json=runnable(callback=receiver.url)).json()
        http.get(f"/jobs/{job['id']}")
        pixelpact.control.advance(99)
        early = len(receiver.received)
        pixelpact.control.advance(1)
    assert (early, len(receiver.received)) == (0, 1)


def test_reordered_callbacks_change_places(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.choose("callback-reordered")
    with Receiver() as receiver:
        seen = told(http, pixelpact, receiver, notify_status=True, input=REMOTE)

    assert seen == ["queued", "downloading", "completed", "processing"]


# The official SDK


def test_the_sdk_is_called_back_and_verifies_the_signature() -> None:
    with (
        Server(Settings(pace="instant", callback_secret="sesame")) as server,
        Receiver() as receiver,
        Api2Convert("k", base_url=server.base_url) as client,
        Controller(server.url, api_key="k") as control,
    ):
        job = client.convert_async(
            io.BytesIO(b"A fox"), "text-to-image", {"width": 64}, callback=receiver.url, filename="a.txt"
        )
        control.advance(0)
        received = receiver.received[-1]

    given = received.headers[headers().signature.lower()]
    event = api2convert.webhooks().construct_event(received.body, given, "sesame")
    assert event.job.id == job.id
    assert event.job.status.code == "completed"
    with pytest.raises(api2convert.SignatureVerificationError):
        api2convert.webhooks().construct_event(received.body + b" ", given, "sesame")
    assert given == signature(received.body, secret="sesame")


# Where callbacks go


@pytest.mark.parametrize(
    "callback",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/x",
        "http://[::ffff:169.254.169.254]/x",
        "http://[64:ff9b::a9fe:a9fe]/x",
        "http://0.0.0.0/x",
        "http://0/x",
        "http://2852039166/x",
        "http://0xa9fea9fe/x",
        "http://[fd00:ec2::254]/x",
        "http://224.0.0.1/x",
        "http://100.100.100.200/x",
        "http://no.such.host.invalid/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:port/x",
        "http://0251.0376.0251.0376/x",
        "http://[2002:a9fe:a9fe::1]/x",
        "http://[2002:7f00:1::1]/x",
        "http://[64:ff9b::7f00:1]/x",
        "http://[::169.254.169.254]/x",
        "http://127.0.0.1@169.254.169.254/x",
        "http://127.0.0.1\\@169.254.169.254/x",
        "http://169.254.169.254#@127.0.0.1/x",
        "http://①②⑦.⓪.⓪.①/x",
        "http://[half/x",
        "nonsense",
    ],
)
def test_they_never_go_elsewhere_however_wide_the_door(
    callback: str, serve: Callable[..., httpx.Client]
) -> None:
    http = serve(callback_hosts=("*",))
    job = http.post("/jobs", json=runnable(callback=callback))
    if job.status_code == 400:
        return
    http.get(f"/jobs/{job.json()['id']}")
    with Controller(str(http.base_url.copy_with(path="/")), api_key="a-key") as control:
        control.advance(0)
        (entry,) = control.journal(kind="callback")[:1]

    assert entry.status is None
    assert entry.trouble


def test_the_end_is_told_of_a_job_that_wanted_no_more_news_before(
    http: httpx.Client, pixelpact: MockApi
) -> None:
    with Receiver() as receiver:
        body = runnable(process=False, notify_status=True, callback=receiver.url)
        job = http.post("/jobs", json=body).json()
        pixelpact.control.advance(0)
        http.patch(f"/jobs/{job['id']}", json={"notify_status": False, "process": True})
        pixelpact.control.advance(0)
        http.get(f"/jobs/{job['id']}")
        pixelpact.control.advance(0)

        assert [each.status for each in receiver.received] == ["ready", "completed"]


def test_only_what_is_still_to_come_is_told_once_somebody_wants_to_know(
    http: httpx.Client, pixelpact: MockApi
) -> None:
    with Receiver() as receiver:
        job = http.post("/jobs", json=runnable(process=False, callback=receiver.url)).json()
        http.patch(f"/jobs/{job['id']}", json={"notify_status": True})
        pixelpact.control.advance(0)

        assert receiver.received == []
        http.patch(f"/jobs/{job['id']}", json={"process": True})
        http.get(f"/jobs/{job['id']}")
        pixelpact.control.advance(0)
        assert [each.status for each in receiver.received] == ["processing", "completed"]


def test_a_name_of_two_addresses_is_called_where_somebody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(*_: object, **__: object) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    monkeypatch.setattr(transport, "resolve", resolved)
    with (
        Receiver() as receiver,
        Server(Settings(pace="instant")) as server,
        Controller(server.url) as control,
        httpx.Client(base_url=server.base_url, headers={KEY: "k"}, verify=False) as http,
    ):
        http.post("/jobs", json=runnable(callback=receiver.url.replace("127.0.0.1", "localhost")))
        control.advance(0)

        assert [each.status for each in receiver.received] == ["completed"]


def test_a_cookie_that_one_app_sets_is_never_sent_to_another(http: httpx.Client, pixelpact: MockApi) -> None:
    with Receiver(cookie="session=s3cret") as first, Receiver() as second:
        for receiver in (first, second, first):
            told(http, pixelpact, receiver)

        assert [each.headers.get("cookie") for each in (*first.received, *second.received)] == [None] * 3


def test_a_callback_never_reaches_the_control_api(http: httpx.Client, pixelpact: MockApi) -> None:
    pixelpact.control.freeze()
    http.post("/jobs", json=runnable(callback=f"{pixelpact.server.url}/_pixelpact/reset"))
    pixelpact.control.advance(0)

    (entry,) = pixelpact.control.journal(kind="callback")
    assert entry.status == 403
    assert len(http.get("/jobs", params={"page": 1}).json()) == 1
