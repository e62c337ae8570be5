"""Callbacks of several accounts: each follows its own clock, and is forgotten with its own jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from pixelpact.mockserver import Controller, ManualClock, Server, Settings
from pixelpact.mockserver.service import callback_source
from pixelpact.schema import headers
from tests.bodies import runnable
from tests.mockserver.accounts.steps import on
from tests.receivers import Receiver

KEY = headers().api_key[0]


class Callers:
    """Two accounts whose jobs have ended, and whose callbacks come 100 seconds late."""

    def __init__(self, stack: ExitStack, server: Server, receiver: Receiver) -> None:
        self.server = server
        self.everybody = stack.enter_context(Controller(server.url))
        self.everybody.choose({"scenario": "callback-late", "late_s": 100})
        self.controls = {
            name: stack.enter_context(Controller(server.url, api_key=name)) for name in ("a", "b")
        }
        self.jobs = {}
        self._receiver = receiver
        for name in "ab":
            with httpx.Client(base_url=server.base_url, headers={KEY: name}, verify=False) as http:
                self.jobs[name] = http.post("/jobs", json=runnable(callback=receiver.url)).json()["id"]

    def called_back(self) -> list[str]:
        """The accounts whose jobs have called back, in order."""
        names = {job_id: name for name, job_id in self.jobs.items()}
        return [names[each.document["id"]] for each in self._receiver.received]


@pytest.fixture
def callers() -> Iterator[Callers]:
    with (
        ExitStack() as stack,
        Receiver() as receiver,
        Server(Settings(pace="instant"), clock=ManualClock()) as server,
    ):
        yield Callers(stack, server, receiver)


def test_the_clock_of_one_account_starts_its_callbacks_alone(callers: Callers) -> None:
    seen = []
    for name in "ba":
        callers.controls[name].advance(100)
        seen.append(callers.called_back())

    assert seen == [["b"], ["b", "a"]]


def test_the_clock_of_the_server_starts_the_callbacks_of_all(callers: Callers) -> None:
    callers.everybody.advance(99)
    early = callers.called_back()
    callers.everybody.advance(1)

    assert early == []
    assert sorted(callers.called_back()) == ["a", "b"]


def test_a_reset_of_jobs_forgets_the_callbacks_of_its_level_alone(callers: Callers) -> None:
    callers.controls["a"].reset("jobs")
    callers.everybody.advance(100)

    assert callers.called_back() == ["b"]


def test_a_state_brings_its_callbacks_and_no_others(callers: Callers) -> None:
    callers.controls["b"].reset("jobs")
    state = callers.everybody.state()
    callers.controls["a"].reset("jobs")
    with httpx.Client(base_url=callers.server.base_url, headers={KEY: "b"}, verify=False) as http:
        http.post("/jobs", json=runnable(callback="http://127.0.0.1:9/"))
    callers.everybody.restore(state)
    callers.everybody.advance(100)

    assert callers.called_back() == ["a"]
    assert len(callers.everybody.journal(kind="callback")) == 1


def test_a_callback_that_was_accepted_is_not_sent_again_from_a_state(callers: Callers) -> None:
    callers.everybody.advance(100)
    callers.everybody.restore(callers.everybody.state())
    callers.everybody.advance(100)

    assert sorted(callers.called_back()) == ["a", "b"]


def test_a_reset_of_a_clock_lets_callbacks_wait_again(callers: Callers) -> None:
    callers.everybody.advance(60)
    callers.everybody.reset("clock")
    callers.everybody.advance(99)
    early = callers.called_back()
    callers.everybody.advance(1)

    assert early == []
    assert sorted(callers.called_back()) == ["a", "b"]


def test_callbacks_are_signed_with_the_secret_of_their_account(callers: Callers) -> None:
    mock = callers.server.mock
    (account,) = {entry.account for entry in callers.controls["a"].journal()}
    on(mock, lambda mock: mock.accounts.set_settings(account, callback_secret="sesame"))
    callers.everybody.advance(100)

    signed = {
        entry.account: headers().signature.lower() in entry.headers
        for entry in callers.everybody.journal(kind="callback")
    }
    assert signed.pop(account) is True
    assert list(signed.values()) == [False]


def test_a_defect_is_logged_and_holds_back_nobody(
    callers: Callers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(callback_source, "job_document", broken)
        callers.controls["a"].advance(100)
    callers.everybody.advance(100)

    assert callers.called_back() == ["b"]
    assert [record.getMessage() for record in caplog.records] == [
        f"Internal error in the mock server: the callback of job {callers.jobs['a']}"
    ]
