"""The client of an API under test: a call for each operation."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from pixelpact.contract_tests.client.budget import Budget
from pixelpact.contract_tests.client.curl import curl, printable
from pixelpact.contract_tests.client.errors import (
    BudgetSpent,
    ContractTestsError,
    NotConclusive,
    UnusableAnswer,
    UsageError,
)
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.failures import TIMEOUT_S, failure_of
from pixelpact.contract_tests.client.findings import RedactedExchange
from pixelpact.contract_tests.client.urls import without_userinfo
from pixelpact.schema import (
    TEXT_TO_IMAGE,
    Operation,
    error_answers,
    find_conversion,
    headers,
    operations,
)

#: A whole answer takes at most so many seconds, and JSON at most so many bytes (the SDKs' limit); a picture
#: of the largest size has 26 MB.
_LONGEST_ANSWER_S, _LARGEST_ANSWER_BYTES = 120.0, 64 * 1024 * 1024
#: A request that is answered with 429 is sent again so often, if it is asked to wait no longer than the SDKs.
_RETRIES, _LONGEST_RETRY_AFTER_S = 2, 120.0
#: After this many requests in a row that stay refused, no more are sent.
_MOST_REFUSED = 3
_TOO_MANY = error_answers()["TooManyRequests"].status
#: The key of the options of a `staged_job` in the `errors` of a refusal.
STAGED_OPTIONS = "conversion[0].options"


class ApiClient:
    """A client of the API at a base URL, with one key; it reserves each request from the `budget`, if any."""

    def __init__(self, base_url: str, api_key: str, *, budget: Budget | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.budget = budget
        #: Told each answer.
        self.on_answer: Callable[[Exchange], None] = lambda _: None
        self._refused_in_a_row = 0
        self._key = {headers().api_key[0]: api_key}
        self._client = httpx.Client(timeout=TIMEOUT_S, verify=certificates())

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    @property
    def shown_url(self) -> str:
        """The base URL as it is shown: without user and password."""
        return without_userinfo(self.base_url)

    @property
    def key(self) -> str:
        """The key, for requests that send it by another header."""
        return next(iter(self._key.values()))

    def call(
        self,
        operation: str,
        *,
        path: Mapping[str, str] | None = None,
        credentials: Mapping[str, str] | None = None,
        server: str | None = None,
        method: str | None = None,
        **request: Any,
    ) -> Exchange:
        """The answer to a request of an operation.

        `path` fills the parameters of the path; `credentials` replaces the header with the key (`{}` sends
        none); `server` replaces the base URL, for uploads; `method` replaces the operation's; `request` goes
        to httpx (`json`, `content`, ...).

        Raises:
            UnusableAnswer: the connection breaks, or the answer is too large or takes too long.
            BudgetSpent: there is a budget, and nothing is left of it, or the server takes no more requests.
            NotConclusive: there is a budget, and the server answers that there were too many requests, and
                does so again after the pauses that it asks for.
        """
        spec = operations()[operation]
        try:
            url = (server or self.base_url).rstrip("/") + spec.url(**(path or {}))
        except (ValueError, AttributeError, TypeError):
            raise _no_request(spec, f"{server or self.base_url} with {path}") from None
        sent = {**(self._key if credentials is None else credentials), **request.pop("headers", {})}
        return self._send(spec, method or spec.method, url, headers=sent, **request)

    def download(self, uri: str, *, operation: str = "downloadOutput", **request: Any) -> Exchange:
        """The answer to a GET of an output's `uri`, which needs no key; with `headOutput` to a HEAD."""
        spec = operations()[operation]
        return self._send(spec, spec.method, uri, **request)

    def _send(self, operation: Operation, method: str, url: str, **request: Any) -> Exchange:
        """The answer to a request, after a pause and again where the server asks for that (429)."""
        spending: Spending = request.pop("spending", Spending())
        if self.budget is None:
            return self._answer(operation, method, url, **request)
        most = _MOST_REFUSED * (2 if spending.for_cleanup else 1)  # the clean-up tries again
        if self._refused_in_a_row >= most:
            raise BudgetSpent(f"the server answered {most} requests in a row with {_TOO_MANY} only")
        spending.reserve(self.budget, is_first=True)
        answer = self._answer(operation, method, url, **request)
        for _ in range(_RETRIES if spending.retried else 0):
            pause = _retry_after(answer)
            if pause is None:
                break
            self.budget.pause(pause)
            spending.reserve(self.budget, is_first=False)
            answer = self._answer(operation, method, url, **request)
        if not spending.retried:
            return answer
        if _retry_after(answer) is None:
            self._refused_in_a_row = 0
            return answer
        self._refused_in_a_row += 1
        raise NotConclusive(f"{operation.id} was answered {_TOO_MANY} {_RETRIES + 1} times, with pauses")

    def _answer(self, operation: Operation, method: str, url: str, **request: Any) -> Exchange:
        try:
            sent = self._client.build_request(method, url, **request)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError, TypeError):
            raise _no_request(operation, url) from None
        with _explained(operation, sent):
            response = self._client.send(sent, stream=True)
            try:
                content = _read(response)
            finally:
                response.close()
        received = [pair for pair in response.headers.raw if pair[0].lower() != b"content-encoding"]
        answer = httpx.Response(response.status_code, headers=received, content=content, request=sent)
        exchange = Exchange(operation, answer)
        self.on_answer(exchange)
        return exchange


