"""Where callbacks may go: effective_address by the addresses of a host, whatever it is called."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelpact.mockserver.callbacks.destinations import (
    effective_address,
    is_allowed,
    is_never_allowed,
    resolve,
)
from pixelpact.mockserver.errors import DestinationRefused


def test_they_go_to_this_machine_only_unless_a_host_is_allowed() -> None:
    async def looked_up(host: str, *opened: str) -> str:
        return " ".join(await resolve(host, 80, allowed=opened))

    assert asyncio.run(looked_up("127.0.0.1")) == "127.0.0.1"
    with pytest.raises(DestinationRefused, match="where callbacks never go"):
        asyncio.run(looked_up("2002:7f00:1::1"))
    with pytest.raises(DestinationRefused, match=r"Open it with --callback-hosts 192\.0\.3\.7"):
        asyncio.run(looked_up("192.0.3.7"))
    assert asyncio.run(looked_up("192.0.3.7", "192.0.3.*")) == "192.0.3.7"
    with pytest.raises(DestinationRefused, match="where callbacks never go"):
        asyncio.run(looked_up("169.254.169.254", "*"))


def test_a_name_is_decided_by_all_that_it_leads_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look_up() -> str:
        loop = asyncio.get_running_loop()

        async def getaddrinfo(*_: object, **__: object) -> list[Any]:
            return [(socket.AF_INET, 1, 6, "", (address, 80)) for address in ("127.0.0.1", "169.254.169.254")]

        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
        return " ".join(await resolve("friendly.example", 80, allowed=("friendly.example",)))

    with pytest.raises(DestinationRefused, match=r"leads to 169\.254\.169\.254"):
        asyncio.run(look_up())


@given(st.ip_addresses(network="169.254.0.0/16"))
def test_link_local_is_never_allowed_in_any_disguise(address: Any) -> None:
    for disguise in (f"{address}", f"::ffff:{address}"):
        assert is_never_allowed(effective_address(disguise))


@pytest.mark.parametrize(
    ("host", "opened", "open_"),
    [
        ("app.example", ["*.example"], True),
        ("APP.example.", ["app.EXAMPLE"], True),
        ("example", ["*.example"], False),
        ("app.example.evil", ["*.example"], False),
    ],
)
def test_hosts_are_opened_by_name_or_pattern(host: str, opened: list[str], open_: bool) -> None:
    assert is_allowed(host, opened) is open_
