"""Free probes also tell where an account has many jobs already, and where there is only one account."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from pixelpact.contract_tests.suite.results import Verdict
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile, headers, page_size
from tests.contract_tests.probes.test_free_probes import quick_probes
from tests.contract_tests.suite import KEYS, results_at, with_their_probes

_LISTINGS = ("empty-listing", "listing-order", "listing-scope", "no-match", "page-past-end")


def _make_jobs(base_url: str) -> None:
    """More jobs for both accounts than a page has, the first ones an hour older."""
    control = f"{base_url.removesuffix('/v2')}/_pixelpact/clock/advance"
    for key in KEYS:
        with httpx.Client(headers={headers().api_key[0]: key}) as client:
            for number in range(page_size() + 1):
                if number == 1:
                    client.post(control, json={"seconds": 3600}).raise_for_status()
                client.post(f"{base_url}/jobs", json={"process": False}).raise_for_status()


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"listing-order": "oldest-first"},
        {"listing-scope": "active"},
        {"no-match": "no-content", "page-past-end": "no-content"},
    ],
    ids=lambda profile: ",".join(profile) or "default",
)
def test_listings_of_accounts_with_many_jobs(tmp_path: Path, profile: dict[str, str]) -> None:
    items = with_their_probes(f"ledger/{entry}" for entry in _LISTINGS)

    with Server(Settings(pace="instant", profile=Profile(profile))) as server:
        _make_jobs(server.base_url)
        results = results_at(server.base_url, tmp_path, items)

    answers = {one.id.removeprefix("ledger/"): one.answer for one in results}
    assert answers == {
        "listing-order": "newest-first",
        "listing-scope": "all",
        "no-match": "empty-list",
        "page-past-end": "empty-list",
        **profile,
        "empty-listing": "",  # there is no account without jobs
        **({"listing-scope": ""} if "listing-order" in profile else {}),  # the page has none that ended
    }


def test_run_after_run_sees_the_same(tmp_path: Path) -> None:
    with Server(Settings(pace="instant")) as server:
        runs = [
            results_at(server.base_url, tmp_path, quick_probes(), run_id=f"run-{number}")
            for number in range(3)
        ]

    assert {result.verdict for results in runs for result in results} == {Verdict.HOLDS}


def test_one_account_is_enough_for_all_but_other_peoples_jobs(tmp_path: Path) -> None:
    with Server(Settings(pace="instant")) as server:
        results = results_at(server.base_url, tmp_path, quick_probes(), second_key="")

    asked_elsewhere = [one.id for one in results if one.verdict is not Verdict.HOLDS]
    assert asked_elsewhere == ["ledger/foreign-job"]