@dataclass(frozen=True, slots=True)
class Spending:
    """What a request reserves besides itself: the paid jobs that it creates, and requests for clean-up.

    A request `for_cleanup` is one of those that were kept back. A request that is refused for too many
    requests is sent again, if `retried`.
    """

    paid_jobs: int = 0
    keep_back: int = 0
    for_cleanup: bool = False
    retried: bool = True

    def reserve(self, budget: Budget, *, is_first: bool) -> None:
        """Reserve it; a request that is sent again creates and leaves nothing more."""
        if self.for_cleanup:
            budget.reserve_kept_back()
        elif is_first:
            budget.reserve(paid_jobs=self.paid_jobs, keep_back=self.keep_back)
        else:
            budget.reserve()


def _no_request(operation: Operation, url: str) -> UnusableAnswer:
    """The failure of a request that can't be made, since an answer named a URL, id or token of no use."""
    shown = printable(without_userinfo(str(url)))[:200]
    exchange = RedactedExchange(0, "", f"(no request can be made for {shown!r})")
    return UnusableAnswer(operation.id, "needs a URL, an id or a header that no request can hold", exchange)


def _retry_after(answer: Exchange) -> float | None:
    """The pause in seconds that a refusal for too many requests asks for; `None` if it asks for none.

    It is `None` as well if the pause is too long for a run to wait.
    """
    text = answer.response.headers.get(headers().retry_after, "")
    if answer.response.status_code != _TOO_MANY or not text.isdecimal():
        return None
    pause = float(text[:9])
    return pause if pause <= _LONGEST_RETRY_AFTER_S else None


@contextmanager
def _explained(operation: Operation, sent: httpx.Request) -> Iterator[None]:
    """Tell what was sent, if the answer can't be read."""
    try:
        yield
    except _Endless as error:
        what = f"must answer, but {error}"
        raise UnusableAnswer(operation.id, what, RedactedExchange(0, "", curl(sent))) from None
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        failure = failure_of(error)
        what = f"must answer, but {failure.value}"
        raise UnusableAnswer(operation.id, what, RedactedExchange(0, "", curl(sent)), failure) from None


class _Endless(ContractTestsError):
    """An answer is too large or takes too long."""


def _read(response: httpx.Response) -> bytes:
    """The decoded content of an answer, read within bounds of time and size."""
    end, chunks, size = time.monotonic() + _LONGEST_ANSWER_S, [], 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > _LARGEST_ANSWER_BYTES:
            raise _Endless(f"the answer has more than {_LARGEST_ANSWER_BYTES} bytes")
        if time.monotonic() > end:
            raise _Endless(f"the answer was not complete after {_LONGEST_ANSWER_S:g} s")
    return b"".join(chunks)


@cache
def certificates() -> ssl.SSLContext:
    """The certificates that all clients trust, loaded once because that takes longer than most requests.

    Raises:
        UsageError: the environment names others, which can't be read.
    """
    try:
        return httpx.create_ssl_context()
    except OSError:
        raise UsageError("SSL_CERT_FILE or SSL_CERT_DIR names certificates that can't be read") from None


def staged_job(options: object, **job: Any) -> dict[str, Any]:
    """The body of a staged text-to-image job without an input; `options` may be invalid."""
    entry = find_conversion(TEXT_TO_IMAGE)
    conversion: dict[str, Any] = {"target": TEXT_TO_IMAGE, "options": options}
    if entry:
        conversion["category"] = entry.category
    return {"process": False, "conversion": [conversion], **job}
