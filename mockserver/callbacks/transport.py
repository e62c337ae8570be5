"""Sends callbacks over HTTP: to the addresses that are allowed, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import SplitResult, urlsplit

from pixelpact.mockserver.callbacks.destinations import resolve
from pixelpact.mockserver.errors import DestinationRefused

if TYPE_CHECKING:
    import httpx

_PORTS = {"http": 80, "https": 443}


class Transport(Protocol):
    """What sends callbacks."""

    async def post(self, url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        """The status that a POST is answered with."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class CallbackTransport:
    """HTTP clients that follow no redirection, use no proxy and keep no cookie."""

    def __init__(self, allowed_hosts: tuple[str, ...]) -> None:
        self._allowed_hosts = allowed_hosts
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()

    async def post(self, url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        """The status that a POST is answered with.

        Raises:
            DestinationRefused: callbacks don't go there, or the URL can't be called.
            OSError: no response arrived.
        """
        import httpx

        host, port = _host_and_port(url)
        addresses = await resolve(host, port, allowed=self._allowed_hosts)
        client, error = self._client(url.scheme), "no address"
        for address in addresses:  # `localhost` may have two, and the app listens on one
            try:
                response = await client.send(_request(client, url, address, body, sent), stream=True)
                await response.aclose()
                return response.status_code
            except httpx.ConnectError as refused:
                error = str(refused) or type(refused).__name__
            except httpx.HTTPError as broken:
                error = str(broken) or type(broken).__name__
                break
        raise OSError(f"no answer: {error}")

    def _client(self, scheme: str) -> httpx.AsyncClient:
        import httpx

        if scheme not in self._clients:
            # No proxy, redirection or cookie may lead elsewhere, and no delivery waits for another's
            # response.
            self._clients[scheme] = httpx.AsyncClient(
                trust_env=False,
                verify=scheme == "https",  # certificates take long to load
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                limits=httpx.Limits(max_connections=None),
            )
        return self._clients[scheme]


def parsed_url(callback: str) -> SplitResult:
    """The parts of a URL; empty ones of a text that is not a URL."""
    try:
        return urlsplit(callback)
    except ValueError:
        return urlsplit("")


def shown_url(url: SplitResult) -> str:
    """A URL without user, password and query."""
    try:
        port = f":{url.port}" if url.port else ""
    except ValueError:
        port = ""
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    return f"{url.scheme}://{host}{port}{url.path}"


def _request(
    client: httpx.AsyncClient, url: SplitResult, address: str, body: bytes, sent: Mapping[str, str]
) -> Any:
    """A POST to the address that the host of the URL was resolved to, under the host's own name.

    Raises:
        DestinationRefused: the URL can't be called.
    """
    import httpx

    try:
        named = httpx.URL(url.geturl())
        return client.build_request(
            "POST",
            named.copy_with(host=address, userinfo=b""),
            headers={**sent, "host": named.netloc.decode()},
            content=body,
            timeout=None,
            extensions={"sni_hostname": named.raw_host.decode()},
        )
    except (httpx.InvalidURL, ValueError) as error:  # of what a client wrote, whatever it was
        raise DestinationRefused(str(error)) from None


def _host_and_port(url: SplitResult) -> tuple[str, int]:
    """Where a URL leads to.

    Raises:
        DestinationRefused: it is not an http or https URL, or has an impossible port.
    """
    if url.scheme not in _PORTS or not url.hostname:
        raise DestinationRefused("The callback is not an http or https URL")
    try:
        return url.hostname, url.port or _PORTS[url.scheme]
    except ValueError as error:
        raise DestinationRefused(str(error)) from None
