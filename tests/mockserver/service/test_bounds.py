"""Limits: at each of them the documented answer, and nothing that was accepted is lost."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable

import httpx
import pytest

from pixelpact.mockserver import ManualClock, Server, Settings
from pixelpact.mockserver.jobs.contents import readable
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import headers
from tests.bodies import finished, runnable
from tests.servers import connected

KEY = headers().api_key[0]


def test_no_more_jobs_than_may_be_kept(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_jobs=3)
    jobs = [http.post("/jobs", json=runnable()).json() for _ in range(3)]
    refused = http.post("/jobs", json=runnable())

    assert refused.status_code == 429
    assert "--max-jobs" in refused.json()["message"]
    assert refused.headers["Retry-After"] == "1"
    for job in jobs:
        document = http.get(f"/jobs/{job['id']}").json()
        assert document["status"]["code"] == "completed"
        assert len(http.get(document["output"][0]["uri"]).content) == document["output"][0]["size"]
    assert http.post("/jobs", json=runnable()).status_code == 429


def test_jobs_whose_outputs_have_expired_make_room(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(max_jobs=3, clock=clock)
    first = [
        http.post("/jobs", json=runnable(), headers={"Idempotency-Key": str(n)}).json() for n in range(2)
    ]
    for job in first:
        http.get(f"/jobs/{job['id']}")
    staged = http.post("/jobs", json={"process": False}).json()
    clock.advance(24 * 3600 - 1)
    early = http.post("/jobs", json=runnable())
    clock.advance(1)
    more = [http.post("/jobs", json=runnable()) for _ in range(3)]

    assert early.status_code == 429
    assert [answer.status_code for answer in more] == [201, 201, 429]
    assert http.get(f"/jobs/{staged['id']}").status_code == 200
    assert http.get(f"/jobs/{first[0]['id']}").status_code == 404
    assert len({job["id"] for job in [*first, *(answer.json() for answer in more[:2])]}) == 4


def test_nothing_is_kept_of_jobs_that_made_room() -> None:
    clock = ManualClock()
    with (
        Server(Settings(pace="instant", max_jobs=2), clock=clock) as server,
        httpx.Client(base_url=server.base_url, headers={KEY: "k"}, verify=False) as http,
    ):
        for _ in range(5):
            finished(http, runnable())
            clock.advance(24 * 3600)

        kept = asyncio.run(server.mock.store.contents()).jobs
        assert set(server.mock.outputs._kept) == {file_id for job in kept for file_id in job.drawn}


def test_expired_jobs_make_room_however_many_older_ones_stay(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(max_jobs=102, clock=clock)
    staged = [http.post("/jobs", json={"process": False}).json() for _ in range(101)]
    ended = http.post("/jobs", json=runnable()).json()
    http.get(f"/jobs/{ended['id']}")

    assert http.post("/jobs", json=runnable()).status_code == 429
    clock.advance(24 * 3600)
    assert http.post("/jobs", json=runnable()).status_code == 201
    assert http.get(f"/jobs/{staged[0]['id']}").status_code == 200
    assert http.get(f"/jobs/{ended['id']}").status_code == 404


@pytest.mark.parametrize("size", [2000, 2001])
def test_no_longer_bodies_than_may_be_sent(serve: Callable[..., httpx.Client], size: int) -> None:
    http = serve(max_body_bytes=2000)
    body = b'{"process": false' + b" " * (size - 18) + b"}"

    assert http.post("/jobs", content=body).status_code == (201 if size == 2000 else 413)


def test_a_hundred_expired_jobs_make_room_at_once(serve: Callable[..., httpx.Client]) -> None:
    clock = ManualClock()
    http = serve(max_jobs=102, clock=clock)
    jobs = [http.post("/jobs", json={"process": False}).json()["id"] for _ in range(102)]
    for job in jobs:
        http.delete(f"/jobs/{job}")
    clock.advance(24 * 3600)

    new = http.post("/jobs", json={}).json()["id"]

    assert [job["id"] for job in http.get("/jobs").json()] == [new, *jobs[:99:-1]]


def test_no_longer_uploads_than_may_be_sent(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_upload_bytes=3000)
    job = http.post("/jobs", json={"process": False}).json()
    url = f"{job['server']}/upload-file/{job['id']}"

    assert http.post(url, files={"file": ("a.bin", b"x" * 2000)}).status_code == 200
    assert http.post(url, files={"file": ("a.bin", b"x" * 4000)}).status_code == 413
    assert [each["size"] for each in http.get(f"/jobs/{job['id']}/input").json()] == [2000]


@pytest.mark.parametrize(("spare", "status"), [(0, 200), (-1, 413)])
def test_an_upload_is_bounded_to_the_byte(
    serve: Callable[..., httpx.Client], spare: int, status: int
) -> None:
    form = httpx.Request("POST", "http://x", files={"file": ("a.bin", b"x" * 2000)})
    http = serve(max_upload_bytes=len(form.read()) + spare)
    job = http.post("/jobs", json={"process": False}).json()

    answer = http.post(
        f"{job['server']}/upload-file/{job['id']}",
        content=form.content,
        headers={"Content-Type": form.headers["Content-Type"]},
    )

    assert answer.status_code == status


@pytest.mark.parametrize(("size", "status"), [(3000, 200), (3001, 413), (3003, 413)])
def test_no_longer_uploads_as_base64_than_may_be_sent(
    serve: Callable[..., httpx.Client], size: int, status: int
) -> None:
    http = serve(max_upload_bytes=3000)
    job = http.post("/jobs", json={"process": False}).json()
    sent = {"filename": "a.bin", "content": base64.b64encode(b"x" * size).decode()}

    assert http.post(f"{job['server']}/upload-base64/{job['id']}", json=sent).status_code == status
    assert len(http.get(f"/jobs/{job['id']}/input").json()) == (status == 200)


def test_an_upload_as_base64_is_bounded_to_the_byte(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_upload_bytes=2998)
    job = http.post("/jobs", json={"process": False}).json()
    url = f"{job['server']}/upload-base64/{job['id']}"

    seen = [
        http.post(url, json={"content": base64.b64encode(b"x" * size).decode()}).status_code
        for size in (2998, 2999, 3000)
    ]

    assert seen == [200, 413, 413]


def test_the_journal_keeps_no_more_of_a_request_than_it_needs(http: httpx.Client, pixelpact: MockApi) -> None:
    many = {f"x-{number}": "y" for number in range(500)}
    lengths = {f"x-{size}": "y" * (size - 6) for size in (4096, 4097)}
    http.get("/statuses", headers={"x-long": "y" * 100_000, **lengths}, params={"q": "y" * 50_000})
    http.get("/" + "y" * 50_000, headers=many)
    http.get("/" + "y" * (4096 - 4))
    first, second, third = pixelpact.control.journal()

    assert {"x-4096", "x-4097", "x-long"} & set(first.headers) == {"x-4096"}
    assert first.query == "q=" + "y" * 4094 + "…"
    assert second.path == "/v2/" + "y" * 4092 + "…"
    assert len(second.headers) == 100
    assert third.path == "/v2/" + "y" * 4092


def test_the_journal_keeps_the_last(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_journal=5)
    for _ in range(8):
        http.get("/statuses")
    http.get("/presets")
    entries = http.get(http.base_url.copy_with(path="/_pixelpact/journal")).json()

    assert [entry["number"] for entry in entries] == [5, 6, 7, 8, 9]
    assert entries[-1]["path"] == "/v2/presets"


def test_a_long_text_is_kept_in_part_and_stays_itself() -> None:
    first, second = (b"fox " * 10_000 + ending for ending in (b"a", b"b"))

    assert readable(first) != readable(second)
    assert len(readable(first) or "") < 17_000
    assert hashlib.sha256(first).hexdigest() in (readable(first) or "")
    assert readable(b"fox " * 4_096) == "fox " * 4_096


def test_slow_clients_hinder_nobody(http: httpx.Client, pixelpact: MockApi) -> None:
    body = b'{"process": false}'
    head = f"POST /v2/jobs HTTP/1.1\r\nHost: x\r\n{KEY}: slow\r\nContent-Length: {len(body)}\r\n\r\n"
    request = head.encode() + body
    slow = [connected(pixelpact.server) for _ in range(64)]
    for byte in request:
        for connection in slow:
            connection.sendall(bytes([byte]))
        assert http.get("/statuses").status_code == 200

    for connection in slow:
        assert connection.recv(64).startswith(b"HTTP/1.1 201 Created")
        connection.close()


def test_an_idempotency_key_stays_with_the_job_that_it_made_last() -> None:
    clock = ManualClock()
    with (
        Server(Settings(pace="instant", max_jobs=3), clock=clock) as server,
        httpx.Client(base_url=server.base_url, headers={KEY: "k"}, verify=False) as http,
    ):

        def made(key: str) -> str:
            job: dict[str, str] = http.post("/jobs", json=runnable(), headers={"Idempotency-Key": key}).json()
            http.get(f"/jobs/{job['id']}")
            return job["id"]

        first, other = made("one"), made("two")
        clock.advance(24 * 3600 + 10)
        second = made("one")
        made("three")  # makes room: the first job goes

        assert http.get(f"/jobs/{first}").status_code == 404
        assert made("one") == second
        assert second not in (first, other)
