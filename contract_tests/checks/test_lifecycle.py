"""The life cycle of a job: from staged to downloaded, or canceled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import TypeAlias

import pytest
from PIL import Image

from pixelpact.contract_tests.checks.steps import once, only_output
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import RANK
from pixelpact.schema import Profile

_OAS = "vendor OpenAPI 2.0.1"
_CYCLE = "vendor guide job-lifecycle"
_TABLE = "text-to-image option table"
_WIDTH_PX, _HEIGHT_PX = 192, 128

_Finished: TypeAlias = Callable[[], Exchange]


def lighthouse(api: ApiClient) -> Exchange:
    """The last read of a job that has drawn one picture."""
    return api.convert("A lighthouse in the fog", {"seed": 7, "width": _WIDTH_PX, "height": _HEIGHT_PX})


@pytest.fixture(scope="session")
def finished(api: ApiClient) -> _Finished:
    """A step that gives the last read of a job that has run."""
    return once(lambda: lighthouse(api))


def test_a_job_completes_with_one_picture(finished: _Finished) -> None:
    only_output(finished())


def test_status_never_goes_back(api: ApiClient) -> None:
    job = api.staged({"width": 64, "height": 64})
    api.upload(job, "Going one way").expect(200, rule="an upload is accepted", source=_CYCLE)
    started = api.start(job["id"]).expect(200, rule="a staged job is started", source=_CYCLE)

    reads = [started, *api.wait(job["id"]), *api.wait(job["id"])]

    codes = [read.document("Job", rule="life cycle")["status"]["code"] for read in reads]
    if codes != sorted(codes, key=lambda code: RANK.get(code, -1)):
        raise started.broken(f"status must never go back, went {codes}", rule="life cycle", source=_CYCLE)


def test_outputs_are_listed_as_in_the_job(api: ApiClient, finished: _Finished) -> None:
    job = finished().document("Job", rule="outputs")

    listed = api.call("listOutputs", path={"job_id": job["id"]}).expect(200, rule="outputs", source=_OAS)

    ids = [output["id"] for output in listed.document("OutputFile", rule="outputs", rows=True)]
    if ids != [output["id"] for output in job["output"]]:
        raise listed.broken(
            "must list the outputs of the job", rule="output and GET output agree", source="SDK tests"
        )


def test_download_is_what_the_output_says(api: ApiClient, finished: _Finished) -> None:
    output = only_output(finished())

    download = api.download(output["uri"]).expect(200, rule="the uri needs no key", source="SDK contract")

    content = download.response.content
    digest = hashlib.new(Profile()["checksum"], content, usedforsecurity=False).hexdigest()
    for field, value in (("size", len(content)), ("checksum", digest)):
        if output[field] != value:
            raise download.broken(
                f"must have the {field} {output[field]}, has {value}", rule="outputs", source=_OAS
            )


def test_picture_has_the_requested_size(api: ApiClient, finished: _Finished) -> None:
    download = _download(api, finished())

    width, height = _size(download)

    for side, requested, got in (("width", _WIDTH_PX, width), ("height", _HEIGHT_PX, height)):
        if requested != got:
            raise download.broken(
                f"must be {requested} pixels in {side}, is {got}", rule="width and height", source=_TABLE
            )


def test_same_seed_gives_the_same_picture(api: ApiClient, finished: _Finished) -> None:
    first = _download(api, finished())

    second = _download(api, lighthouse(api))

    if first.response.content != second.response.content:
        raise second.broken("must repeat the picture for the same seed", rule="seed", source=_TABLE)


def test_a_staged_job_is_canceled_once(api: ApiClient) -> None:
    job = api.staged()

    api.call("cancelJob", path={"job_id": job["id"]}).expect(204, rule="a job is canceled", source=_OAS)

    after = api.call("getJob", path={"job_id": job["id"]})
    after.expect(200, rule="a canceled job can be read", source="SDK enum")
    if after.document("Job", rule="life cycle")["status"]["code"] != "canceled":
        raise after.broken("must have the status canceled", rule="life cycle", source="SDK enum")
    again = api.call("cancelJob", path={"job_id": job["id"]})
    again.expect_error(409, rule="a canceled job can't be canceled", source="assumed; 409 is documented")


def test_an_upload_after_the_start_is_refused(api: ApiClient, finished: _Finished) -> None:
    job = finished().document("Job", rule="life cycle")

    late = api.upload(job, "Too late")

    late.expect_error(Profile().value("late-input"), rule="a started job is closed to inputs", source=_CYCLE)


def _download(api: ApiClient, job: Exchange) -> Exchange:
    download = api.download(only_output(job)["uri"])
    return download.expect(200, rule="the uri needs no key", source="SDK contract")


def _size(download: Exchange) -> tuple[int, int]:
    """Width and height of a downloaded picture.

    Raises:
        ContractBroken: the content is not a picture.
    """
    try:
        with Image.open(BytesIO(download.response.content)) as picture:
            return picture.size
    except OSError:
        raise download.broken("must be a picture", rule="width and height", source=_TABLE) from None
