"""What the server, its namespaces and their accounts override, and what is in force for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from pixelpact.mockserver import Controller, ManualClock, Mock, Server, Settings
from pixelpact.mockserver.errors import ClockError, SettingsError
from pixelpact.mockserver.journal.journal import EntryFilter
from pixelpact.mockserver.levels import SERVER
from pixelpact.mockserver.settings import OVERRIDABLE
from pixelpact.schema import Profile, headers
from tests.bodies import runnable
from tests.mockserver.accounts.steps import LEVELS, advance, freeze, on, set_profile

KEY = headers().api_key[0]


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with a standing clock, whose namespaces a test can choose."""
    with Server(Settings(pace="instant", seed=5), clock=ManualClock()) as server:
        yield server


def client(server: Server, key: str = "k") -> httpx.Client:
    return httpx.Client(base_url=server.base_url, headers={KEY: key}, verify=False)


def test_accounts_of_two_namespaces_with_one_key_never_meet(server: Server) -> None:
    with client(server) as http:
        first = http.post("/jobs", json={}).json()
        server.mock.accounts.namespace = "tests"
        before = http.get("/jobs").status_code
        second = http.post("/jobs", json={}).json()
        seen = [http.get(f"/jobs/{job['id']}").status_code for job in (first, second)]
        server.mock.accounts.namespace = ""

        assert (before, seen) == (204, [404, 200])
        assert first["id"] != second["id"]
        assert [job["id"] for job in http.get("/jobs").json()] == [first["id"]]


def test_a_namespace_has_the_same_ids_in_each_run() -> None:
    ids = []
    for _ in range(2):
        with Server(Settings(pace="instant"), clock=ManualClock()) as server, client(server) as http:
            server.mock.accounts.namespace = "tests"
            ids.append(http.post("/jobs", json={}).json()["id"])

    assert ids[0] == ids[1]


def test_a_token_and_a_download_lead_to_the_namespace_of_their_job(server: Server) -> None:
    server.mock.accounts.namespace = "tests"
    with client(server) as http:
        job = http.post("/jobs", json=runnable()).json()
        server.mock.accounts.namespace = "others"
        token = {headers().job_token[0]: job["token"]}
        read = httpx.get(f"{server.base_url}/jobs/{job['id']}", headers=token, verify=False)
        downloaded = httpx.get(read.json()["output"][0]["uri"], verify=False)

    with Controller(server.url) as control:
        accounts = {entry.account for entry in control.journal()}
    assert (read.status_code, downloaded.status_code) == (200, 200)
    assert len(accounts) == 1
    assert accounts.pop().startswith("tests/")


@pytest.mark.undocumented
def test_each_level_overrides_the_one_above(server: Server) -> None:
    mock = server.mock
    mock.accounts.namespace = "tests"
    with client(server) as http, client(server, "other") as other:
        account = mock.accounts.id_of(_sent("k"))
        seen = []
        for level, answer in zip(("*", "tests/*", account), ("200", "204", "200"), strict=True):
            text = "empty-list" if answer == "200" else "no-content"
            on(mock, partial(set_profile, level=level, answers={"empty-listing": text}))
            seen.append((http.get("/jobs").status_code, other.get("/jobs").status_code))

    assert seen == [(200, 200), (204, 204), (200, 204)]


def test_clocks_add_up_from_level_to_level() -> None:
    mock = Mock(Settings(), ManualClock(1000.0))
    for level, seconds in zip(LEVELS, (1, 10, 100), strict=True):
        on(mock, partial(advance, level=level, seconds=seconds))

    loaded = on(
        mock, *[lambda mock, level=level: mock.accounts.load(level) for level in (*LEVELS, "tests/b", "c")]
    )
    assert [account.now() for account in loaded] == [1001.0, 1011.0, 1111.0, 1011.0, 1001.0]


def test_a_namespace_that_stands_still_holds_its_accounts() -> None:
    mock = Mock(Settings(), clock := ManualClock(1000.0))
    on(mock, partial(freeze, level="tests/*"))
    clock.advance(5)

    loaded = on(mock, *[lambda mock, level=level: mock.accounts.load(level) for level in (*LEVELS, "b")])
    assert [(account.now(), account.has_frozen_clock) for account in loaded] == [
        (1005.0, False),
        (1000.0, True),
        (1000.0, True),
        (1005.0, False),
    ]


