"""Names and numbers of the API, read from `openapi.json`: headers, statuses, errors, callbacks, page size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from pixelpact.schema.documents import load_document


@dataclass(frozen=True, slots=True)
class Headers:
    """Names of headers, the canonical one first and its permanent alias second.

    `answered` lists all headers that a response may carry.
    """

    api_key: tuple[str, str]
    job_token: tuple[str, str]
    download_password: tuple[str, str]
    download_password_cookie: str
    upload_uuid: tuple[str, str]
    content_range: str
    idempotency_key: str
    signature: str
    count: str
    request_id: str
    retry_after: str
    answered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """A status of a job; a `terminal` one is final."""

    code: str
    info: str
    terminal: bool


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """One kind of error response: HTTP `status`, numeric `code` of the body, and the usual message."""

    name: str
    status: int
    code: int
    message: str

    def code_with(self, status: int) -> int:
        """The `code` beside another status: that status, unless the kind has a code of its own.

        >>> error_answers()["Invalid"].code_with(422), error_answers()["EmptyBody"].code_with(422)
        (422, 8)
        """
        return status if self.code == self.status else self.code


def _components() -> Mapping[str, Any]:
    components: Mapping[str, Any] = load_document("openapi")["components"]
    return components


@cache
def headers() -> Headers:
    """The names of the API's headers.

    >>> headers().job_token
    ('X-Api2convert-Token', 'X-Oc-Token')
    """
    schemes, parameters = _components()["securitySchemes"], _components()["parameters"]
    return Headers(
        api_key=(schemes["apiKey"]["name"], schemes["apiKeyAlias"]["name"]),
        job_token=(schemes["jobToken"]["name"], schemes["jobTokenAlias"]["name"]),
        download_password=(
            parameters["DownloadPassword"]["name"],
            parameters["DownloadPasswordAlias"]["name"],
        ),
        download_password_cookie=parameters["DownloadPasswordCookie"]["name"],
        upload_uuid=(parameters["UploadUuid"]["name"], parameters["UploadUuidAlias"]["name"]),
        content_range=parameters["ContentRange"]["name"],
        idempotency_key=parameters["IdempotencyKey"]["name"],
        signature=parameters["Signature"]["name"],
        count=_answered("Count"),
        request_id=_answered("RequestId"),
        retry_after=_answered("RetryAfter"),
        answered=tuple(_answer_headers()),
    )


def _answered(component: str) -> str:
    """The name of the header that a component describes."""
    reference = f"#/components/headers/{component}"
    return next(name for name, spec in _answer_headers().items() if spec.get("$ref") == reference)


def _answer_headers() -> Mapping[str, Any]:
    """The headers that a response may carry, with their descriptions."""
    named = _components()["responses"].values()
    operations = [item for path in load_document("openapi")["paths"].values() for item in path.values()]
    own = [
        answer
        for operation in operations
        if "responses" in operation
        for answer in operation["responses"].values()
    ]
    return {name: spec for answer in (*named, *own) for name, spec in answer.get("headers", {}).items()}


@cache
def statuses() -> Mapping[str, Status]:
    """All statuses of a job by code.

    >>> [code for code, status in statuses().items() if status.terminal]
    ['completed', 'failed', 'canceled']
    """
    return MappingProxyType(
        {
            entry["const"]: Status(entry["const"], entry["description"], entry["x-terminal"])
            for entry in _components()["schemas"]["StatusCode"]["oneOf"]
        }
    )


@cache
def error_answers() -> Mapping[str, ErrorAnswer]:
    """All kinds of error response, by the name of their component.

    >>> error_answers()["Unauthorized"].status
    401
    """
    return MappingProxyType(
        {
            name: ErrorAnswer(name, response["x-status"], response["x-code"], response["x-message"])
            for name, response in _components()["responses"].items()
        }
    )


@dataclass(frozen=True, slots=True)
class JobMessage:
    """An entry of a job's `errors` or `warnings`."""

    source: str
    code: int
    message: str


@cache
def job_messages() -> Mapping[str, JobMessage]:
    """The known errors and warnings of jobs, by name.

    >>> job_messages()["cloud-import-failed"].code
    99
    """
    known = _components()["schemas"]["JobMessage"]["x-messages"]
    return MappingProxyType(
        {name: JobMessage(row["source"], row["code"], row["message"]) for name, row in known.items()}
    )


@cache
def cloud_providers() -> tuple[str, ...]:
    """The providers that the `source` of a cloud input may name.

    >>> "ftp" in cloud_providers()
    True
    """
    return tuple(_components()["schemas"]["InputRequest"]["properties"]["source"]["x-cloud-providers"])


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """How callbacks are sent.

    The first attempt has its own timeout. After `host_failures` failures in a row, nothing is sent to a host
    for `host_pause_s` seconds.
    """

    user_agent: str
    first_timeout_s: float
    retry_timeout_s: float
    retries: int
    host_failures: int
    host_pause_s: float


@cache
def callback_rules() -> CallbackRules:
    """The rules for callbacks.

    >>> callback_rules().retries
    10
    """
    (urls,) = load_document("openapi")["paths"]["/jobs"]["post"]["callbacks"].values()
    (spec,) = (item["post"] for item in urls.values())
    return CallbackRules(
        user_agent=spec["x-user-agent"],
        first_timeout_s=spec["x-first-timeout-s"],
        retry_timeout_s=spec["x-retry-timeout-s"],
        retries=spec["x-retries"],
        host_failures=spec["x-host-failures"],
        host_pause_s=spec["x-host-pause-s"],
    )


@cache
def default_input_type() -> str:
    """The type of an input that doesn't name one."""
    default: str = _components()["schemas"]["InputRequest"]["properties"]["type"]["default"]
    return default


def page_size() -> int:
    """The number of entries on one page of a listing."""
    size: int = _components()["parameters"]["Page"]["x-page-size"]
    return size
