"""The clock of a mock server's control API, for questions about what happens after hours."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from pixelpact.contract_tests.client.client import ApiClient, certificates
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.failures import failure_of
from pixelpact.schema import headers, load_document

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TIMEOUT_S = 30.0


def is_local(base_url: str) -> bool:
    """Whether an API is on this machine."""
    return urlsplit(base_url).hostname in _LOOPBACK


class ControlClock:
    """The clock of one account of a mock server; each call is reserved from the budget."""

    def __init__(self, api: ApiClient, api_key: str) -> None:
        parts = urlsplit(api.base_url)
        prefix = parts.path.rstrip("/").removesuffix("/v2")
        base = load_document("control")["servers"][0]["url"]
        self._url = f"{parts.scheme}://{parts.netloc}{prefix}{base}"
        self._api = api
        self._headers = {headers().api_key[0]: api_key}

    def is_there(self) -> bool:
        """Whether the server has a control API."""
        try:
            return self._request("GET", "/clock").status_code == 200
        except httpx.HTTPError:
            return False

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Raises:
            NotConclusive: the server does not.
        """
        try:
            answer = self._request("POST", "/clock/advance", {"seconds": seconds})
        except httpx.HTTPError as error:
            raise NotConclusive(f"the clock can't be moved: {failure_of(error).value}") from None
        if answer.status_code != 200:
            raise NotConclusive(f"the clock can't be moved: {answer.status_code}")

    def _request(self, method: str, path: str, body: object = None) -> httpx.Response:
        if self._api.budget is not None:
            self._api.budget.reserve()
        return httpx.request(
            method,
            self._url + path,
            headers=self._headers,
            json=body,
            timeout=_TIMEOUT_S,
            verify=certificates(),
        )