def test_scenarios_of_all_levels_apply_the_nearest_first() -> None:
    mock = Mock(Settings(scenarios=("slow",)))
    on(mock, lambda mock: mock.scenarios.choose("tests/*", ["jitter"]))
    on(mock, lambda mock: mock.scenarios.choose("tests/a", ["stuck"]))

    account, other = on(
        mock, lambda mock: mock.accounts.load("tests/a"), lambda mock: mock.accounts.load("tests/b")
    )
    assert [rule.scenario.name for rule, _ in account.rules] == ["stuck", "jitter", "slow"]
    assert [rule.scenario.name for rule, _ in other.rules] == ["jitter", "slow"]


@pytest.mark.parametrize(
    ("settings", "read"),
    [
        ({"credits": 0}, lambda account: account.settings.credits == 0),
        ({"credits": None}, lambda account: account.settings.credits is None),
        ({"max_concurrent": 2}, lambda account: account.settings.max_concurrent == 2),
        ({"pace": "polls=7"}, lambda account: account.settings.pace == "polls=7"),
        ({"seed": 9}, lambda account: account.settings.seed == 9),
        ({"callback_secret": "s"}, lambda account: account.settings.callback_secret == "s"),
        ({"max_body_bytes": 7}, lambda account: account.settings.max_body_bytes == 7),
        ({"max_upload_bytes": 7}, lambda account: account.settings.max_upload_bytes == 7),
        ({"picture_format": "webp"}, lambda account: account.profile["picture-format"] == "webp"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_account_overrides_settings(settings: dict[str, Any], read: Callable[[Any], bool]) -> None:
    mock = Mock(Settings(credits=5))
    on(mock, lambda mock: mock.accounts.set_settings("a", **settings))

    own, other = on(mock, lambda mock: mock.accounts.load("a"), lambda mock: mock.accounts.load("b"))
    assert [read(own), read(other)] == [True, False]


def test_all_that_can_be_overridden_is_tested_here() -> None:
    (mark,) = test_an_account_overrides_settings.pytestmark
    assert {name for settings, _ in mark.args[1] for name in settings} == OVERRIDABLE


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"max_jobs": 1}, "can't override max_jobs"), ({"pace": "fast"}, "'fast'"), ({"seed": -1}, "from 0 to")],
    ids=str,
)
def test_settings_that_make_no_sense_change_nothing(settings: dict[str, Any], message: str) -> None:
    mock = Mock(Settings())

    with pytest.raises(SettingsError, match=message):
        on(mock, lambda mock: mock.accounts.set_settings("a", **settings))
    assert on(mock, lambda mock: mock.store.contents())[0].records == ()


def test_credits_of_one_account_are_its_own(server: Server) -> None:
    with client(server) as http, client(server, "other") as other:
        on(server.mock, lambda mock: mock.accounts.set_settings(mock.accounts.id_of(_sent("k")), credits=0))

        assert [each.post("/jobs", json=runnable()).status_code for each in (http, other)] == [402, 201]


def test_what_is_in_force_is_merged_once_as_long_as_nothing_changes() -> None:
    async def run() -> list[bool]:
        mock = Mock(Settings(), ManualClock())
        first = await mock.accounts.load("tests/a")
        again = await mock.accounts.load("tests/a")
        seen = [again is first]
        for level in LEVELS:
            await mock.accounts.set_profile(level, Profile({"spent": "nothing"}))
            changed = await mock.accounts.load("tests/a")
            seen.append(changed is first)
            first = changed
        await mock.accounts.set_settings("others/*", credits=0)
        return [*seen, await mock.accounts.load("tests/a") is first]

    assert asyncio.run(run()) == [True, False, False, False, True]


def test_accounts_that_come_and_go_are_not_remembered_forever() -> None:
    async def run() -> int:
        mock = Mock(Settings(), ManualClock())
        for number in range(3000):
            await mock.accounts.load(f"{number}")
        return len(mock.accounts._merged)

    assert asyncio.run(run()) <= 1024


def test_a_request_without_a_key_opens_no_account_in_any_namespace() -> None:
    mock = Mock(Settings())
    mock.accounts.namespace = "tests"

    assert mock.accounts.id_of(_sent("")) == ""
    assert mock.accounts.id_of(_sent("k")).startswith("tests/")


def test_settings_for_one_request_leave_the_account_as_it_is() -> None:
    mock = Mock(Settings(credits=5, scenarios=("slow",)), ManualClock(1000.0))
    on(mock, partial(advance, level="a", seconds=7))
    (account,) = on(mock, lambda mock: mock.accounts.load("a"))

    limited = account.limited({"credits": 0})

    assert (limited.settings.credits, account.settings.credits) == (0, 5)
    assert (limited.id, limited.now(), limited.rules) == ("a", 1007.0, account.rules)
    assert limited.rules


