"""The application: which part answers a request, and which pages of browsers may call it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pixelpact.mockserver import Controller, Server, Settings
from pixelpact.schema import headers, operations

KEY = headers().api_key[0]
PAGE = {"Origin": "https://example.com"}
PREFLIGHT = {**PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": KEY}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Settings()) as server:
        yield server


@pytest.fixture
def page(server: Server) -> Iterator[httpx.Client]:
    """A page of another site."""
    with httpx.Client(base_url=server.base_url, headers=PAGE, verify=False) as page:
        yield page


def is_admitted(page: httpx.Client) -> bool:
    """Whether a page may read an answer; its preflight must agree."""
    read = page.get("/statuses").headers.get("Access-Control-Allow-Origin")
    preflight = page.options("/jobs", headers=PREFLIGHT)
    allowed = preflight.headers.get("Access-Control-Allow-Origin")
    assert (read, preflight.status_code) in (("*", 200), (None, 405))
    assert allowed == read
    return read is not None


def test_pages_may_call_every_operation_and_read_its_headers(page: httpx.Client) -> None:
    preflight = page.options("/jobs", headers=PREFLIGHT).headers
    exposed = page.get("/statuses").headers["Access-Control-Expose-Headers"]

    methods = {operation.method for operation in operations().values()}
    assert set(preflight["Access-Control-Allow-Methods"].split(", ")) == methods
    assert preflight["Access-Control-Allow-Headers"] == KEY
    assert preflight["Access-Control-Max-Age"] == "600"
    assert exposed.split(", ") == list(headers().answered)


@pytest.mark.undocumented
def test_whether_pages_are_admitted_can_be_changed_while_the_server_runs(
    server: Server, page: httpx.Client
) -> None:
    with Controller(server.url) as control:
        seen = [is_admitted(page)]
        control.set_profile({"browsers": "deny"})
        seen.append(is_admitted(page))
        state = control.state()
        control.reset("profile")
        seen.append(is_admitted(page))
        control.restore(state)
        seen.append(is_admitted(page))
        control.set_profile({"browsers": "allow"})
        seen.append(is_admitted(page))

    assert seen == [True, False, True, False, True]


@pytest.mark.undocumented
def test_whether_pages_are_admitted_is_no_matter_of_an_account(server: Server, page: httpx.Client) -> None:
    """A preflight brings no key."""
    with Controller(server.url, api_key="k") as control:
        control.set_profile({"browsers": "deny"})

        answer = page.get("/statuses", headers={KEY: "k"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.undocumented
def test_without_pages_everything_else_goes_on() -> None:
    with Server(Settings()) as server, Controller(server.url) as control:
        control.set_profile({"browsers": "deny"})

        assert httpx.get(f"{server.base_url}/statuses", headers=PAGE, verify=False).status_code == 200
        assert httpx.get(f"{server.base_url}/statuses", verify=False).status_code == 200


def test_only_pages_get_headers_for_pages(server: Server) -> None:
    answer = httpx.get(f"{server.base_url}/statuses", verify=False)

    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
