"""Each scenario, seen by the official SDK: what it names, then recovery."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api2convert import Api2Convert, webhooks
from api2convert import errors as sdk

from pixelpact.mockserver import read_image, scenarios
from pixelpact.pytest_plugin import MockApi
from tests.bodies import SMALL
from tests.receivers import Receiver

Play = Callable[..., httpx.Client]
STAGED = {"process": False}

pytestmark = pytest.mark.undocumented


@pytest.fixture
def naps() -> list[float]:
    """Seconds that the SDK would have slept."""
    return []


@pytest.fixture
def client(pixelpact: MockApi, naps: list[float]) -> Iterator[Api2Convert]:
    with Api2Convert(pixelpact.api_key, base_url=pixelpact.base_url, sleeper=naps.append) as client:
        yield client


def convert(client: Api2Convert) -> Any:
    return client.convert(io.BytesIO(b"A fox"), "text-to-image", SMALL, filename="a.txt")


@pytest.mark.parametrize(
    ("name", "error", "status"),
    [
        ("invalid-key", sdk.AuthenticationError, 401),
        ("out-of-credits", sdk.PaymentRequiredError, 402),
        ("server-error", sdk.ServerError, 500),
        ("bad-gateway", sdk.ServerError, 502),
        ("unavailable", sdk.ServerError, 503),
    ],
)
def test_a_refusal_has_its_error_and_no_retry_of_a_post(
    client: Api2Convert, play: Play, naps: list[float], name: str, error: type[sdk.ApiError], status: int
) -> None:
    play(name)

    with pytest.raises(error) as caught:
        client.jobs.create(STAGED)

    assert caught.value.status_code == status
    assert naps == []
    play()
    assert client.jobs.create(STAGED).id


@pytest.mark.parametrize("name", ["server-error", "bad-gateway", "unavailable", "rate-limited"])
def test_reads_are_tried_again_until_they_are_answered(
    client: Api2Convert, play: Play, naps: list[float], name: str
) -> None:
    job = client.jobs.create(STAGED)

    play({"scenario": name, "times": 2})

    assert client.jobs.get(job.id).id == job.id
    assert len(naps) == 2


def test_posts_are_tried_again_after_429_when_the_server_says(
    client: Api2Convert, play: Play, naps: list[float]
) -> None:
    play({"scenario": "rate-limited", "times": 2, "retry_after": 7})

    assert client.jobs.create(STAGED).id
    assert naps == [7, 7]


def test_a_limit_of_running_jobs_outlasts_the_retries(client: Api2Convert, play: Play) -> None:
    play("stuck", "concurrent-limit")
    job = {
        "conversion": [{"target": "text-to-image", "options": SMALL}],
        "input": [{"type": "remote", "source": "https://example.com/fox.txt"}],
    }
    running = client.jobs.create(job)

    with pytest.raises(sdk.RateLimitError):
        client.jobs.create(job)

    client.jobs.cancel(running.id)
    assert client.jobs.create(job).id


@pytest.mark.parametrize("name", ["slow", "jitter"])
def test_a_late_answer_is_a_time_out_for_the_impatient(
    pixelpact: MockApi, client: Api2Convert, play: Play, name: str
) -> None:
    job = client.jobs.create(STAGED)
    play({"scenario": name, "at_least_s": 0.2, "at_most_s": 0.25})
    impatient = Api2Convert(
        pixelpact.api_key,
        base_url=pixelpact.base_url,
        max_retries=0,
        http_client=httpx.Client(timeout=0.05, verify=False),
    )

    with impatient, pytest.raises(sdk.NetworkError):
        impatient.jobs.get(job.id)

    assert client.jobs.get(job.id).id == job.id


def test_dribbled_bodies_are_whole(client: Api2Convert, play: Play) -> None:
    play({"scenario": "dribble", "bytes": 400, "pause_s": 0.001})

    assert read_image(convert(client).contents()).prompt == "A fox"


def test_a_reset_is_a_network_error_for_posts_and_tried_again_for_reads(
    client: Api2Convert, play: Play
) -> None:
    play({"scenario": "connection-reset", "times": 1})
    with pytest.raises(sdk.NetworkError):
        client.jobs.create(STAGED)
    job = client.jobs.create(STAGED)

    play({"scenario": "connection-reset", "times": 2})

    assert client.jobs.get(job.id).id == job.id


def test_json_that_breaks_off_is_an_error_of_the_sdk(client: Api2Convert, play: Play) -> None:
    job = client.jobs.create(STAGED)
    play({"scenario": "broken-json", "times": 1})

    with pytest.raises(sdk.NetworkError):
        client.jobs.get(job.id)

    assert client.jobs.get(job.id).id == job.id


def test_a_truncated_download_is_an_error_then_whole(client: Api2Convert, play: Play) -> None:
    result = convert(client)
    play({"scenario": "truncated-download", "times": 1})

    with pytest.raises(sdk.NetworkError):
        result.contents()

    assert len(result.contents()) == result.job.output[0].size


def test_a_corrupted_download_is_told_by_the_checksum_only(client: Api2Convert, play: Play) -> None:
    result = convert(client)
    play({"scenario": "corrupted-download", "times": 1})

    wrong, right = result.contents(), result.contents()

    checksum = result.job.raw["output"][0]["checksum"]
    assert len(wrong) == len(right)
    assert [hashlib.md5(each).hexdigest() == checksum for each in (wrong, right)] == [False, True]


@pytest.mark.parametrize("name", ["input-not-found", "conversion-failed"])
def test_a_failed_job_is_told(client: Api2Convert, play: Play, name: str) -> None:
    play(name)

    with pytest.raises(sdk.ConversionFailedError):
        convert(client)

    play()
    assert convert(client).contents()


def test_waiting_for_a_stuck_job_ends(client: Api2Convert, play: Play) -> None:
    play("stuck")
    job = client.convert_async(io.BytesIO(b"A fox"), "text-to-image", SMALL, filename="a.txt")

    with pytest.raises(sdk.ConversionTimeoutError):
        client.jobs.wait(job.id, timeout_seconds=0)

    client.jobs.cancel(job.id)
    assert client.jobs.get(job.id).is_canceled()


def test_an_expired_output_is_not_found(client: Api2Convert, play: Play) -> None:
    play("expired-output")
    result = convert(client)

    with pytest.raises(sdk.NotFoundError):
        result.contents()

    assert client.jobs.get(result.job.id).output[0].status == "expired"


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("callback-failing", ["downloading", "queued", "processing", "completed"]),
        (
            "callback-duplicate",
            [*["downloading"] * 2, *["queued"] * 2, *["processing"] * 2, *["completed"] * 2],
        ),
        ("callback-late", ["downloading", "queued", "processing", "completed"]),
        ("callback-reordered", ["queued", "downloading", "completed", "processing"]),
    ],
)
def test_callbacks_tell_what_the_scenario_makes_of_them(
    client: Api2Convert, pixelpact: MockApi, play: Play, name: str, seen: list[str]
) -> None:
    play(name)
    with Receiver() as receiver:
        job = client.convert_async(
            "https://example.com/fox.txt", "text-to-image", SMALL, callback=receiver.url
        )
        client.jobs.wait(job.id)
        pixelpact.control.advance(3600)

    events = [webhooks().construct_event(each.body, None, "") for each in receiver.received]
    assert {event.job.id for event in events} == {job.id}
    assert [event.job.status.code for event in events] == seen


def test_every_scenario_is_seen_by_the_sdk() -> None:
    tests = Path(__file__).read_text()

    assert [name for name in scenarios() if f'"{name}"' not in tests] == []