@pytest.mark.parametrize("level", LEVELS)
def test_a_clock_that_cannot_be_set_stays_as_it_was(level: str) -> None:
    mock = Mock(Settings(), ManualClock(1000.0))
    on(mock, partial(advance, level=level, seconds=7))

    with pytest.raises(ClockError, match="can't go back"):
        on(
            mock,
            lambda mock: mock.accounts.set_clock(level, lambda shift, base: shift.freeze(1000, base=base)),
        )

    (account,) = on(mock, lambda mock: mock.accounts.load(level))
    assert (account.now(), account.has_frozen_clock) == (1007.0, False)


@pytest.mark.parametrize("level", LEVELS)
def test_a_clock_is_frozen_and_resumed_by_the_time_of_the_level_above(level: str) -> None:
    mock = Mock(Settings(), base := ManualClock(1000.0))
    for each in LEVELS:
        on(mock, partial(advance, level=each, seconds=100))
    (before,) = on(mock, lambda mock: mock.accounts.load(level))
    began = before.now()

    (frozen,) = on(mock, lambda mock: mock.accounts.set_clock(level, lambda s, base: s.freeze(base=base)))
    base.advance(50)
    seen = [(frozen.now(), frozen.has_frozen_clock)]
    (resumed,) = on(mock, lambda mock: mock.accounts.set_clock(level, lambda s, base: s.resume(base=base)))
    seen.append((resumed.now(), resumed.has_frozen_clock))

    assert seen == [(began, True), (began, False)]
    base.advance(1)
    assert resumed.now() == began + 1


def test_settings_take_the_place_of_those_that_were_overridden_before() -> None:
    mock = Mock(Settings(credits=5))
    on(mock, lambda mock: mock.accounts.set_settings("a", credits=1, seed=9))
    on(mock, lambda mock: mock.accounts.set_settings("a", seed=10))

    (account,) = on(mock, lambda mock: mock.accounts.load("a"))
    assert (account.settings.credits, account.settings.seed) == (5, 10)


def test_settings_of_a_level_go_before_its_profile_and_after_those_below() -> None:
    mock = Mock(Settings())
    on(mock, lambda mock: mock.accounts.set_settings("tests/*", picture_format="webp", credits=1))
    on(mock, partial(set_profile, level="tests/*", answers={"picture-format": "jpg", "spent": "nothing"}))
    on(mock, lambda mock: mock.accounts.set_settings("tests/a", credits=2))

    account, other = on(
        mock, *[lambda mock, name=name: mock.accounts.load(name) for name in ("tests/a", "b")]
    )
    assert (account.profile["picture-format"], account.profile["spent"]) == ("webp", "nothing")
    assert (account.settings.credits, other.settings.credits) == (2, None)


def _sent(key: str) -> Any:
    from pixelpact.mockserver.web.requests import SentHeaders

    return SentHeaders([(KEY.lower().encode(), key.encode())])


def test_a_secret_is_not_shown_with_the_overrides() -> None:
    mock = Mock(Settings())
    on(mock, lambda mock: mock.accounts.set_settings("a", callback_secret="s3cret"))

    overrides, account = on(
        mock, lambda mock: mock.accounts.overrides("a"), lambda mock: mock.accounts.load("a")
    )
    assert "s3cret" not in f"{overrides!r} {account!r} {account.settings!r}"


def test_the_journal_of_a_namespace_is_that_of_its_accounts(server: Server) -> None:
    for namespace in ("tests", "others"):
        server.mock.accounts.namespace = namespace
        with client(server) as http, client(server, "other") as other:
            http.get("/statuses"), other.get("/statuses")

    found = server.mock.journal.entries(EntryFilter(account="tests/*"))
    assert {entry.account.partition("/")[0] for entry in found} == {"tests"}
    assert len({entry.account for entry in found}) == len(found) == 2


def test_a_clock_that_is_set_is_set_for_requests_under_way() -> None:
    mock = Mock(Settings(), ManualClock(1000.0))
    under_way = on(mock, *[lambda mock, level=level: mock.accounts.load(level) for level in LEVELS])

    on(mock, partial(advance, level="tests/*", seconds=50))
    seen = [account.now() for account in under_way]
    on(mock, lambda mock: mock.accounts.reset(SERVER, ["clock"]))

    assert seen == [1000.0, 1050.0, 1050.0]
    assert [account.now() for account in under_way] == [1000.0] * 3
