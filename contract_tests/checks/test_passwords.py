"""Download passwords: of the job, and of the conversion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from pixelpact.contract_tests.checks.steps import once, only_output
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.schema import Profile, headers

_SOURCE = "text-to-image option table and SDK contract"
_PASSWORD = "sesame 41"  # noqa: S105  # protects outputs of these tests only
_STATUS = Profile().value("download-password-refused")
_SIZE = {"width": 64, "height": 64}

_Uri: TypeAlias = Callable[[], str]


def protected_by_conversion(api: ApiClient) -> str:
    """The `uri` of an output with a password that its conversion sets."""
    job = api.convert("A locked door", {**_SIZE, "download_password": _PASSWORD})
    return str(only_output(job)["uri"])


def protected_by_job(api: ApiClient) -> str:
    """The `uri` of an output with a password that its job sets, beside another one."""
    job = api.convert("A locked door", _SIZE, download_passwords=["other", _PASSWORD])
    return str(only_output(job)["uri"])


@pytest.fixture(scope="session")
def uris(api: ApiClient) -> dict[str, _Uri]:
    """Steps that give the `uri` of a protected output, by the part of the request with the password."""
    return {
        "conversion": once(lambda: protected_by_conversion(api)),
        "job": once(lambda: protected_by_job(api)),
    }


@pytest.fixture(params=["conversion", "job"])
def protected(request: pytest.FixtureRequest, uris: dict[str, _Uri]) -> _Uri:
    """A step that gives the `uri` of an output with a password."""
    return uris[request.param]


@pytest.mark.parametrize("given", [None, "wrong", _PASSWORD.upper()], ids=["none", "wrong", "other-case"])
def test_download_needs_the_password(api: ApiClient, protected: _Uri, given: str | None) -> None:
    sent = {} if given is None else {headers().download_password[0]: given}

    answer = api.download(protected(), headers=sent)

    answer.expect(_STATUS, rule="download-password: missing or wrong", source=_SOURCE)


@pytest.mark.parametrize("name", headers().download_password)
@pytest.mark.parametrize("value", [_PASSWORD, f"wrong, {_PASSWORD}"], ids=["alone", "in-a-list"])
def test_password_opens_the_download(api: ApiClient, protected: _Uri, name: str, value: str) -> None:
    answer = api.download(protected(), headers={name: value})

    answer.expect(200, rule="download-password: any password of the list unlocks", source=_SOURCE)


def test_password_as_a_cookie_opens_the_download(api: ApiClient, protected: _Uri) -> None:
    cookie = f'{headers().download_password_cookie}="{_PASSWORD}"'

    answer = api.download(protected(), headers={"Cookie": cookie})

    answer.expect(200, rule="download-password: the cookie unlocks as well", source=_SOURCE)
