"""What every store does, whatever it keeps its contents in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from pixelpact.mockserver import JobNotFound, MemoryStore, Store
from pixelpact.mockserver.jobs.changes import with_fields
from pixelpact.mockserver.jobs.outcome import outcome
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.levels import SERVER
from pixelpact.mockserver.stores.base import Contents
from pixelpact.schema import Profile
from tests.strict_store import StrictStore

Scenario = Callable[[Store], Awaitable[Any]]


@pytest.fixture(params=[MemoryStore, StrictStore], ids=["memory", "strict"])
def run(request: pytest.FixtureRequest) -> Callable[[Scenario], Any]:
    """Runs a coroutine function on an empty store."""
    return lambda scenario: asyncio.run(scenario(request.param()))


def job(number: int = 1, account: str = "a") -> Job:
    return Job(
        id=f"{account}-{number}",
        token=f"token-{account}-{number}",
        account=account,
        number=number,
        payload_digest="p",
        created_at=float(number),
        modified_at=float(number),
        pace="instant",
        profile=Profile({"spent": "nothing"}),
    )


def renamed(name: str) -> Callable[[Job], Job]:
    return lambda kept: with_fields(kept, callback=name)


def test_a_job_is_found_by_id_token_and_account(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        for each in (job(1), job(2), job(1, "b")):
            await store.add(each)
        token = await store.of_token("token-a-2")
        return [
            (await store.get("a-1")).id,
            token and token.id,
            [each.id for each in await store.of_account("a")],
            [each.id for each in await store.oldest(2)],
            await store.size(),
            await store.of_token("another"),
            list(await store.of_account("another")),
        ]

    assert run(scenario) == ["a-1", "a-2", ["a-2", "a-1"], ["a-1", "a-2"], 3, None, []]


def test_a_job_comes_back_as_it_was_kept(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        added = await store.add(job())
        return added, await store.get("a-1")

    added, kept = run(scenario)
    assert replace(kept, version=0) == job()
    assert kept.version == added.version > 0


def test_a_change_gets_a_version_of_its_own(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        added = await store.add(job())
        changed = await store.update("a-1", renamed("x"))
        unchanged = await store.update("a-1", lambda kept: kept)
        return added.version, changed.version, unchanged.version, unchanged.callback

    first, second, third, callback = run(scenario)
    assert first != second == third
    assert callback == "x"


def test_versions_are_never_given_twice(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        versions = [(await store.add(job())).version]
        contents = await store.contents()
        await store.forget("a")
        versions.append((await store.add(job())).version)
        await store.fill(contents)
        return [*versions, (await store.get("a-1")).version]

    assert len(set(run(scenario))) == 3


def test_what_is_computed_of_a_job_is_found_again_after_each_read(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        await store.add(job())
        return outcome(await store.get("a-1")) is outcome(await store.get("a-1"))

    assert run(scenario)


def test_an_error_of_a_change_changes_nothing(run: Callable[[Scenario], Any]) -> None:
    def fails(_: Job) -> Job:
        raise ZeroDivisionError

    async def scenario(store: Store) -> Any:
        added = await store.add(job())
        with pytest.raises(ZeroDivisionError):
            await store.update("a-1", fails)
        return added.version == (await store.get("a-1")).version

    assert run(scenario)


def test_no_change_is_lost_among_many(run: Callable[[Scenario], Any]) -> None:
    def once_more(kept: Job) -> Job:
        return with_fields(kept, callbacks_done=kept.callbacks_done + 1)

    async def scenario(store: Store) -> Any:
        await store.add(job())
        await asyncio.gather(*(store.update("a-1", once_more) for _ in range(25)))
        await asyncio.gather(
            *(
                store.update_record("a", "kind", "key", lambda record: {"n": (record or {"n": 0})["n"] + 1})
                for _ in range(25)
            )
        )
        counted = await asyncio.gather(*(store.count("a", "x", "y") for _ in range(25)))
        return (
            (await store.get("a-1")).callbacks_done,
            await store.record("a", "kind", "key"),
            sorted(counted),
        )

    assert run(scenario) == (25, {"n": 25}, [[times, times] for times in range(1, 26)])


@pytest.mark.parametrize("call", ["get", "update", "remove"])
def test_a_job_that_is_not_there_is_told(run: Callable[[Scenario], Any], call: str) -> None:
    async def scenario(store: Store) -> Any:
        arguments = [renamed("x")] if call == "update" else []
        with pytest.raises(JobNotFound, match="There is no job 'a-1'") as told:
            await getattr(store, call)("a-1", *arguments)
        return told.value.job_id

    assert run(scenario) == "a-1"


def test_a_removed_job_is_gone_and_its_counters_stay(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        await store.add(job())
        await store.count("a", "p")
        await store.remove("a-1")
        left = [await store.size(), await store.of_token("token-a-1"), list(await store.of_account("a"))]
        return left, await store.count("a", "p")

    assert run(scenario) == ([0, None, []], [2])


def test_a_counter_is_dropped_only_where_it_says_so(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        await store.count("a", "p")
        await store.drop_count("a", "p", at=2)
        kept = await store.count("a", "p")
        await store.drop_count("a", "p", at=2)
        return kept, await store.count("a", "p")

    assert run(scenario) == ([2], [1])


def test_records_are_kept_changed_and_dropped(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        await store.put_record("a", "preset", "second", {"n": 2})
        await store.put_record("a", "preset", "first", {"n": 1})
        await store.put_record("b", "preset", "first", {"n": 3})
        changed = await store.update_record("a", "preset", "first", lambda record: {**(record or {}), "m": 0})
        gone = await store.update_record("a", "preset", "second", lambda _: None)
        left = dict(await store.records("a", "preset"))
        await store.drop_record("a", "preset", "first")
        await store.drop_record("a", "preset", "first")
        return (
            changed,
            gone,
            left,
            await store.record("a", "preset", "first"),
            await store.records("a", "other"),
        )

    assert run(scenario) == ({"n": 1, "m": 0}, None, {"first": {"n": 1, "m": 0}}, None, {})


def test_records_are_found_in_the_order_of_their_keys(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        none = await store.find_records("a", "kind", ["x", "y"])
        for key in ("x", "y"):
            await store.put_record("a", "kind", key, {"is": key})
        return none, await store.find_records("a", "kind", ["y", "z", "x"])

    assert run(scenario) == ([None, None], [{"is": "y"}, None, {"is": "x"}])


def test_records_are_listed_oldest_first(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        for key in ("c", "a", "b"):
            await store.put_record("a", "preset", key, {})
        return list(await store.records("a", "preset"))

    assert run(scenario) == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("level", "left"),
    [
        ("a", ["tests/a", "tests/b", SERVER]),
        ("tests/a", ["a", "tests/b", SERVER]),
        ("tests/*", ["a", SERVER]),
        (SERVER, [SERVER]),
    ],
)
def test_a_level_is_forgotten_and_what_the_server_owns_stays(
    run: Callable[[Scenario], Any], level: str, left: list[str]
) -> None:
    async def scenario(store: Store) -> Any:
        for owner in ("a", "tests/a", "tests/b", SERVER):
            await store.count(owner, "n")
            await store.put_record(owner, "kind", "key", {"of": owner})
            if owner != SERVER:
                await store.add(job(account=owner))
        await store.forget(level)
        return await store.contents()

    contents = run(scenario)
    assert [row[0] for row in contents.counts] == left
    assert [row[3]["of"] for row in contents.records] == left
    assert [each.account for each in contents.jobs] == [owner for owner in left if owner != SERVER]


def test_contents_fill_another_store(run: Callable[[Scenario], Any]) -> None:
    async def scenario(store: Store) -> Any:
        await store.add(job(9))
        contents = Contents((job(1), job(2)), (("a", "n", 4),), (("a", "kind", "key", {"x": 1}),))
        await store.fill(contents)
        return contents, await store.contents(), await store.count("a", "n")

    contents, filled, counted = run(scenario)
    assert filled == contents
    assert counted == [5]
