"""One look at the server before a run: is it there, is it this API, does it take the key."""

from __future__ import annotations

from urllib.parse import urlsplit

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import (
    ContractTestsError,
    NotConclusive,
    ServerUnusable,
    UnusableAnswer,
)
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.schema import error_answers

_ERRORS = error_answers()
_REFUSED_KEY = (_ERRORS["Unauthorized"].status, 403)


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
            f"{api.base_url} refuses the API key ({status}).\n"
            "Is the right one in API2CONVERT_API_KEY (--api-key-env names another variable)?"
        )
    if status == _ERRORS["PaymentRequired"].status:
        raise ServerUnusable(f"The account has no credits left ({status} from {api.base_url}).")
    if status == _ERRORS["TooManyRequests"].status:
        raise ServerUnusable(f"{api.base_url} answers {status} (too many requests), again and again.")
    if status >= 400:
        raise ServerUnusable(f"{api.base_url}/contracts answers {status}; nothing can be asked there now.")


def _ask(api: ApiClient, operation: str, **request: object) -> Exchange:
    try:
        return api.call(operation, **request)  # type: ignore[arg-type]
    except UnusableAnswer as error:
        raise ServerUnusable(
            f"There is no usable answer from {api.base_url}: {error.what}.\n"
            "Is the server running, and is that its URL? `pixelpact serve` starts one at "
            "http://127.0.0.1:8010/v2"
        ) from None
    except NotConclusive as error:
        raise ServerUnusable(f"{api.base_url} can't be asked now: {error}. Try later.") from None


def _expect_api(api: ApiClient, answer: Exchange) -> None:
    """Check that the answer to `listStatuses` is one."""
    status = answer.response.status_code
    kind = answer.response.headers.get("content-type", "no content type").partition(";")[0]
    if status in (429, 503):
        raise ServerUnusable(f"{api.base_url} answers {status}, again and again; try later.")
    try:
        rows = answer.json() if status == 200 else None
    except ContractTestsError:
        rows = None
    if isinstance(rows, list) and rows:
        return
    hint = ""
    if not urlsplit(api.base_url).path.rstrip("/").endswith("/v2"):
        hint = f"\nDid you mean {api.base_url}/v2?"
    raise ServerUnusable(
        f"There is no API2Convert API at {api.base_url}: /statuses answers {status}, {kind}.{hint}"
    )
