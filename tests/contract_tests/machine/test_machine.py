"""The machine finds nothing to say of the mock server, and says what is wrong with one that is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from starlette.responses import Response

from pixelpact.contract_tests import ContractBroken, machine_for
from pixelpact.mockserver import Server, Settings
from pixelpact.mockserver.accounts.idempotency import Idempotency
from pixelpact.mockserver.handlers import downloads, jobs, outputs, presets
from pixelpact.mockserver.jobs import documents, outcome
from pixelpact.mockserver.jobs import outputs as files
from pixelpact.mockserver.stores.memory import MemoryStore
from pixelpact.mockserver.web import authentication
from pixelpact.schema import Profile, ledger
from tests.wrong_servers import Patch, answering, setting, with_status


def run(server: Server, *, runs: int, profile: Profile | None = None) -> None:
    run_state_machine_as_test(
        machine_for(server.base_url, profile=profile),
        settings=settings(
            max_examples=runs,
            stateful_step_count=30,
            phases=[Phase.generate],  # a failure is to be seen here, not to be made small
            database=None,
            print_blob=False,
        ),
    )


@pytest.mark.parametrize("pace", ["instant", "polls=3", "realistic"])
def test_the_machine_agrees_with_the_mock_server(pace: str) -> None:
    with Server(Settings(pace=pace)) as server:
        run(server, runs=40)


@pytest.mark.undocumented  # some answers leave openapi.json; the model judges them all
@pytest.mark.parametrize(
    ("entry", "answer"),
    [
        (entry.id, answer)
        for entry in ledger().values()
        for answer in entry.choices
        if answer != entry.default
    ],
)
def test_the_machine_follows_a_profile(entry: str, answer: str) -> None:
    profile = Profile({entry: answer})

    with Server(Settings(pace="polls=2", profile=profile)) as server:
        run(server, runs=3, profile=profile)


def always(value: Any) -> Callable[[Any], Any]:
    return lambda _: lambda *_, **__: value


def foreign_jobs_open(find: Any) -> Any:
    """Any key opens any job."""

    async def found(caller: Any, job_id: str, *, store: Any, settings: Any) -> Any:
        if caller.account:
            caller = authentication.Caller(account=(await store.get(job_id)).account)
        return await find(caller, job_id, store=store, settings=settings)

    return found


def all_accounts(_: Any) -> Any:
    """A listing has the jobs of everybody."""

    async def of_account(store: MemoryStore, _: str) -> Any:
        return [*reversed(store._jobs.values())]

    return of_account


def forgetting_the_first(statuses: Any) -> Any:
    return lambda state: statuses(state)[1:]


def going_back() -> Callable[[Response], Response]:
    """A job that has ended is processing again at every other read."""
    reads: Counter[str] = Counter()

    def change(response: Response) -> Response:
        body = bytes(response.body)
        job_id = json.loads(body)["id"]
        reads[job_id] += 1
        if reads[job_id] % 2:
            body = body.replace(b'"code":"completed"', b'"code":"processing"')
        return Response(body, response.status_code, media_type=response.media_type)

    return change


def one_unit(come_to: Any) -> Any:
    """Only the first result of a job comes out."""

    def found(job: Any) -> Any:
        whole = come_to(job)
        return outcome.Outcome(whole.runs[:1], whole.errors, whole.warnings)

    return found


async def nothing(*_: Any, **__: Any) -> None: ...


def crashing(_: Any) -> Any:
    def crash(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    return crash


#: What is wrong with each server, and a word that the machine must say of it.
WRONG = {
    "foreign-jobs-open": (setting(authentication, "job_for", foreign_jobs_open), "an account sees its own jobs only"),
    "jobs-of-everybody-listed": (setting(MemoryStore, "of_account", all_accounts), "listJobs"),
    "presets-of-everybody": (setting(presets, "_account", always("everybody")), "preset"),
    "any-status-listed": (setting(jobs, "_is_listed", always(True)), "under the status"),
    "history-forgets": (setting(jobs, "history_documents", forgetting_the_first), "history"),
    "status-goes-back": (answering("getJob", going_back()), "never go back in status"),
    "one-result": (setting(files, "outcome", one_unit), r"outputs \(conversion, inputs\)"),
    "nothing-is-spent": (setting(documents, "spent", always(0)), "spent"),
    "canceled-goes-on": (setting(jobs, "canceled", lambda _: lambda job, **_: job), "canceled"),
    "changes-ignored": (setting(jobs, "_updated", lambda _: lambda job, *_, **__: job), "updateJob"),
    "repeated-key-makes-two": (setting(Idempotency, "remember", lambda _: nothing), "idempotency key"),
    "passwords-shown": (setting(documents, "_shown_options", lambda _: lambda each, **_: each.options), "hidden options"),
    "any-password": (setting(downloads, "_matches", always(True)), "must answer 401"),
    "no-password": (setting(downloads, "_matches", always(False)), "downloadOutput must answer 200"),
    "downloads-not-counted": (setting(downloads, "_counted", lambda _: lambda job, _: job), "downloads_counter"),
    "edits-ignored": (setting(outputs, "_with_edit", lambda _: lambda job, *_, **__: job), "output"),
    "created-with-422": (answering("createJob", with_status(422)), "createJob must answer 201"),
    "crashes": (setting(jobs, "history_documents", crashing), "must never answer 5xx"),
}  # fmt: skip


@pytest.mark.undocumented
@pytest.mark.parametrize(("break_it", "words"), WRONG.values(), ids=WRONG.keys())
def test_the_machine_says_what_is_wrong_with_a_server(
    monkeypatch: Patch, break_it: Callable[[Patch], None], words: str
) -> None:
    break_it(monkeypatch)

    with Server(Settings(pace="polls=2")) as server, pytest.raises(ContractBroken, match=words):
        run(server, runs=200)
