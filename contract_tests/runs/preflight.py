"""One look at the server before a run: is it there, is it this API, does it take the key."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.curl import printable
from pixelpact.contract_tests.client.errors import (
    ContractTestsError,
    NotConclusive,
    ServerUnusable,
    UnusableAnswer,
)
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.failures import TIMEOUT_S, Failure
from pixelpact.contract_tests.client.urls import recognizable, without_userinfo
from pixelpact.contract_tests.runs.control import is_local
from pixelpact.schema import error_answers

_ERRORS = error_answers()
_REFUSED_KEY = (_ERRORS["Unauthorized"].status, 403)
_NO_ANSWER = {
    Failure.REFUSED: "No server is running at {url}: the connection was refused.",
    Failure.UNKNOWN_HOST: "The host {host} is unknown. Is {url} the right URL?",
    Failure.NO_TLS: "The server at {url} does not speak TLS. Did you mean http:{rest}?",
    Failure.CERTIFICATE: "The certificate of {host} is not trusted, so nothing was sent to {url}.",
    Failure.UNREACHABLE: "{host} can't be reached. Is {url} the right URL, and is the network up?",
    Failure.TIMED_OUT: f"{{url}} did not answer within {TIMEOUT_S:g} s.",
    Failure.NOT_HTTP: "What answers at {url} does not speak HTTP. Is that the right URL?",
}
_START_ONE = "\n`pixelpact serve` starts a mock server at http://127.0.0.1:8010/v2"
_REFUSALS = {
    _ERRORS["PaymentRequired"].status: "The account has no credits left ({status} from {url}).",
    _ERRORS["TooManyRequests"].status: "{url} answers {status} (too many requests). Try again later.",
    503: "{url} answers {status} (service unavailable). Try again later.",
}


def look(api: ApiClient) -> None:
    """Look at the server, with two requests.

    Raises:
        ServerUnusable: it can't be reached, has no such API, or refuses the key; the text says what to do.
    """
    _expect_api(api, _ask(api, "listStatuses", credentials={}))
    answer = _ask(api, "getContracts")
    status = answer.response.status_code
    if status in _REFUSED_KEY:
        raise ServerUnusable(
            f"{api.shown_url} refuses the API key ({status}).\n"
            "Is the right one in API2CONVERT_API_KEY (--api-key-env names another variable)?"
        )
    _expect_service(api, answer)
    if status >= 400:
        raise ServerUnusable(f"{api.shown_url}/contracts answers {status}, so nothing can be checked.")


def _ask(api: ApiClient, operation: str, **request: object) -> Exchange:
    try:
        return api.call(operation, **request)  # type: ignore[arg-type]  # the options of ApiClient.call
    except UnusableAnswer as error:
        raise ServerUnusable(_without_answer(api, error)) from None
    except NotConclusive as error:
        raise ServerUnusable(f"{api.shown_url} can't be asked now: {error}. Try later.") from None


def _without_answer(api: ApiClient, error: UnusableAnswer) -> str:
    """Why there is no answer, and what may help."""
    url = api.shown_url
    if error.failure not in _NO_ANSWER:
        return f"The server at {url} gives no usable answer: {error.operation} {error.what}."
    host, rest = urlsplit(url).hostname, url.partition(":")[2]
    hint = _START_ONE if error.failure is Failure.REFUSED and is_local(url) else ""
    return _NO_ANSWER[error.failure].format(url=url, host=host, rest=rest) + hint


def _expect_api(api: ApiClient, answer: Exchange) -> None:
    """Check that the answer to `listStatuses` is one."""
    url, status = api.shown_url, answer.response.status_code
    _expect_service(api, answer)
    if answer.response.has_redirect_location:
        raise ServerUnusable(
            f"{url} redirects to {_destination(answer)} ({status}).\n"
            "Redirects are not followed: give the URL of the API itself."
        )
    if status in _REFUSED_KEY:
        raise ServerUnusable(
            f"{url}/statuses answers {status}, although it needs no key.\n"
            "Is there a gateway in front of the API that asks for a password?"
        )
    try:
        rows = answer.json() if status == 200 else None
    except ContractTestsError:
        rows = None
    if isinstance(rows, list) and rows:
        return
    kind = answer.response.headers.get("content-type", "no content type").partition(";")[0]
    hint = "" if _with_version(url) == url else f"\nDid you mean {_with_version(url)}?"
    raise ServerUnusable(f"There is no API2Convert API at {url}: /statuses answers {status}, {kind}.{hint}")


def _expect_service(api: ApiClient, answer: Exchange) -> None:
    """Check that the server does not refuse all requests for now."""
    status = answer.response.status_code
    if status in _REFUSALS:
        raise ServerUnusable(_REFUSALS[status].format(url=api.shown_url, status=status))
    if status >= 500:
        path = urlsplit(str(answer.response.url)).path.rpartition("/")[2]
        raise ServerUnusable(
            f"{api.shown_url}/{path} answers {status} (a failure of the server), so nothing can be checked."
        )


def _destination(answer: Exchange) -> str:
    """Where a redirect of `listStatuses` leads to, as a base URL."""
    location = answer.response.headers["location"]
    with suppress(ValueError):  # not a URL
        location = urljoin(str(answer.response.url), location)
    return printable(recognizable(without_userinfo(location))).removesuffix("/").removesuffix("/statuses")


def _with_version(url: str) -> str:
    """The base URL with `/v2`, in place of another version if it has one.

    >>> _with_version("http://127.0.0.1:8010/v1"), _with_version("http://127.0.0.1:8010")
    ('http://127.0.0.1:8010/v2', 'http://127.0.0.1:8010/v2')
    """
    return re.sub(r"(/v\d+)?/?$", "/v2", url, count=1)
