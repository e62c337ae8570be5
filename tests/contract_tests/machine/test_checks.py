"""Each check of the machine has a server that is wrong in the one thing that only this check notices."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from pixelpact.contract_tests import ContractBroken, JobMachine, machine_for
from pixelpact.contract_tests.model.drafts import PASSWORDS, ConversionDraft, InputDraft, JobDraft
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import TEXT_TO_IMAGE, Profile, headers
from pixelpact.strategies import single_faults
from tests.wrong_servers import Change, Patch, Traffic, rewriting

UNKNOWN = "11111111-1111-4111-8111-111111111111"
SMALL = {"width": 64, "height": 64}
BLANK = PASSWORDS.index(next(password for password in PASSWORDS if not password.strip() and password))


def picture(**options: Any) -> ConversionDraft:
    return ConversionDraft(
        target=TEXT_TO_IMAGE, named_category=True, options={**SMALL, **options}, password=None, preset=None
    )


def text(prompt: str = "A fox", *, kind: str = "base64", marked: bool = False) -> InputDraft:
    return InputDraft(type=kind, text=prompt, filename="prompt.txt", marked=marked, source=0)


LOCKED = ConversionDraft(target=TEXT_TO_IMAGE, named_category=True, options=SMALL, password=0, preset=None)
RUN = JobDraft(conversions=(picture(),), inputs=(text(),))
STAGED = JobDraft(
    flags={"process": False}, conversions=(picture(),), inputs=(text(marked=True),), passwords=(0,)
)
REMOTE = JobDraft(flags={"process": False}, conversions=(picture(),), inputs=(text(kind="remote"),))
TWO = JobDraft(conversions=(picture(allow_multiple_outputs=True),), inputs=(text(), text("An owl")))
FAILING = JobDraft(conversions=(picture(),), inputs=(text(" "),))
WARNED = JobDraft(
    flags={"fail_on_conversion_error": False}, conversions=(picture(),), inputs=(text(), text(" "))
)
WIDTH = next(fault for fault in single_faults() if fault.option == "width")

Steps = Callable[[JobMachine], object]


class Wrong(NamedTuple):
    """A wrong server, the steps of the machine that meet it, and what it then says."""

    break_it: Callable[[Patch], None]
    steps: Steps
    says: str
    settings: Mapping[str, Any] = MappingProxyType({})


# --- Changes of answers


def put(*path: str | int, to: object) -> Change:
    """Set a value in the JSON of an answer."""

    def change(answer: Traffic) -> None:
        whole = inner = answer.json
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to
        answer.json = whole

    return change


def replaced(value: object) -> Change:
    def change(answer: Traffic) -> None:
        answer.json = value

    return change


def with_json(compute: Callable[[Any], object]) -> Change:
    def change(answer: Traffic) -> None:
        answer.json = compute(answer.json)

    return change


def with_body(body: bytes) -> Change:
    def change(answer: Traffic) -> None:
        answer.body = body

    return change


def with_status(status: int) -> Change:
    def change(answer: Traffic) -> None:
        answer.status = status

    return change


def with_header(name: str, value: str | None) -> Change:
    return lambda answer: answer.set_header(name, value)


def from_the_second(change: Change) -> Change:
    """Let the first answer pass."""
    passed: list[Traffic] = []

    def later(answer: Traffic) -> None:
        if passed:
            change(answer)
        passed.append(answer)

    return later


def first_again(*, only: str) -> Change:
    """Show the document of the first answer again."""
    first: list[Any] = []

    def change(answer: Traffic) -> None:
        first.append(answer.json)
        if answer.operation == only:
            answer.json = first[0]

    return change


def leaking(word: Callable[[Any], str]) -> Change:
    """Show a word of the first document, which is of another account, in each job that is read after it."""
    first: list[Any] = []

    def change(answer: Traffic) -> None:
        if not first:
            first.append(answer.json)
        elif answer.operation == "getJob":
            put("callback", to=word(first[0]))(answer)

    return change


def never_empty() -> Change:
    """Answer with the rows of an earlier answer where there are none."""
    rows: list[Any] = []

    def change(answer: Traffic) -> None:
        rows[:] = answer.json or rows
        answer.json = rows
        answer.set_header(headers().count, str(len(rows)))

    return change


def swapped(rows: list[Any]) -> list[Any]:
    return [*reversed(rows)]


# --- Steps of the machine


def read(draft: JobDraft, *, times: int = 1) -> Steps:
    """Create a job, and read it."""

    def steps(machine: JobMachine) -> None:
        job = machine.launch(0, draft)
        for _ in range(times):
            machine.read_job(job)

    return steps


def on(draft: JobDraft, *rules: Callable[[JobMachine, Any], object]) -> Steps:
    """Create a job, and take some steps with it."""

    def steps(machine: JobMachine) -> None:
        job = machine.launch(0, draft)
        for rule in rules:
            rule(machine, job)

    return steps


def in_both_accounts(machine: JobMachine) -> None:
    machine.launch(0, RUN)
    machine.read_job(machine.launch(1, RUN))


def preset_then_job(machine: JobMachine) -> None:
    machine.save_preset(0, SMALL, True)
    machine.read_job(machine.launch(1, RUN))


def output_then_job(machine: JobMachine) -> None:
    machine.read_job(machine.launch(0, RUN))
    machine.read_job(machine.launch(1, RUN))


def two_jobs(machine: JobMachine) -> None:
    machine.launch(0, RUN)
    machine.read_job(machine.launch(0, RUN))


def listing(*drafts: JobDraft, **query: Any) -> Steps:
    def steps(machine: JobMachine) -> None:
        for draft in drafts:
            machine.launch(0, draft)
        machine.list_page(0, query.get("page", 1), query.get("status"))

    return steps


def listed_twice(**query: Any) -> Steps:
    """List all jobs, then those of a page or with a status."""

    def steps(machine: JobMachine) -> None:
        listing(RUN)(machine)
        listing(**query)(machine)

    return steps


def started_later(machine: JobMachine, job: str) -> None:
    machine.start(job)


def waited(machine: JobMachine, job: str) -> None:
    machine.wait(job)
    machine.wait(job)


def history(machine: JobMachine, job: str) -> None:
    machine.read_history(job)


def preset(*rules: Callable[[JobMachine], object]) -> Steps:
    """Save a preset, and take some steps with it."""

    def steps(machine: JobMachine) -> None:
        machine.save_preset(0, SMALL, True)
        for rule in rules:
            rule(machine)

    return steps


def downloaded(machine: JobMachine, job: str) -> None:
    machine.download(job, 0, password=None, right=True, too_often=False)


GET, MAKE = ("getJob",), ("createJob",)

ANSWERS = {
    "crash": Wrong(rewriting(*GET, answer=with_status(500)), read(RUN), "getJob must never answer 5xx, got 500"),
    "another-status": Wrong(rewriting(*MAKE, answer=with_status(200)), read(RUN), "createJob must answer 201, got 200"),
    "no-error-body": Wrong(rewriting(*MAKE, answer=replaced({"message": "m"})), lambda machine: machine.create_without_json(0, b"{"), "the fields code, message, errors of Error"),
    "key-in-body": Wrong(rewriting(*GET, answer=put("callback", to="pixelpact-machine-0")), read(RUN), "must not repeat the key"),
    "key-in-header": Wrong(rewriting(*GET, answer=with_header("X-Echo", "key=pixelpact-machine-0;")), read(RUN), "must not repeat the key"),
    "foreign-job-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["id"])), in_both_accounts, "names a job of one"),
    "foreign-token-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["token"])), in_both_accounts, "names a token of one"),
    "foreign-input-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["input"][0]["id"])), in_both_accounts, "names an input of one"),
    "foreign-conversion-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["conversion"][0]["id"])), in_both_accounts, "names a conversion of one"),
    "foreign-output-named": Wrong(rewriting(*GET, answer=leaking(lambda job: job["output"][0]["id"])), output_then_job, "names an output of one"),
    "foreign-preset-named": Wrong(rewriting(*GET, "createPreset", answer=leaking(lambda preset: preset["id"])), preset_then_job, "names a preset of one"),
    "field-missing": Wrong(rewriting(*GET, answer=with_json(lambda job: {name: value for name, value in job.items() if name != "callback"})), read(RUN), "callback is required"),
    "row-invalid": Wrong(rewriting("listJobs", answer=put(0, "spent", to="none")), listing(RUN), "spent must be"),
    "not-json": Wrong(rewriting(*GET, answer=with_body(b"<html>")), read(RUN), "must answer with JSON"),
    "wrong-option-named": Wrong(rewriting(*MAKE, answer=put("errors", to={"height": ["x"], "awidth": ["x"]})), lambda machine: machine.create_with_a_fault(0, WIDTH), "must name width in `errors`"),
    "fault-accepted": Wrong(rewriting(*MAKE, request=put("conversion", 0, "options", to={})), lambda machine: machine.create_with_a_fault(0, WIDTH), "createJob must answer 400, got 201"),
    "fault-in-conversion-accepted": Wrong(rewriting("addConversion", request=put("options", to={})), on(STAGED, lambda machine, job: machine.add_conversion_with_a_fault(job, WIDTH)), "addConversion must answer 400, got 201"),
    "wrong-option-of-conversion-named": Wrong(rewriting("addConversion", answer=put("errors", to={"height": ["x"]})), on(STAGED, lambda machine, job: machine.add_conversion_with_a_fault(job, WIDTH)), "must name width in `errors`"),
    "another-job-shown": Wrong(rewriting(*GET, *MAKE, answer=first_again(only="getJob")), two_jobs, "must show the job"),
    "older-job-created": Wrong(rewriting(*MAKE, answer=first_again(only="createJob")), two_jobs, "must make a new job, shows an older one"),
}  # fmt: skip

JOBS = {
    "status-goes-back": Wrong(rewriting(*GET, answer=from_the_second(put("status", "code", to="processing"))), read(RUN, times=2), "must never go back in status, went from completed to processing"),
    "status-too-early": Wrong(rewriting(*GET, answer=put("status", "code", to="completed")), read(STAGED), "must have the status ready, has completed"),
    "server": Wrong(rewriting(*GET, answer=put("server", to="http://127.0.0.1:1")), read(STAGED), "must have server"),
    "token": Wrong(rewriting(*GET, answer=put("token", to="0" * 32)), read(STAGED), "must keep its token"),
    "process": Wrong(rewriting(*GET, answer=put("process", to=True)), read(STAGED), "must have process False, has True"),
    "fail_on_input_error": Wrong(rewriting(*GET, answer=put("fail_on_input_error", to=False)), read(STAGED), "must have fail_on_input_error True, has False"),
    "fail_on_conversion_error": Wrong(rewriting(*GET, answer=put("fail_on_conversion_error", to=False)), read(STAGED), "must have fail_on_conversion_error True, has False"),
    "notify_status": Wrong(rewriting(*GET, answer=put("notify_status", to=True)), read(STAGED), "must have notify_status False, has True"),
    "passwords-lost": Wrong(rewriting(*GET, answer=put("download_passwords", to=[])), read(STAGED), "must have number of download_passwords 1, has 0"),
    "passwords-in-clear": Wrong(rewriting(*GET, answer=put("download_passwords", to=[PASSWORDS[0]])), read(STAGED), "must not show download_passwords in clear"),
    "conversion-lost": Wrong(rewriting(*GET, answer=put("conversion", to=[])), read(STAGED), "must have ids in conversion"),
    "input-lost": Wrong(rewriting(*GET, answer=put("input", to=[])), read(STAGED), "must have ids in input"),
    "target": Wrong(rewriting(*GET, answer=put("conversion", 0, "target", to="zip")), read(STAGED), "must have target of a conversion 'text-to-image', has 'zip'"),
    "category": Wrong(rewriting(*GET, answer=put("conversion", 0, "category", to="image")), read(STAGED), "must have category of a conversion"),
    "options": Wrong(rewriting(*GET, answer=put("conversion", 0, "options", "width", to=65)), read(STAGED), "must have options of a conversion"),
    "hidden-options-shown": Wrong(rewriting(*GET, answer=put("conversion", 0, "options", "download_password", to="***")), read(STAGED), "must have hidden options of a conversion [], has ['download_password']"),
    "masked-option-in-clear": Wrong(rewriting(*GET, answer=put("conversion", 0, "options", "download_password", to=PASSWORDS[0])), read(JobDraft(conversions=(LOCKED,))), "must not show download_password in clear", {"profile": Profile({"secret-options": "masked"})}),
    "input-type": Wrong(rewriting(*GET, answer=put("input", 0, "type", to="remote")), read(STAGED), "must have type of an input"),
    "input-options": Wrong(rewriting(*GET, answer=put("input", 0, "options", to={})), read(STAGED), "must have options of an input {'type': 'prompt'}, has {}"),
    "input-parameters": Wrong(rewriting(*GET, answer=put("input", 0, "parameters", to={"x": 1})), read(STAGED), "must have parameters of an input {}, has {'x': 1}"),
    "input-source": Wrong(rewriting(*GET, answer=put("input", 0, "source", to="https://example.com/")), read(REMOTE), "must have source of an input"),
    "input-status": Wrong(rewriting(*GET, answer=put("input", 0, "status", to="failed")), read(RUN), "must have status of an input 'ready', has 'failed'"),
    "input-credentials": Wrong(rewriting(*GET, answer=put("input", 0, "credentials", to={"user": "x"})), read(STAGED), "must not show credentials of an input"),
    "errors-lost": Wrong(rewriting(*GET, answer=put("errors", to=[])), read(FAILING), "must have errors [('conversion',"),
    "warnings-lost": Wrong(rewriting(*GET, answer=put("warnings", to=[])), read(WARNED), "must have warnings [('conversion',"),
    "nothing-spent": Wrong(rewriting(*GET, answer=put("spent", to=0)), read(RUN), "must have spent 1, has 0"),
    "no-outputs": Wrong(rewriting(*GET, answer=put("output", to=[])), read(RUN), "must have outputs (conversion, inputs)"),
    "one-uri-for-two": Wrong(rewriting(*GET, answer=with_json(lambda job: {**job, "output": [{**output, "uri": job["output"][0]["uri"]} for output in job["output"]]})), read(TWO), "must have number of different uris 2, has 1"),
    "output-changes": Wrong(rewriting(*GET, answer=from_the_second(put("output", 0, "size", to=1))), read(RUN, times=2), "must have size of an output"),
    "output-disabled": Wrong(rewriting(*GET, answer=put("output", 0, "status", to="disabled")), read(RUN), "must have status of an output 'enabled', has 'disabled'"),
    "download-counted-early": Wrong(rewriting(*GET, answer=put("output", 0, "downloads_counter", to=1)), read(RUN), "must have downloads_counter of an output 0, has 1"),
    "another-output": Wrong(rewriting(*GET, answer=from_the_second(put("output", 0, "id", to=UNKNOWN))), read(RUN, times=2), "must still have the output"),
}  # fmt: skip

HISTORY = {
    "rewritten": Wrong(rewriting("listHistory", answer=from_the_second(with_json(swapped))), on(STAGED, started_later, history, history), "must have history as it was before, then more"),
    "empty": Wrong(rewriting("listHistory", answer=replaced([])), on(STAGED, history), "must have a history"),
    "behind": Wrong(rewriting("listHistory", answer=put(-1, "status", to="incomplete")), on(STAGED, history), "must have the status ready, has incomplete"),
    "status-lost": Wrong(rewriting("listHistory", answer=with_json(lambda rows: rows[-1:])), on(STAGED, started_later, history), "must have in its history the status ready, which was seen, at its place"),
    "out-of-order": Wrong(rewriting("listHistory", answer=with_json(lambda rows: [*swapped(rows[:-1]), rows[-1]])), on(STAGED, started_later, waited, history), "which was seen, at its place", {"pace": "polls=3"}),
    "goes-on-after-the-end": Wrong(rewriting("listHistory", answer=with_json(lambda rows: [*rows, rows[-1]])), on(RUN, waited, history), "must never leave the status completed, went to completed"),
}  # fmt: skip

LISTINGS = {
    "unknown-job": Wrong(rewriting("listJobs", answer=put(0, "id", to=UNKNOWN)), listing(RUN), f"must list only the account's jobs, lists {UNKNOWN}"),
    "past-the-end": Wrong(rewriting("listJobs", answer=never_empty()), listed_twice(page=2), "must list nothing on page 2, past the end, lists 1 jobs"),
    "under-another-status": Wrong(rewriting("listJobs", answer=never_empty()), listed_twice(status="canceled"), "under the status canceled"),
    "of-another-status": Wrong(rewriting("listJobs", answer=put(0, "status", "code", to="completed")), listing(RUN, status="processing"), "must list jobs with the status processing only, lists one that is completed", {"pace": "polls=9"}),
    "job-lost": Wrong(rewriting("listJobs", answer=lambda answer: (replaced([])(answer), answer.set_header("X-Count", "0"))), listing(RUN), "must list "),
    "wrong-count": Wrong(rewriting("listJobs", answer=with_header(headers().count, "2")), listing(RUN), "must say X-Count: 1, says 2"),
    "no-count": Wrong(rewriting("listJobs", answer=with_header(headers().count, None)), listing(RUN), "must say X-Count: 1, says None"),
    "oldest-first": Wrong(rewriting("listJobs", answer=with_json(swapped)), listing(RUN, RUN), "must list newest-first, lists"),
    "listed-twice": Wrong(rewriting("listJobs", answer=lambda answer: (with_json(lambda rows: rows * 2)(answer), answer.set_header("X-Count", "2"))), listing(RUN), "must list newest-first, lists"),
}  # fmt: skip

ACCESS = {
    "foreign-key": Wrong(rewriting("updateJob", answer=with_status(200)), on(RUN, lambda machine, job: machine.use_foreign_job(job, "updateJob")), "updateJob must answer 404, got 200"),
    "foreign-token": Wrong(rewriting("addInput", answer=with_status(201)), on(RUN, lambda machine, job: machine.use_wrong_token(job, machine.launch(1, RUN), "addInput")), "addInput must answer 401, got 201"),
    "unknown-token": Wrong(rewriting("addInput", answer=with_status(201)), on(RUN, lambda machine, job: machine.use_wrong_token(job, job, "addInput")), "addInput must answer 401, got 201"),
    "no-key": Wrong(rewriting("listOutputs", answer=with_status(200)), on(RUN, lambda machine, job: machine.use_no_key(job, "listOutputs")), "listOutputs must answer 401, got 200"),
    "token-creates": Wrong(rewriting(*MAKE, answer=from_the_second(with_status(201))), on(RUN, lambda machine, job: machine.create_by_token(job)), "createJob must answer 401, got 201"),
    "token-shows-another-job": Wrong(rewriting(*GET, *MAKE, answer=first_again(only="getJob")), lambda machine: (machine.launch(0, RUN), machine.read_by_token(machine.launch(0, RUN))), "must show the job"),
    "token-lists-nothing": Wrong(rewriting("listJobs", answer=replaced([])), on(RUN, lambda machine, job: machine.read_by_token(job)), "only, lists []"),
    "one-preset-for-two": Wrong(rewriting("createPreset", answer=first_again(only="createPreset")), preset(lambda machine: machine.save_preset(0, SMALL, True)), "must make a new preset"),
    "preset-saved-wrongly": Wrong(rewriting("createPreset", answer=put("options", to={})), preset(), "must have options {'width': 64, 'height': 64}, has {}"),
    "preset-not-changed": Wrong(rewriting("updatePreset", answer=put("options", to=SMALL)), preset(lambda machine: machine.change_preset(0, 0, {"width": 65})), "must have options {'width': 65}, has {'width': 64, 'height': 64}"),
    "preset-read-wrongly": Wrong(rewriting("getPreset", answer=put("name", to="yours")), preset(lambda machine: machine.read_presets(0, 0)), "must have name 'mine', has 'yours'"),
    "preset-not-listed": Wrong(rewriting("listPresets", answer=replaced([])), preset(lambda machine: machine.read_presets(0, 0)), "must list the preset"),
    "preset-not-deleted": Wrong(rewriting("getPreset", answer=with_status(200)), preset(lambda machine: machine.remove_preset(0, 0)), "getPreset must answer 404, got 200"),
    "foreign-preset-read": Wrong(rewriting("getPreset", answer=with_status(200)), preset(lambda machine: machine.read_presets(0, 0)), "getPreset must answer 404, got 200"),
    "foreign-preset-changed": Wrong(rewriting("updatePreset", answer=with_status(200)), preset(lambda machine: machine.read_presets(0, 0)), "updatePreset must answer 404, got 200"),
    "foreign-preset-deleted": Wrong(rewriting("removePreset", answer=with_status(204)), preset(lambda machine: machine.read_presets(0, 0)), "removePreset must answer 404, got 204"),
    "unknown-preset-deleted": Wrong(rewriting("removePreset", answer=with_status(204)), lambda machine: machine.remove_preset(0, 0), "removePreset must answer 404, got 204"),
}  # fmt: skip

PARTS = {
    "input-added-wrongly": Wrong(rewriting("addInput", answer=put("type", to="remote")), on(STAGED, lambda machine, job: machine.add_inputs(job, [text()], False)), "must have type of an input"),
    "second-input-lost": Wrong(rewriting("addInput", answer=with_json(lambda rows: rows[:1])), on(STAGED, lambda machine, job: machine.add_inputs(job, [text(), text()], True)), "must answer with each new input, 2, answers with 1"),
    "late-input-added": Wrong(rewriting("addInput", answer=with_status(201)), on(RUN, lambda machine, job: machine.add_inputs(job, [text()], False)), "addInput must answer 409, got 201"),
    "invalid-input-added": Wrong(rewriting("addInput", request=replaced({"type": "base64", "source": "QQ=="})), on(STAGED, lambda machine, job: machine.add_invalid_input(job, [7])), "addInput must answer 400, got 201"),
    "late-upload-taken": Wrong(rewriting("uploadFile", answer=with_status(200)), on(RUN, lambda machine, job: machine.upload(job, "A fox", True)), "uploadFile must answer 409, got 200"),
    "upload-names-another-input": Wrong(rewriting("uploadFile", answer=put("id", "input", to=UNKNOWN)), on(STAGED, lambda machine, job: machine.upload(job, "A fox", False), lambda machine, job: machine.read_job(job)), "must have ids in input"),
    "another-input-read": Wrong(rewriting("getInput", answer=put("id", to=UNKNOWN)), on(STAGED, lambda machine, job: machine.read_input(job, 0)), "must have id of an input"),
    "unknown-input-read": Wrong(rewriting("getInput", answer=with_status(200)), on(JobDraft(), lambda machine, job: machine.read_input(job, 0)), "getInput must answer 404, got 200"),
    "input-not-changed": Wrong(rewriting("updateInput", answer=put("parameters", to={})), on(STAGED, lambda machine, job: machine.change_input(job, 0, True)), "must have parameters of an input {'delete_after_use': True}, has {}"),
    "late-input-changed": Wrong(rewriting("updateInput", answer=with_status(200)), on(RUN, lambda machine, job: machine.change_input(job, 0, True)), "updateInput must answer 409, got 200"),
    "input-not-removed": Wrong(rewriting("removeInput", answer=with_status(404)), on(STAGED, lambda machine, job: machine.remove_input(job, 0)), "removeInput must answer 204, got 404"),
    "late-input-removed": Wrong(rewriting("removeInput", answer=with_status(204)), on(RUN, lambda machine, job: machine.remove_input(job, 0)), "removeInput must answer 409, got 204"),
    "conversion-added-wrongly": Wrong(rewriting("addConversion", answer=put("options", to={})), on(STAGED, lambda machine, job: machine.add_conversion(job, picture())), "must have options of a conversion"),
    "late-conversion-added": Wrong(rewriting("addConversion", answer=with_status(201)), on(RUN, lambda machine, job: machine.add_conversion(job, picture())), "addConversion must answer 409, got 201"),
    "conversion-not-changed": Wrong(rewriting("updateConversion", answer=put("options", to=SMALL)), on(STAGED, lambda machine, job: machine.change_conversion(job, 0, picture(seed=7))), "must have options of a conversion"),
    "another-conversion-changed": Wrong(rewriting("updateConversion", answer=put("id", to=UNKNOWN)), on(STAGED, lambda machine, job: machine.change_conversion(job, 0, picture())), "must have id of a conversion"),
    "change-of-conversion-forgotten": Wrong(rewriting("updateConversion", request=put("options", to=SMALL), answer=put("options", to={**SMALL, "seed": 7})), on(STAGED, lambda machine, job: machine.change_conversion(job, 0, picture(seed=7)), lambda machine, job: machine.read_job(job)), "getJob must have options of a conversion"),
    "late-conversion-changed": Wrong(rewriting("updateConversion", answer=with_status(200)), on(RUN, lambda machine, job: machine.change_conversion(job, 0, picture())), "updateConversion must answer 409, got 200"),
    "late-conversion-removed": Wrong(rewriting("removeConversion", answer=with_status(204)), on(RUN, lambda machine, job: machine.remove_conversion(job, 0)), "removeConversion must answer 409, got 204"),
    "unknown-conversion-removed": Wrong(rewriting("removeConversion", answer=with_status(204)), on(JobDraft(), lambda machine, job: machine.remove_conversion(job, 0)), "removeConversion must answer 404, got 204"),
    "change-of-job-ignored": Wrong(rewriting("updateJob", request=replaced({})), on(STAGED, lambda machine, job: machine.change(job, {"notify_status": True}, None)), "updateJob must have notify_status True, has False"),
    "new-passwords-ignored": Wrong(rewriting("updateJob", request=replaced({})), on(STAGED, lambda machine, job: machine.change(job, {}, [0, 1])), "updateJob must have number of download_passwords 2, has 1"),
    "start-ignored": Wrong(rewriting("updateJob", request=replaced({})), on(STAGED, lambda machine, job: machine.start(job)), "updateJob must have the status"),
    "late-change": Wrong(rewriting("updateJob", answer=with_status(200)), on(RUN, lambda machine, job: machine.read_job(job), lambda machine, job: machine.change(job, {"notify_status": True}, None)), "updateJob must answer 409, got 200"),
    "cancel-ignored": Wrong(rewriting(*GET, answer=put("status", "code", to="ready")), on(STAGED, lambda machine, job: machine.cancel(job), lambda machine, job: machine.read_job(job)), "must have the status canceled, has ready"),
    "canceled-twice": Wrong(rewriting("cancelJob", answer=with_status(204)), on(STAGED, lambda machine, job: machine.cancel(job), lambda machine, job: machine.cancel(job)), "cancelJob must answer 409, got 204"),
    "idempotency-key-ignored": Wrong(rewriting(*MAKE, request=with_header(headers().idempotency_key, None)), lambda machine: (machine.create(0, RUN, True), machine.repeat(0)), "createJob must show the job"),
    "idempotency-conflict-ignored": Wrong(rewriting(*MAKE, request=with_header(headers().idempotency_key, None)), lambda machine: (machine.create(0, RUN, True), machine.create(0, STAGED, True)), "createJob must answer 409, got 201"),
}  # fmt: skip

PROTECTED = JobDraft(conversions=(LOCKED,), inputs=(text(),))
OUTPUTS = {
    "no-outputs-listed": Wrong(rewriting("listOutputs", answer=replaced([])), on(RUN, lambda machine, job: machine.list_outputs(job, 0, False)), "listOutputs must have outputs (conversion, inputs)"),
    "outputs-of-all-conversions": Wrong(rewriting("listOutputs", answer=first_again(only="listOutputs")), on(JobDraft(conversions=(picture(), picture(seed=7)), inputs=(text(),)), lambda machine, job: machine.list_outputs(job, 0, False), lambda machine, job: machine.list_outputs(job, 0, True)), "listOutputs must have outputs (conversion, inputs)"),
    "output-read-wrongly": Wrong(rewriting("getOutput", answer=put("size", to=1)), on(RUN, lambda machine, job: machine.read_output(job, 0)), "getOutput must have size of an output"),
    "unknown-output-read": Wrong(rewriting("getOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.read_unknown_output(job)), "getOutput must answer 404, got 200"),
    "unknown-output-changed": Wrong(rewriting("updateOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.read_unknown_output(job)), "updateOutput must answer 404, got 200"),
    "unknown-output-deleted": Wrong(rewriting("removeOutput", answer=with_status(204)), on(RUN, lambda machine, job: machine.read_unknown_output(job)), "removeOutput must answer 404, got 204"),
    "damaged-download": Wrong(rewriting("downloadOutput", answer=lambda answer: with_body(answer.body[:-1] + b"x")(answer)), on(RUN, downloaded), "must be as its size and checksum tell"),
    "wrong-length": Wrong(rewriting("headOutput", answer=with_header("Content-Length", "1")), on(RUN, lambda machine, job: machine.request_head(job, 0)), "must say Content-Length: "),
    "head-without-password": Wrong(rewriting("headOutput", answer=with_status(200)), on(PROTECTED, lambda machine, job: machine.request_head(job, 0)), "headOutput must answer 401, got 200"),
    "any-password": Wrong(rewriting("downloadOutput", request=with_header(headers().download_password[0], PASSWORDS[0])), on(PROTECTED, downloaded), "downloadOutput must answer 401, got 200"),
    "no-password": Wrong(rewriting("downloadOutput", request=with_header(headers().download_password[0], None)), on(PROTECTED, downloaded), "downloadOutput must answer 200, got 401"),
    "blanks-unlock": Wrong(rewriting("updateOutput", request=put("download_password", to="")), on(RUN, lambda machine, job: machine.protect(job, 0, BLANK)), "downloadOutput must answer 401, got 200"),
    "not-counted": Wrong(rewriting("getOutput", answer=put("downloads_counter", to=0)), on(RUN, downloaded, lambda machine, job: machine.read_output(job, 0)), "must have downloads_counter of an output 1, has 0"),
    "no-limit": Wrong(rewriting("downloadOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.download(job, 0, password=None, right=True, too_often=True)), "downloadOutput must answer 404, got 200"),
    "overuse-not-shown": Wrong(rewriting("getOutput", answer=put("status", to="enabled")), on(RUN, lambda machine, job: machine.download(job, 0, password=None, right=True, too_often=True), lambda machine, job: machine.read_output(job, 0)), "must have status of an output 'overuse', has 'enabled'"),
    "extension-lost": Wrong(rewriting("updateOutput", answer=put("filename", to="fox")), on(RUN, lambda machine, job: machine.rename(job, 0, "fox")), "must have the filename fox.png, has fox"),
    "not-renamed": Wrong(rewriting("updateOutput", request=replaced({})), on(RUN, lambda machine, job: machine.rename(job, 0, "portrait")), "must have the filename portrait.png, has"),
    "renaming-changes-more": Wrong(rewriting("updateOutput", answer=put("size", to=1)), on(RUN, lambda machine, job: machine.rename(job, 0, "fox")), "updateOutput must have size of an output"),
    "name-forgotten": Wrong(rewriting(*GET, answer=from_the_second(put("output", 0, "filename", to="prompt.png"))), on(RUN, lambda machine, job: machine.rename(job, 0, "fox")), "getJob must have filename of an output 'fox.png', has 'prompt.png'"),
    "protecting-changes-more": Wrong(rewriting("updateOutput", answer=put("size", to=1)), on(RUN, lambda machine, job: machine.protect(job, 0, 0)), "updateOutput must have size of an output"),
    "protection-ignored": Wrong(rewriting("updateOutput", request=replaced({})), on(RUN, lambda machine, job: machine.protect(job, 0, 0)), "downloadOutput must answer 401, got 200"),
    "deleted-file-stays": Wrong(rewriting("downloadOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.remove_output(job, 0)), "downloadOutput must answer 404, got 200"),
    "deletion-not-shown": Wrong(rewriting("getOutput", answer=put("status", to="enabled")), on(RUN, lambda machine, job: machine.remove_output(job, 0), lambda machine, job: machine.read_output(job, 0)), "must have status of an output 'disabled', has 'enabled'"),
}  # fmt: skip

WRONG = {
    f"{name}-{case}": wrong
    for name, table in {
        "answer": ANSWERS,
        "job": JOBS,
        "history": HISTORY,
        "listing": LISTINGS,
        "access": ACCESS,
        "part": PARTS,
        "output": OUTPUTS,
    }.items()
    for case, wrong in table.items()
}


def meet(server: Server, wrong: Wrong) -> None:
    """Take the steps with a machine of its own; like Hypothesis, end with its teardown."""
    machine = machine_for(server.base_url, profile=wrong.settings.get("profile"))()
    try:
        wrong.steps(machine)
        machine.teardown()
    finally:
        for account in machine.accounts:
            account.api.close()


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_only_the_wrong_server_is_noticed(monkeypatch: Patch, wrong: Wrong) -> None:
    settings = Settings(**{"pace": "instant", **wrong.settings})
    with Server(settings) as server:
        meet(server, wrong)

    wrong.break_it(monkeypatch)

    with Server(settings) as server, pytest.raises(ContractBroken, match=re.escape(wrong.says)):
        meet(server, wrong)
