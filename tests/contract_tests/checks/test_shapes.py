"""An answer of any shape is a finding at most: no check and no step of the machine ends in another error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, TypeAlias

import pytest

from pixelpact.contract_tests import ContractBroken, JobMachine, machine_for
from pixelpact.contract_tests.checks import test_creation, test_lifecycle
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile
from pixelpact.strategies import boundaries
from tests.contract_tests.machine.wrong.steps import RUN, SMALL, STAGED, picture, text
from tests.wrong_servers import Patch, Traffic, rewriting

Check: TypeAlias = Callable[[ApiClient], object]
Step: TypeAlias = Callable[[JobMachine], object]

#: Values in place of a whole answer, or of one of its fields.
VALUES = (None, 7, "x", [7], {"x": 7})


def damages(value: Any) -> Iterator[Any]:
    """The JSON value with one damage: another value in its place or deeper, or a field or row missing."""
    yield from VALUES
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {key: item for key, item in value.items() if key != name}
            yield from ({**value, name: damaged} for damaged in damages(inner))
    if isinstance(value, list) and value:
        yield from ([damaged, *value[1:]] for damaged in damages(value[0]))


#: Damages of one answer that are tried, spread over all of them.
_MOST = 12


class Damage:
    """A change of answers that puts one damage after another into them, counted by `number`."""

    def __init__(self) -> None:
        self.number = 0
        self.known: list[Any] | None = None

    def __call__(self, answer: Traffic) -> None:
        if not answer.body.startswith((b"{", b"[")):
            return
        found = list(damages(answer.json))
        found = found[:: len(found) // _MOST + 1]
        if self.known is None:
            self.known = found
        answer.json = found[min(self.number, len(found) - 1)]


def unexpected_errors(damage: Damage, take: Callable[[], object]) -> list[str]:
    """The errors, other than findings, in which the steps end with each damage."""
    errors, findings = [], 0
    while damage.known is None or damage.number < len(damage.known):
        try:
            take()
        except ContractBroken:
            findings += 1
        except Exception as error:
            errors.append(f"{damage.number}: {error!r}")
        damage.number += 1
    assert findings > damage.number / 2
    return errors


WIDTH = next(valid for valid in boundaries() if valid.option == "width")

CHECKS: dict[str, Check] = {
    "createJob": lambda api: test_creation.test_valid_options_are_accepted_and_shown(api, WIDTH),
    "uploadFile": test_creation.test_created_job_can_be_uploaded_to,
    "updateJob": test_lifecycle.test_status_never_goes_back,
    "getJob": lambda api: test_lifecycle.test_picture_has_the_requested_size(
        api, lambda: api.convert("A fox", {"width": 192, "height": 128})
    ),
    "listOutputs": lambda api: test_lifecycle.test_outputs_are_listed_as_in_the_job(
        api, lambda: api.convert("A fox", SMALL)
    ),
}


@pytest.mark.undocumented
@pytest.mark.parametrize(("operation", "check"), CHECKS.items(), ids=CHECKS)
def test_a_damaged_answer_is_a_finding_of_the_check(monkeypatch: Patch, operation: str, check: Check) -> None:
    damage = Damage()
    rewriting(operation, answer=damage)(monkeypatch)

    with Server(Settings(pace="instant")) as server, closing(ApiClient(server.base_url, "key")) as api:
        errors = unexpected_errors(damage, lambda: check(api))

    assert errors == []


def on(draft: Any, step: Callable[[JobMachine, Any], object]) -> Step:
    return lambda machine: step(machine, machine.launch(0, draft))


def with_preset(step: Step) -> Step:
    return lambda machine: (machine.save_preset(0, SMALL, True), step(machine))


STEPS: dict[str, Step] = {
    "createJob": lambda machine: machine.launch(0, RUN),
    "getJob": on(RUN, lambda machine, job: machine.read_job(job)),
    "updateJob": on(STAGED, lambda machine, job: machine.change(job, {"notify_status": True}, None)),
    "listJobs": lambda machine: (machine.launch(0, RUN), machine.list_page(0, 1, None)),
    "listHistory": on(RUN, lambda machine, job: machine.read_history(job)),
    "addInput": on(STAGED, lambda machine, job: machine.add_inputs(job, [text(), text()], True)),
    "getInput": on(STAGED, lambda machine, job: machine.read_input(job, 0)),
    "updateInput": on(STAGED, lambda machine, job: machine.change_input(job, 0, True)),
    "uploadFile": on(STAGED, lambda machine, job: machine.upload(job, "A fox", True)),
    "addConversion": on(STAGED, lambda machine, job: machine.add_conversion(job, picture())),
    "updateConversion": on(STAGED, lambda machine, job: machine.change_conversion(job, 0, picture(seed=7))),
    "listOutputs": on(RUN, lambda machine, job: machine.list_outputs(job, 0, False)),
    "getOutput": on(RUN, lambda machine, job: machine.read_output(job, 0)),
    "updateOutput": on(RUN, lambda machine, job: machine.rename(job, 0, "fox")),
    "createPreset": lambda machine: machine.save_preset(0, SMALL, True),
    "updatePreset": with_preset(lambda machine: machine.change_preset(0, 0, {"width": 65})),
    "getPreset": with_preset(lambda machine: machine.read_presets(0, 0)),
    "listPresets": with_preset(lambda machine: machine.read_presets(0, 0)),
    "cancelJob": on(RUN, lambda machine, job: machine.use_no_key(job, "cancelJob")),
}


@pytest.mark.undocumented
@pytest.mark.parametrize(("operation", "step"), STEPS.items(), ids=STEPS)
def test_a_damaged_answer_is_a_finding_of_the_machine(monkeypatch: Patch, operation: str, step: Step) -> None:
    # Of a server that departs from the defaults, answers are checked as well.
    answers, damage = Profile({"processing-word": "running"}), Damage()
    rewriting(operation, answer=damage)(monkeypatch)

    with Server(Settings(pace="instant", profile=answers)) as server:
        machine = machine_for(server.base_url, profile=answers)

        def take() -> None:
            steps = machine()
            try:
                step(steps)
            finally:
                for account in steps.accounts:
                    account.api.close()

        errors = unexpected_errors(damage, take)

    assert errors == []
