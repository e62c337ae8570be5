"""Uploads in chunks: which ranges go together, and the limits to the byte."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pixelpact.schema import headers

Send = Callable[[str, bytes], httpx.Response]
TEXT = b"A fox in the snow"


def sender(http: httpx.Client, uuid: str = "one") -> Send:
    """Sends chunks of one file to a new job."""
    job = http.post("/jobs", json={"process": False}).json()

    def send(span: str, content: bytes) -> httpx.Response:
        sent = {headers().content_range: f"bytes {span}", headers().upload_uuid[0]: uuid}
        url = f"{job['server']}/upload-file/{job['id']}"
        return http.post(url, files={"file": ("fox.txt", content)}, headers=sent)

    return send


@pytest.fixture
def send(http: httpx.Client) -> Send:
    return sender(http)


def completed(answer: httpx.Response) -> bool:
    assert answer.status_code == 200, answer.text
    done: bool = answer.json()["completed"]
    return done


@pytest.mark.parametrize(
    ("first", "last"),
    [(0, 5), (9, 16), (4, 5), (9, 10), (0, 16), (6, 8), (4, 10)],
    ids=["its first byte", "its last byte", "two, one of them", "two more", "all", "inside", "around"],
)
def test_a_chunk_that_overlaps_another_one_is_refused(send: Send, first: int, last: int) -> None:
    assert completed(send("5-9/17", TEXT[5:10])) is False

    refused = send(f"{first}-{last}/17", TEXT[first : last + 1])

    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {headers().content_range}
    assert "covers bytes that have come" in refused.json()["message"]
    assert completed(send("0-4/17", TEXT[:5])) is False
    assert completed(send("10-16/17", TEXT[10:])) is True


def test_a_chunk_that_comes_again_counts_once(send: Send) -> None:
    seen = [completed(send("5-16/17", TEXT[5:])) for _ in range(3)]

    assert seen == [False] * 3
    assert completed(send("0-4/17", TEXT[:5])) is True


def test_files_that_come_at_once_do_not_mix(http: httpx.Client) -> None:
    first, second = sender(http, "one"), sender(http, "two")

    assert completed(first("0-4/17", TEXT[:5])) is False
    assert completed(second("5-16/17", TEXT[5:])) is False
    assert completed(first("5-16/17", TEXT[5:])) is True


@pytest.mark.parametrize(
    ("span", "size", "message"),
    [
        ("5-9/17", 4, "says 5 bytes, but the chunk has 4"),
        ("5-9/17", 6, "says 5 bytes, but the chunk has 6"),
        ("5-4/17", 0, "must be bytes a-b/total"),
        ("5-17/17", 13, "must be bytes a-b/total"),
    ],
)
def test_a_range_that_cannot_be_is_refused(send: Send, span: str, size: int, message: str) -> None:
    refused = send(span, b"x" * size)

    assert refused.status_code == 400
    assert message in refused.json()["message"]
    assert set(refused.json()["errors"]) == {headers().content_range}


def test_a_chunk_may_be_one_byte(send: Send) -> None:
    assert [completed(send(f"{n}-{n}/3", b"x")) for n in (2, 0, 1)] == [False, False, True]


@pytest.mark.parametrize(("total", "status"), [(1000, 200), (1001, 413)])
def test_a_file_in_chunks_may_be_as_long_as_an_upload(
    serve: Callable[..., httpx.Client], total: int, status: int
) -> None:
    assert sender(serve(max_upload_bytes=1000))(f"0-0/{total}", b"x").status_code == status


def test_all_chunks_together_are_bounded_to_the_byte(serve: Callable[..., httpx.Client]) -> None:
    http = serve(max_upload_bytes=1000)
    first, second = sender(http), sender(http)

    assert completed(first("0-599/700", b"x" * 600)) is False
    assert second("0-400/700", b"x" * 401).status_code == 413
    assert completed(second("0-399/700", b"x" * 400)) is False
    # What comes again needs no more room.
    assert completed(first("0-599/700", b"y" * 600)) is False
    assert first("600-600/700", b"x").status_code == 413
