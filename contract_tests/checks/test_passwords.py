"""Download passwords: of the job, and of the conversion."""

from __future__ import annotations

from typing import Any

import pytest

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.schema import Profile, headers

_SOURCE = "text-to-image option table and SDK contract"
_PASSWORD = "sesame 41"  # noqa: S105  # a password of the tests' own jobs
_STATUS = Profile().value("download-password-refused")


@pytest.fixture(scope="module", params=["conversion", "job"])
def protected(request: pytest.FixtureRequest, api: ApiClient) -> dict[str, Any]:
    """A finished output with a password."""
    size = {"width": 64, "height": 64}
    if request.param == "job":
        job = api.convert("A locked door", size, download_passwords=["other", _PASSWORD])
    else:
        job = api.convert("A locked door", {**size, "download_password": _PASSWORD})
    output: dict[str, Any] = job["output"][0]
    return output


@pytest.mark.parametrize("given", [None, "wrong", _PASSWORD.upper()], ids=["none", "wrong", "other-case"])
def test_download_needs_the_password(api: ApiClient, protected: dict[str, Any], given: str | None) -> None:
    sent = {} if given is None else {headers().download_password[0]: given}

    answer = api.download(protected["uri"], headers=sent)

    answer.expect(_STATUS, rule="download-password: missing or wrong", source=_SOURCE)


@pytest.mark.parametrize("name", headers().download_password)
@pytest.mark.parametrize("value", [_PASSWORD, f"wrong, {_PASSWORD}"], ids=["alone", "in-a-list"])
def test_password_opens_the_download(
    api: ApiClient, protected: dict[str, Any], name: str, value: str
) -> None:
    answer = api.download(protected["uri"], headers={name: value})

    answer.expect(200, rule="download-password: any match of the list unlocks", source=_SOURCE)


def test_password_as_a_cookie_opens_the_download(api: ApiClient, protected: dict[str, Any]) -> None:
    cookie = f'{headers().download_password_cookie}="{_PASSWORD}"'

    answer = api.download(protected["uri"], headers={"Cookie": cookie})

    answer.expect(200, rule="download-password: the cookie unlocks as well", source=_SOURCE)
