"""Checks of jobs that wait: for their parts, or to be told to start; and of changes made to them then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.comparisons import document_of, expect_fields, expect_same
from pixelpact.contract_tests.suite.context import MARK, Context
from pixelpact.contract_tests.suite.items import check, step
from pixelpact.contract_tests.suite.later import job_to_change, second_later
from pixelpact.contract_tests.suite.steps import open_job
from pixelpact.schema import load_document

_CYCLE = "vendor guide job-lifecycle"
_OAS = "vendor OpenAPI 2.0.1"
#: What each field of a job is changed to, by a request of its own.
CHANGES: Mapping[str, Any] = {
    "fail_on_input_error": False,
    "fail_on_conversion_error": False,
    "notify_status": True,
    "callback": "https://callback.invalid/pixelpact",
    "download_passwords": ["first sesame", "second sesame"],
}
#: What several of them are changed to at once, at last.
LAST_CHANGE: Mapping[str, Any] = {
    "fail_on_input_error": True,
    "fail_on_conversion_error": True,
    "notify_status": False,
    "download_passwords": ["third sesame"],
    "callback": "",
}
_MOVING = ("modified_at",)
#: The fields of a job that a change of others leaves alone.
KEPT_FIELDS = tuple(
    name
    for name in load_document("openapi")["components"]["schemas"]["Job"]["properties"]
    if name not in (*_MOVING, "limits")
)


@dataclass(frozen=True, slots=True)
class ChangedJob:
    """A staged job: its id, the answers that created and changed it, and a read at last."""

    id: str

    created: Exchange
    changes: Mapping[str, Exchange]
    several: Exchange
    read: Exchange

    def pairs(self) -> list[tuple[Exchange, Exchange, tuple[str, ...]]]:
        """Each successful change after the answer before it, with the names of the fields that it sent."""
        sent: list[tuple[Exchange, tuple[str, ...]]]
        sent = [(answer, (name,)) for name, answer in self.changes.items()]
        sent.append((self.several, tuple(LAST_CHANGE)))
        before, found = self.created, list[tuple[Exchange, Exchange, tuple[str, ...]]]()
        for answer, names in sent:
            if answer.response.is_success and before.response.is_success:
                found.append((before, answer, names))
            before = answer if answer.response.is_success else before
        if not found:
            raise NotConclusive("no change of a staged job was answered with a success")
        return found


@step(requests=7, uses=(job_to_change, second_later), rule="a staged job is changed, field by field")
def changed_job(context: Context) -> ChangedJob:
    """A staged job with a conversion, of which each field is changed."""
    created = job_to_change(context)
    path = {"job_id": context.id_of(created)}
    context.take(second_later)
    changes = {
        name: context.call("updateJob", path=path, json={name: value}) for name, value in CHANGES.items()
    }
    several = context.call("updateJob", path=path, json=dict(LAST_CHANGE))
    return ChangedJob(path["job_id"], created, changes, several, context.call("getJob", path=path))


@dataclass(frozen=True, slots=True)
class JobWithoutConversion:
    """A job that lacks a conversion: its id, the answer that created it, a change of `process`, a read."""

    id: str
    created: Exchange
    staged: Exchange
    read: Exchange


@step(requests=4, rule="a job without a conversion is created")
def job_without_conversion(context: Context) -> JobWithoutConversion:
    """A job with an input, which would start but for its lack of a conversion."""
    prompt = context.prompt("Nothing to draw", metadata={MARK: context.run_id})
    body = {"input": [prompt]}
    created = context.call("createJob", leaves=1, json=body)
    path = {"job_id": context.id_of(created)}
    staged = context.call("updateJob", path=path, json={"process": False})
    return JobWithoutConversion(path["job_id"], created, staged, context.call("getJob", path=path))


@check(
    "lifecycle/waits-for-an-input",
    operation="createJob",
    rule="a job without an input is incomplete",
    source=_CYCLE,
    uses=(open_job,),
)
def waits_for_an_input(context: Context) -> None:
    """A new job that lacks an input has the status incomplete."""
    created = open_job(context).created
    expect_same(created, "the status", "incomplete", created.text("status", "code"))


@check(
    "lifecycle/waits-for-a-conversion",
    operation="createJob",
    rule="a job without a conversion is incomplete, and does not start",
    source=_CYCLE,
    uses=(job_without_conversion,),
)
def waits_for_a_conversion(context: Context) -> None:
    """A job that lacks a conversion has the status incomplete, later too."""
    job = job_without_conversion(context)
    for answer in (job.created, job.read):
        if answer.response.is_success:
            expect_same(answer, "the status", "incomplete", answer.text("status", "code"))


def _changed(name: str, context: Context) -> None:
    _shows(changed_job(context).changes[name].expect(200), name, CHANGES[name])


def _shows(answer: Exchange, name: str, value: Any) -> None:
    """Check that an answer shows the new value of a field; of passwords, their number."""
    shown = answer.at(name)
    if name == "download_passwords":
        expect_same(answer, "the number of entries in `download_passwords`", len(value), len(shown or ()))
    else:
        expect_same(answer, f"`{name}`", value, shown)


for _name in CHANGES:
    check(
        f"lifecycle/change-{_name.replace('_', '-')}",
        operation="updateJob",
        rule=f"a PATCH changes {_name} of a job that has not started",
        source=_CYCLE,
        uses=(changed_job,),
    )(partial(_changed, _name))


@check(
    "lifecycle/change-process",
    operation="updateJob",
    rule="a PATCH changes process of a job that has not started",
    source=_CYCLE,
    uses=(job_without_conversion,),
)
def change_process(context: Context) -> None:
    """A job that waits can be staged."""
    answer = job_without_conversion(context).staged.expect(200)
    expect_same(answer, "`process`", False, answer.at("process"))


@check(
    "lifecycle/change-several",
    operation="updateJob",
    rule="a PATCH changes several fields at once",
    source=_OAS,
    uses=(changed_job,),
)
def change_several(context: Context) -> None:
    """One request changes all of them back."""
    answer = changed_job(context).several.expect(200)
    for name, value in LAST_CHANGE.items():
        _shows(answer, name, value)


@check(
    "lifecycle/change-is-kept",
    operation="getJob",
    rule="a job is read as the last PATCH answered it",
    source=_OAS,
    uses=(changed_job,),
)
def change_is_kept(context: Context) -> None:
    """A read after all changes shows the same job as the last change."""
    job = changed_job(context)
    expect_fields(job.read, document_of(job.several), document_of(job.read), of="the job", but=_MOVING)


def _left_alone(name: str, context: Context) -> None:
    for before, after, sent in changed_job(context).pairs():
        if name not in sent:
            value = document_of(after).get(name)
            expect_same(after, f"`{name}` after a change of {', '.join(sent)}", before.at(name), value)


for _name in KEPT_FIELDS:
    check(
        f"lifecycle/change-leaves-{_name.replace('_', '-')}",
        operation="updateJob",
        rule=f"a PATCH of other fields leaves {_name} alone",
        source=_OAS,
        uses=(changed_job,),
    )(partial(_left_alone, _name))


@check(
    "lifecycle/modified-at-moves",
    operation="updateJob",
    rule="modified_at moves with a change",
    source=_OAS,
    uses=(changed_job,),
)
def modified_at_moves(context: Context) -> None:
    """A change that comes at least a second later has a later modified_at."""
    (before, after, _sent), *_ = changed_job(context).pairs()
    earlier, later = before.text("modified_at"), after.text("modified_at")
    if later <= earlier:
        raise after.broken(f"must have a `modified_at` later than {earlier} after a change, has {later}")
