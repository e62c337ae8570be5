"""The client of an API under test: a call for each operation, and a job from prompt to picture."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.schema import TEXT_TO_IMAGE, find_conversion, headers, operations, statuses

#: The vendor's SDKs poll like this: at once, half a second later, then at growing intervals.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _PATIENCE_S = 0.5, 5.0, 300.0
_TIMEOUT_S = 30.0
#: The key of the options of a `staged_job` in the `errors` of a refusal.
STAGED_OPTIONS = "conversion[0].options"
_OAS = "vendor OpenAPI 2.0.1"


class ApiClient:
    """A client of the API at a base URL, with one key."""

    def __init__(self, base_url: str, api_key: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._key = {headers().api_key[0]: api_key}
        self._client = httpx.Client(timeout=_TIMEOUT_S, verify=_certificates())

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, str] | None = None,
        credentials: Mapping[str, str] | None = None,
        server: str | None = None,
        **request: Any,
    ) -> Exchange:
        """The answer to a request of an operation.

        `path` fills the parameters of the path; `credentials` replaces the header with the key (`{}` sends
        none); `server` replaces the base URL, for uploads; `request` goes to httpx (`json`, `content`, ...).
        """
        spec = operations()[operation]
        url = (server or self.base_url).rstrip("/") + spec.url(**(path or {}))
        sent = {**(self._key if credentials is None else credentials), **request.pop("headers", {})}
        return Exchange(spec, self._client.request(spec.method, url, headers=sent, **request))

    def download(self, uri: str, *, operation: str = "downloadOutput", **request: Any) -> Exchange:
        """The answer to a GET of an output's `uri`, which needs no key; with `headOutput` to a HEAD."""
        spec = operations()[operation]
        return Exchange(spec, self._client.request(spec.method, uri, **request))

    def stage(self, options: Mapping[str, Any] | None = None, **job: Any) -> Exchange:
        """The answer to `createJob` for a text-to-image job that can't start: staged and without an input.

        It costs nothing, even where a server accepts what it should refuse.
        """
        return self.call("createJob", json=staged_job({} if options is None else options, **job))

    def staged(self, options: Mapping[str, Any] | None = None, **job: Any) -> dict[str, Any]:
        """The document of a new job that `stage` creates.

        Raises:
            ContractBroken: the job is not created as documented.
        """
        created = self.stage(options, **job).expect(201, rule="a job is created", source=_OAS)
        return _job(created)

    def convert(self, prompt: str, options: Mapping[str, Any] | None = None, **job: Any) -> Exchange:
        """The last read of a job that has drawn `prompt`: staged, uploaded to, started and polled as SDKs do.

        Raises:
            ContractBroken: a step is not answered as documented.
        """
        document = self.staged(options, **job)
        self.upload(document, prompt).expect(
            200, rule="an upload is accepted", source="assumed: ledger upload-status"
        )
        self.start(document["id"]).expect(
            200, rule="a staged job is started", source="vendor guide job-lifecycle"
        )
        return self.wait(document["id"])[-1]

    def upload(self, job: Mapping[str, Any], prompt: str, *, filename: str = "prompt.txt") -> Exchange:
        """The answer to the upload of a text to the job's own server, with the job's token."""
        return self.call(
            "uploadFile",
            path={"job_id": job["id"]},
            credentials={headers().job_token[0]: job["token"]},
            server=job["server"],
            files={"file": (filename, prompt.encode())},
        )

    def start(self, job_id: str) -> Exchange:
        """The answer to the start of a staged job."""
        return self.call("updateJob", path={"job_id": job_id}, json={"process": True})

    def wait(self, job_id: str) -> list[Exchange]:
        """The reads of a job until it has ended, oldest first.

        Raises:
            ContractBroken: a read is not answered as documented, or the job has not ended after five minutes.
        """
        reads: list[Exchange] = []
        pause, waited = _FIRST_PAUSE_S, 0.0
        while True:
            read = self.call("getJob", path={"job_id": job_id})
            reads.append(read.expect(200, rule="a job can be read", source=_OAS))
            code = _job(read)["status"]["code"]
            known = statuses().get(code)
            if known and known.terminal:
                return reads
            if waited > _PATIENCE_S:
                raise read.broken(
                    f"must reach a terminal status, is still {code}",
                    rule="every started job ends completed, failed or canceled",
                    source="SDK contract",
                )
            time.sleep(pause)  # the server under test has its own clock
            waited, pause = waited + pause, min(_LONGEST_PAUSE_S, pause * 1.5)


def _job(answer: Exchange) -> dict[str, Any]:
    document: dict[str, Any] = answer.document("Job", rule="a job has all its documented fields")
    return document


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that all clients trust, loaded once because that takes longer than most requests."""
    return httpx.create_ssl_context()


def staged_job(options: object, **job: Any) -> dict[str, Any]:
    """The body of a staged text-to-image job without an input; `options` may be invalid."""
    entry = find_conversion(TEXT_TO_IMAGE)
    conversion: dict[str, Any] = {"target": TEXT_TO_IMAGE, "options": options}
    if entry:
        conversion["category"] = entry.category
    return {"process": False, "conversion": [conversion], **job}
