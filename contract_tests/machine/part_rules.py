"""Rules about the parts of a job, its inputs and conversions: add, upload, read, change, remove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pixelpact.contract_tests.client.client import staged_job
from pixelpact.contract_tests.client.statuses import CONFLICT, NOT_FOUND, success_status
from pixelpact.contract_tests.machine.base import JOBS, STAGED, OwnedJob, Steps, pick
from pixelpact.contract_tests.model.account import UNKNOWN_ID, with_ids
from pixelpact.contract_tests.model.drafts import (
    ConversionDraft,
    InputDraft,
    conversion_drafts,
    input_drafts,
    is_tolerated,
    key_of,
    texts,
)
from pixelpact.contract_tests.model.job import Conversion, Input, started_if_complete
from pixelpact.contract_tests.model.mismatches import conversion_mismatches, input_mismatches
from pixelpact.schema import JSONObject, headers
from pixelpact.strategies import Invalid, invalid_options

_Part = TypeVar("_Part", Input, Conversion)

#: Parts can be changed until a job starts, so every other step takes a job that was created to wait.
_MOSTLY_STAGED = STAGED | JOBS
_NUMBERS = st.integers(0, 3)
_OPEN = "parts can be changed until the job starts"
_SHOWN = "a part is shown as it was sent"


class PartRules(Steps):
    """Rules about the inputs and conversions of a job."""

    @rule(
        job=_MOSTLY_STAGED,
        drafts=st.lists(input_drafts(), min_size=1, max_size=2),
        as_array=st.booleans(),
    )
    def add_inputs(self, job: str, drafts: list[InputDraft], as_array: bool) -> None:
        """Add an input, or an array of them: possible until the job starts, which this may cause."""
        owned = self.find(job)
        requests = owned.account.input_requests(drafts if as_array else drafts[:1])
        body: Any = [request for request, _ in requests] if as_array else requests[0][0]
        answer = owned.account.ask(
            "addInput",
            self._open_to_inputs(owned, success_status("addInput")),
            job=owned.job,
            json=body,
            rule=_OPEN,
        )
        if owned.job.closed:
            return
        document = owned.account.document(answer, "InputFile", rule=_SHOWN, rows=as_array)
        rows: list[JSONObject] = document if as_array else [document]
        if len(rows) != len(requests):
            what = f"must answer with all {len(requests)} new inputs, answers with {len(rows)}"
            raise owned.account.broken(answer, what, rule=_SHOWN)
        inputs = with_ids([source for _, source in requests], rows)
        _remember(owned, inputs=(*owned.job.inputs, *inputs))
        for source, row in zip(inputs, rows, strict=True):
            owned.account.check(answer, input_mismatches(source, row, self.profile, ran=False), rule=_SHOWN)

    @rule(
        job=_MOSTLY_STAGED,
        body=st.sampled_from(({"type": "telepathy", "source": "x"}, {"type": "remote"}, [7])),
    )
    def add_invalid_input(self, job: str, body: Any) -> None:
        """Add an input that breaks the schema: expect a refusal, for that or because the job is closed."""
        owned, invalid = self.find(job), self.profile.value("invalid-request")
        expected = (invalid, self._open_to_inputs(owned, invalid))
        owned.account.ask("addInput", *expected, job=owned.job, json=body, rule="an input follows its schema")

    @rule(job=_MOSTLY_STAGED, text=texts(), with_token=st.booleans())
    def upload(self, job: str, text: str, with_token: bool) -> None:
        """Upload a text, with the account's key or the job's token: possible until the job starts."""
        owned = self.find(job)
        token = {"credentials": {headers().job_token[0]: owned.job.token}} if with_token else {}
        answer = owned.account.ask(
            "uploadFile",
            self._open_to_inputs(owned, self.profile.value("upload-status")),
            job=owned.job,
            server=owned.job.server,
            files={"file": ("prompt.txt", text.encode())},
            rule="a file can be uploaded until the job starts",
            **token,
        )
        if owned.job.closed:
            return
        with_receipt = self.profile["upload-answer"] == "receipt"
        component = "UploadReceipt" if with_receipt else "InputFile"
        shown = owned.account.document(answer, component, rule=_SHOWN)["id"]
        source = Input(id=shown["input"] if with_receipt else shown, type="upload", empty=not text.strip())
        _remember(owned, inputs=(*owned.job.inputs, source))

    @rule(job=_MOSTLY_STAGED, number=_NUMBERS)
    def read_input(self, job: str, number: int) -> None:
        """Read an input."""
        owned = self.find(job)
        source, ids = _addressed(owned, owned.job.inputs, number, "input_id")
        answer = owned.account.ask("getInput", 200 if source else NOT_FOUND, path=ids, rule=_SHOWN)
        if source:
            row = owned.account.document(answer, "InputFile", rule=_SHOWN)
            owned.account.check(answer, input_mismatches(source, row, self.profile, ran=False), rule=_SHOWN)

    @rule(job=_MOSTLY_STAGED, number=_NUMBERS, value=st.booleans())
    def change_input(self, job: str, number: int, value: bool) -> None:
        """Change a parameter of an input: possible until the job starts."""
        owned = self.find(job)
        source, ids = _addressed(owned, owned.job.inputs, number, "input_id")
        expected = CONFLICT if owned.job.closed else 200
        parameters = {"delete_after_use": value}
        answer = owned.account.ask(
            "updateInput",
            expected if source else NOT_FOUND,
            path=ids,
            json={"parameters": parameters},
            rule=_OPEN,
        )
        if source and not owned.job.closed:
            changed = replace(source, parameters={**source.parameters, **parameters})
            _remember(owned, inputs=_replaced(owned.job.inputs, source, changed))
            row = owned.account.document(answer, "InputFile", rule=_SHOWN)
            owned.account.check(answer, input_mismatches(changed, row, self.profile, ran=False), rule=_SHOWN)

    @rule(job=_MOSTLY_STAGED, number=_NUMBERS)
    def remove_input(self, job: str, number: int) -> None:
        """Remove an input: possible until the job starts."""
        owned = self.find(job)
        if removed := _remove(owned, "removeInput", owned.job.inputs, number, "input_id"):
            _remember(owned, inputs=tuple(source for source in owned.job.inputs if source is not removed))

    @rule(job=_MOSTLY_STAGED, draft=conversion_drafts())
    def add_conversion(self, job: str, draft: ConversionDraft) -> None:
        """Add a conversion: possible until the job starts, which this may cause."""
        owned = self.find(job)
        body, conversion = owned.account.conversion_request(draft)
        refused = owned.account.refused_options(body, conversion)
        expected = CONFLICT if owned.job.closed else success_status("addConversion")
        if refused:
            expected = self.profile.value("invalid-request")
        answer = owned.account.ask("addConversion", expected, job=owned.job, json=body, rule=_OPEN)
        if refused or owned.job.closed:
            return
        row = owned.account.document(answer, "Conversion", rule=_SHOWN)
        (added,) = with_ids([conversion], [row])
        _remember(owned, conversions=(*owned.job.conversions, added))
        owned.account.check(answer, conversion_mismatches(added, row, self.profile), rule=_SHOWN)

    @rule(job=_MOSTLY_STAGED, fault=invalid_options())
    def add_conversion_with_a_fault(self, job: str, fault: Invalid) -> None:
        """Add a conversion with a fault in its options: expect a refusal that names the option."""
        owned, invalid = self.find(job), self.profile.value("invalid-request")
        if is_tolerated(fault, self.profile):
            return
        (conversion,) = staged_job(fault.payload)["conversion"]
        expected = (invalid, CONFLICT) if owned.job.closed else (invalid,)
        answer = owned.account.ask(
            "addConversion", *expected, job=owned.job, json=conversion, rule=f"invalid options: {fault.id}"
        )
        if answer.response.status_code == invalid:
            owned.account.expect_named(answer, key_of(fault, options="options"))

    @rule(job=_MOSTLY_STAGED, number=_NUMBERS, draft=conversion_drafts())
    def change_conversion(self, job: str, number: int, draft: ConversionDraft) -> None:
        """Replace the options of a conversion: possible until the job starts."""
        owned = self.find(job)
        conversion, ids = _addressed(owned, owned.job.conversions, number, "conversion_id")
        body, drafted = owned.account.conversion_request(draft)
        if conversion and conversion.target != drafted.target:
            return
        refused = set(owned.account.refused_options(body, drafted)) - {("category",)}
        expected = CONFLICT if owned.job.closed else 200
        if refused:
            expected = self.profile.value("invalid-request")
        answer = owned.account.ask(
            "updateConversion",
            expected if conversion else NOT_FOUND,
            path=ids,
            json={"options": body["options"]},
            rule=_OPEN,
        )
        if conversion and not refused and not owned.job.closed:
            changed = replace(drafted, id=conversion.id)
            _remember(owned, conversions=_replaced(owned.job.conversions, conversion, changed))
            row = owned.account.document(answer, "Conversion", rule=_SHOWN)
            owned.account.check(answer, conversion_mismatches(changed, row, self.profile), rule=_SHOWN)

    @rule(job=_MOSTLY_STAGED, number=_NUMBERS)
    def remove_conversion(self, job: str, number: int) -> None:
        """Remove a conversion: possible until the job starts."""
        owned = self.find(job)
        if removed := _remove(owned, "removeConversion", owned.job.conversions, number, "conversion_id"):
            rest = tuple(conversion for conversion in owned.job.conversions if conversion is not removed)
            _remember(owned, conversions=rest)

    def _open_to_inputs(self, owned: OwnedJob, status: int) -> int:
        """The status that answers a new input, `status` being the one before the job starts."""
        late: int = self.profile.value("late-input")
        return late if owned.job.closed else status


def _addressed(
    owned: OwnedJob, parts: Sequence[_Part], number: int, parameter: str
) -> tuple[_Part | None, dict[str, str]]:
    """The part with a number, and the parameters of its path; without parts, of one that does not exist."""
    part = pick(parts, number)
    return part, {"job_id": owned.job.id, parameter: part.id if part else UNKNOWN_ID}


def _remove(
    owned: OwnedJob, operation: str, parts: Sequence[_Part], number: int, parameter: str
) -> _Part | None:
    """The part that was removed, if the job was open and had one."""
    part, ids = _addressed(owned, parts, number, parameter)
    expected = {CONFLICT} if owned.job.closed else {success_status(operation)}
    if part is None:
        expected = {NOT_FOUND, CONFLICT} if owned.job.closed else {NOT_FOUND}
    owned.account.ask(operation, *expected, path=ids, rule=_OPEN)
    return None if owned.job.closed else part


def _remember(owned: OwnedJob, **parts: Any) -> None:
    """Replace parts of the job, which starts if it is then complete."""
    owned.account.remember(started_if_complete(replace(owned.job, **parts)))


def _replaced(parts: Sequence[_Part], old: _Part, new: _Part) -> tuple[_Part, ...]:
    return tuple(new if part is old else part for part in parts)
