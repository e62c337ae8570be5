"""The body of a refusal: its `code` agrees with its status, whichever status a profile or a scenario gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from pixelpact.mockserver.errors import ApiError, Forbidden
from pixelpact.mockserver.web.responses import error_response
from pixelpact.pytest_plugin import MockApi
from pixelpact.schema import Profile, error_answers
from tests.bodies import finished, runnable

#: The code of each kind that is not its status, but the API's own.
OWN_CODES = {"EmptyBody": 8}


def document_of(error: ApiError, **answers: str) -> Any:
    """The body that a refusal comes with."""
    return orjson.loads(bytes(error_response(error, profile=Profile(answers)).body))


@pytest.mark.parametrize("kind", error_answers())
@pytest.mark.parametrize("status", [None, 400, 403, 404, 410, 422, 503])
def test_code_and_status_agree(kind: str, status: int | None) -> None:
    error = ApiError(kind, status=status)

    assert error.status == (status or error_answers()[kind].status)
    assert document_of(error)["code"] == OWN_CODES.get(kind, error.status)
    assert document_of(error, **{"error-codes": "zero"})["code"] == OWN_CODES.get(kind, 0)


def test_the_control_api_says_403_in_both_places(web: httpx.Client, pixelpact: MockApi) -> None:
    answer = web.get(f"{pixelpact.server.url}/_pixelpact/clock", headers={"Host": "evil.example"})

    assert Forbidden("no").code == 403
    assert (answer.status_code, answer.json()["code"]) == (403, 403)


@pytest.mark.undocumented
@pytest.mark.parametrize(
    ("entry", "choice", "status", "ask"),
    [
        ("invalid-request", "422", 422, lambda http: http.post("/jobs", json={"process": 1})),
        ("invalid-request", "422", 422, lambda http: http.post("/jobs", content=b"{")),
        ("invalid-key", "403", 403, lambda http: httpx.get(f"{http.base_url}jobs", verify=False)),
        ("wrong-method", "404", 404, lambda http: http.put("/jobs")),
        ("late-input", "400", 400, lambda http: late_input(http)),
        ("gone-output", "410", 410, lambda http: gone_output(http)),
        ("download-password-refused", "403", 403, lambda http: locked_output(http)),
    ],
)
def test_the_answers_of_the_ledger_change_both(
    serve: Callable[..., httpx.Client],
    entry: str,
    choice: str,
    status: int,
    ask: Callable[[httpx.Client], httpx.Response],
) -> None:
    http = serve(answers={entry: choice})

    answer = ask(http)

    assert (answer.status_code, answer.json()["code"]) == (status, status)


@pytest.mark.undocumented
@pytest.mark.parametrize(("scenario", "status"), [("bad-gateway", 502), ("unavailable", 503)])
def test_scenarios_change_both(play: Callable[..., httpx.Client], scenario: str, status: int) -> None:
    answer = play(scenario).get("/statuses")

    assert (answer.status_code, answer.json()["code"]) == (status, status)


def late_input(http: httpx.Client) -> httpx.Response:
    """The answer to an input for a job that has ended."""
    job = finished(http, runnable())
    return http.post(f"/jobs/{job['id']}/input", json=runnable()["input"][0])


def gone_output(http: httpx.Client) -> httpx.Response:
    """The answer to the download of a deleted output."""
    job = finished(http, runnable())
    (output,) = job["output"]
    http.delete(f"/jobs/{job['id']}/output/{output['id']}")
    return http.get(output["uri"])


def locked_output(http: httpx.Client) -> httpx.Response:
    """The answer to a download without its password."""
    (output,) = finished(http, runnable({"download_password": "sesame"}))["output"]
    return http.get(output["uri"])
