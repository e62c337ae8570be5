"""Steps with the parts of a job, its inputs and conversions: add, upload, read, change, remove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pixelpact.contract_tests.client.client import staged_job
from pixelpact.contract_tests.machine.base import JOBS, Chosen, Steps, pick
from pixelpact.contract_tests.model.account import CONFLICT, NOBODY, NOT_FOUND, success, with_ids
from pixelpact.contract_tests.model.drafts import (
    ConversionDraft,
    InputDraft,
    conversion_drafts,
    forgiven,
    input_drafts,
    texts,
)
from pixelpact.contract_tests.model.job import Conversion, Input, Job, settled
from pixelpact.contract_tests.model.mismatches import conversion_faults, input_faults
from pixelpact.schema import JSONObject, headers
from pixelpact.strategies import Invalid, invalid_options

_NUMBERS = st.integers(0, 3)
_OPEN = "parts can be changed until the job starts"
_SHOWN = "a part is shown as it was asked for"


class PartRules(Steps):
    """Steps with the inputs and conversions of a job."""

    @rule(job=JOBS, drafts=st.lists(input_drafts(), min_size=1, max_size=2), as_array=st.booleans())
    def add_inputs(self, job: str, drafts: list[InputDraft], as_array: bool) -> None:
        """Add an input, or an array of them: possible until the job starts, which this may do."""
        chosen = self.chosen(job)
        made = chosen.account.inputs_of(drafts if as_array else drafts[:1])
        body: Any = [request for request, _ in made] if as_array else made[0][0]
        answer = chosen.account.ask(
            "addInput",
            self._open_to_inputs(chosen, success("addInput")),
            job=chosen.job,
            json=body,
            rule=_OPEN,
        )
        if chosen.job.closed:
            return
        document = chosen.account.document(answer, "InputFile", rule=_SHOWN, rows=as_array)
        rows: list[JSONObject] = document if as_array else [document]
        inputs = with_ids([each for _, each in made], rows)
        self._kept(chosen, inputs=(*chosen.job.inputs, *inputs))
        for each, row in zip(inputs, rows, strict=True):
            chosen.account.check(answer, input_faults(each, row, ran=False), rule=_SHOWN)

    @rule(job=JOBS, body=st.sampled_from(({"type": "telepathy", "source": "x"}, {"type": "remote"}, [7])))
    def add_no_input(self, job: str, body: Any) -> None:
        """Add what is no input: refused, one way or the other."""
        chosen, invalid = self.chosen(job), self.profile.value("invalid-request")
        expected = (invalid, self._open_to_inputs(chosen, invalid))
        chosen.account.ask(
            "addInput", *expected, job=chosen.job, json=body, rule="an input follows its schema"
        )

    @rule(job=JOBS, text=texts(), with_token=st.booleans())
    def upload(self, job: str, text: str, with_token: bool) -> None:
        """Upload a text, as the account or with the job's token: possible until the job starts."""
        chosen = self.chosen(job)
        token = {"credentials": {headers().job_token[0]: chosen.job.token}} if with_token else {}
        answer = chosen.account.ask(
            "uploadFile",
            self._open_to_inputs(chosen, self.profile.value("upload-status")),
            job=chosen.job,
            server=chosen.job.server,
            files={"file": ("prompt.txt", text.encode())},
            rule="a file can be uploaded until the job starts",
            **token,
        )
        if chosen.job.closed:
            return
        receipt = answer.response.json()["id"]
        input_id = receipt["input"] if self.profile["upload-answer"] == "receipt" else receipt
        each = Input(id=input_id, type="upload", empty=not text.strip())
        self._kept(chosen, inputs=(*chosen.job.inputs, each))

    @rule(job=JOBS, number=_NUMBERS)
    def read_input(self, job: str, number: int) -> None:
        """Read an input."""
        chosen = self.chosen(job)
        each, ids, found = _named(chosen, chosen.job.inputs, number, "input_id")
        answer = chosen.account.ask("getInput", 200 if found else NOT_FOUND, path=ids, rule=_SHOWN)
        if each:
            row = chosen.account.document(answer, "InputFile", rule=_SHOWN)
            chosen.account.check(answer, input_faults(each, row, ran=False), rule=_SHOWN)

    @rule(job=JOBS, number=_NUMBERS, value=st.booleans())
    def change_input(self, job: str, number: int, value: bool) -> None:
        """Give an input another parameter: possible until the job starts."""
        chosen = self.chosen(job)
        each, ids, found = _named(chosen, chosen.job.inputs, number, "input_id")
        expected = CONFLICT if chosen.job.closed else 200
        parameters = {"delete_after_use": value}
        answer = chosen.account.ask(
            "updateInput",
            expected if found else NOT_FOUND,
            path=ids,
            json={"parameters": parameters},
            rule=_OPEN,
        )
        if each and not chosen.job.closed:
            changed = replace(each, parameters={**each.parameters, **parameters})
            self._kept(chosen, inputs=_replaced(chosen.job.inputs, each, changed))
            row = chosen.account.document(answer, "InputFile", rule=_SHOWN)
            chosen.account.check(answer, input_faults(changed, row, ran=False), rule=_SHOWN)

    @rule(job=JOBS, number=_NUMBERS)
    def remove_input(self, job: str, number: int) -> None:
        """Remove an input: possible until the job starts."""
        chosen = self.chosen(job)
        each = self._removed(chosen, "removeInput", chosen.job.inputs, number, "input_id")
        if each:
            self._kept(chosen, inputs=tuple(part for part in chosen.job.inputs if part is not each))

    @rule(job=JOBS, draft=conversion_drafts())
    def add_conversion(self, job: str, draft: ConversionDraft) -> None:
        """Add a conversion: possible until the job starts, which this may do."""
        chosen = self.chosen(job)
        body, made = chosen.account.conversion_of(draft)
        refused = [*chosen.account.refused(body, made)]
        expected = CONFLICT if chosen.job.closed else success("addConversion")
        if refused:
            expected = self.profile.value("invalid-request")
        answer = chosen.account.ask("addConversion", expected, job=chosen.job, json=body, rule=_OPEN)
        if refused or chosen.job.closed:
            return
        row = chosen.account.document(answer, "Conversion", rule=_SHOWN)
        (each,) = with_ids([made], [row])
        self._kept(chosen, conversions=(*chosen.job.conversions, each))
        chosen.account.check(answer, conversion_faults(each, row, self.profile), rule=_SHOWN)

    @rule(job=JOBS, fault=invalid_options())
    def add_conversion_with_a_fault(self, job: str, fault: Invalid) -> None:
        """Add a conversion with a fault in its options: refused, naming the option."""
        chosen, invalid = self.chosen(job), self.profile.value("invalid-request")
        if forgiven(fault, self.profile):
            return
        (conversion,) = staged_job(fault.payload)["conversion"]
        expected = (invalid, CONFLICT) if chosen.job.closed else (invalid,)
        answer = chosen.account.ask(
            "addConversion", *expected, job=chosen.job, json=conversion, rule=f"invalid options: {fault.id}"
        )
        if fault.option is not None and answer.response.status_code == invalid:
            chosen.account.names(answer, fault.option)

    @rule(job=JOBS, number=_NUMBERS, draft=conversion_drafts())
    def change_conversion(self, job: str, number: int, draft: ConversionDraft) -> None:
        """Give a conversion other options: possible until the job starts."""
        chosen = self.chosen(job)
        each, ids, found = _named(chosen, chosen.job.conversions, number, "conversion_id")
        body, made = chosen.account.conversion_of(draft)
        if each and each.target != made.target:
            return
        refused = [name for name in chosen.account.refused(body, made) if name != "category"]
        expected = CONFLICT if chosen.job.closed else 200
        if refused:
            expected = self.profile.value("invalid-request")
        answer = chosen.account.ask(
            "updateConversion",
            expected if found else NOT_FOUND,
            path=ids,
            json={"options": body["options"]},
            rule=_OPEN,
        )
        if each and not refused and not chosen.job.closed:
            changed = replace(made, id=each.id)
            self._kept(chosen, conversions=_replaced(chosen.job.conversions, each, changed))
            row = chosen.account.document(answer, "Conversion", rule=_SHOWN)
            chosen.account.check(answer, conversion_faults(changed, row, self.profile), rule=_SHOWN)

    @rule(job=JOBS, number=_NUMBERS)
    def remove_conversion(self, job: str, number: int) -> None:
        """Remove a conversion: possible until the job starts."""
        chosen = self.chosen(job)
        each = self._removed(chosen, "removeConversion", chosen.job.conversions, number, "conversion_id")
        if each:
            rest = tuple(part for part in chosen.job.conversions if part is not each)
            self._kept(chosen, conversions=rest)

    def _open_to_inputs(self, chosen: Chosen, status: int) -> int:
        """With which status an input is answered that would be answered with `status` before the start."""
        late: int = self.profile.value("late-input")
        return late if chosen.job.closed else status

    def _removed(
        self, chosen: Chosen, operation: str, parts: Sequence[Any], number: int, parameter: str
    ) -> Any:
        """The part that was removed, if one was."""
        each, ids, found = _named(chosen, parts, number, parameter)
        expected = {CONFLICT} if chosen.job.closed else {success(operation)}
        if not found:
            expected = {NOT_FOUND, CONFLICT} if chosen.job.closed else {NOT_FOUND}
        chosen.account.ask(operation, *expected, path=ids, rule=_OPEN)
        return None if chosen.job.closed else each

    def _kept(self, chosen: Chosen, **parts: Any) -> Job:
        """The job with other parts, started if nothing is missing any more."""
        return chosen.account.keep(settled(replace(chosen.job, **parts)))


def _named(
    chosen: Chosen, parts: Sequence[Any], number: int, parameter: str
) -> tuple[Any, dict[str, str], bool]:
    """The part with a number, the parameters of a path that name it (or nobody), and whether it exists."""
    each: Input | Conversion | None = pick(parts, number)
    ids = {"job_id": chosen.job.id, parameter: each.id if each else NOBODY}
    return each, ids, each is not None


def _replaced(parts: Sequence[Any], old: object, new: object) -> tuple[Any, ...]:
    return tuple(new if part is old else part for part in parts)
