"""Checks of jobs that run: what starts them, their statuses on the way and at the end, what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from pixelpact.contract_tests.client.errors import ContractTestsError
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import RANK
from pixelpact.contract_tests.suite.closed import ROUTES, Parts, expect_closed, late_change, parts_of
from pixelpact.contract_tests.suite.comparisons import document_of, expect_fields, expect_same, succeeded
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import check, step
from pixelpact.contract_tests.suite.presets import applied_preset
from pixelpact.contract_tests.suite.steps import WAITING, end_of, single_result
from pixelpact.schema import ledger

_CYCLE = "vendor guide job-lifecycle"
_OAS = "vendor OpenAPI 2.0.1"
#: What a start or the end of a job changes.
_MOVING = ("status", "modified_at", "process", "output", "spent", "errors", "warnings", "input")
#: What the request that starts a job changes besides.
_CHANGED_AT_THE_START = {"fail_on_conversion_error": False, "download_passwords": ["heron 50"]}
#: Asked of a job that is over; all routes are asked while it runs.
#: Changes that are asked for once a job has started; of an input, a question of the ledger asks.
_ROUTES_AFTER_THE_START = tuple(operation for operation in ROUTES if operation != "addInput")
_ROUTES_AT_THE_END = ("updateJob", "addInput", "addConversion", "removeInput")


@dataclass(frozen=True, slots=True)
class StagedJob:
    """A staged job with all its parts: its id, the answer that created it, and two reads."""

    id: str
    created: Exchange
    reads: tuple[Exchange, Exchange]


@step(requests=4, paid_jobs=1, rule="a complete job is staged")
def staged_job(context: Context) -> StagedJob:
    """A job with an input and a conversion that waits for its start."""
    created = context.launch("A heron on one leg", process=False)
    job_id = context.id_of(created)
    return StagedJob(job_id, created, (context.read(job_id), context.read(job_id)))


@step(requests=1, uses=(staged_job,), rule="a staged job is started by a PATCH")
def started_job(context: Context) -> Exchange:
    """The answer to the start of the staged job, with a change of two flags."""
    body = {"process": True, **_CHANGED_AT_THE_START}
    return context.call("updateJob", path={"job_id": staged_job(context).id}, json=body)


@step(requests=1, uses=(started_job,), rule="the threads of a started job are listed")
def running_threads(context: Context) -> Exchange:
    """The threads of the started job, at once after its start."""
    succeeded(started_job(context))
    return context.call("listThreads", path={"job_id": staged_job(context).id})


@step(requests=len(_ROUTES_AFTER_THE_START), uses=(running_threads,), rule="a started job is changed")
def changes_after_the_start(context: Context) -> Mapping[str, Exchange]:
    """The answers to changes of the started job, by operation."""
    running_threads(context)
    job = staged_job(context)
    parts = parts_of(job.created, job.id)
    return {operation: late_change(context, operation, parts) for operation in _ROUTES_AFTER_THE_START}


@step(requests=2, uses=(changes_after_the_start,), rule="a started job ends")
def ended_reads(context: Context) -> tuple[Exchange, Exchange]:
    """The read of the job that was started that shows its end, and one after that."""
    changes_after_the_start(context)
    job_id = staged_job(context).id
    return end_of(context, job_id), context.read(job_id)


@step(requests=1, uses=(ended_reads,), rule="the history of an ended job is listed")
def ended_history(context: Context) -> Exchange:
    """The history of the job that was started, after its end."""
    ended_reads(context)
    return context.call("listHistory", path={"job_id": staged_job(context).id})


@step(requests=len(_ROUTES_AT_THE_END), uses=(ended_history,), rule="an ended job is changed")
def changes_after_the_end(context: Context) -> Mapping[str, Exchange]:
    """The answers to changes of the ended job, by operation."""
    ended_history(context)
    job = staged_job(context)
    parts = parts_of(job.created, job.id)
    return {operation: late_change(context, operation, parts) for operation in _ROUTES_AT_THE_END}


@dataclass(frozen=True, slots=True)
class UploadedJob:
    """A job started by its first upload: the answers on its way, and its last read.

    `named` is that to the change by which its conversion uses a preset, `None` if there is none.
    """

    created: Exchange
    named: Exchange | None
    second_upload: Exchange
    last: Exchange


@step(requests=6, paid_jobs=1, uses=(applied_preset,), rule="a job waits for an upload, and starts with it")
def uploaded_job(context: Context) -> UploadedJob:
    """A job without an input, whose conversion is told to use a preset; two files are uploaded."""
    created = context.launch(options=SMALL)
    job_id = context.id_of(created)
    parts = parts_of(created, job_id)
    named = _name_preset(context, parts)
    succeeded(late_change(context, "uploadFile", parts))
    second = late_change(context, "uploadFile", parts)
    return UploadedJob(created, named, second, end_of(context, job_id))


def _name_preset(context: Context, parts: Parts) -> Exchange | None:
    """The answer to a change of a conversion by which it uses a preset; `None` if there is none."""
    try:
        preset = applied_preset(context).option
    except ContractTestsError:
        return None
    path = {"job_id": parts.job_id, "conversion_id": parts.conversion_id}
    options = {"num_inference_steps": SMALL["num_inference_steps"], **preset}
    return context.call("updateConversion", path=path, json={"options": options}) if preset else None


def seen_statuses(context: Context) -> list[str]:
    """The statuses that answers about the job that was started have shown, oldest first, each once."""
    job = staged_job(context)
    answers = (job.created, *job.reads, started_job(context), *ended_reads(context))
    codes = [answer.text("status", "code") for answer in answers]
    return [code for number, code in enumerate(codes) if number == 0 or codes[number - 1] != code]


def past_statuses(context: Context) -> list[str]:
    """The statuses that were seen of the job that was started, without those that it went back to."""
    past: list[str] = []
    for code in seen_statuses(context):
        if not past or _rank(code) > _rank(past[-1]):
            past.append(code)
    return past


@check(
    "lifecycle/staged-stays",
    operation="getJob",
    rule="a complete job with process:false waits to be started",
    source=_CYCLE,
    uses=(staged_job,),
    depends=("staged-status",),
)
def staged_stays(context: Context) -> None:
    """Reads of a staged job leave it staged."""
    job = staged_job(context)
    for answer in (job.created, *job.reads):
        code = succeeded(answer).text("status", "code")
        expect_same(answer, "the status", context.profile["staged-status"], code)


@check(
    "lifecycle/start",
    operation="updateJob",
    rule="PATCH process:true starts a staged job",
    source=_CYCLE,
    uses=(started_job,),
)
def start(context: Context) -> None:
    """The answer shows a job that is on its way, with process:true."""
    answer = started_job(context).expect(200)
    expect_same(answer, "`process`", True, answer.at("process"))
    if answer.text("status", "code") in WAITING:
        raise answer.broken(f"must start, has the status {answer.text('status', 'code')}")


@check(
    "lifecycle/start-leaves-the-rest",
    operation="updateJob",
    rule="a start changes no other field of a job",
    source=_CYCLE,
    uses=(started_job,),
)
def start_leaves_the_rest(context: Context) -> None:
    """A started job has the fields that it had before."""
    before, after = staged_job(context).reads[1], started_job(context)
    but = (*_MOVING, *_CHANGED_AT_THE_START)
    expect_fields(after, document_of(before), document_of(after), of="the job", but=but)
    ids = [[row.get("id") for row in document_of(answer)["input"]] for answer in (before, after)]
    expect_same(after, "the ids in `input`", *ids)


@check(
    "lifecycle/start-with-changes",
    operation="updateJob",
    rule="a PATCH that starts a job changes the other fields that it has, too",
    source=_CYCLE,
    uses=(started_job,),
)
def start_with_changes(context: Context) -> None:
    """The answer to the start shows the flag and a password."""
    answer = succeeded(started_job(context))
    for name, value in _CHANGED_AT_THE_START.items():
        got = answer.at(name)
        if isinstance(value, list):
            what = f"the number of entries in `{name}` after the start"
            expect_same(answer, what, len(value), len(got or ()))
        else:
            expect_same(answer, f"`{name}` after the start", value, got)


@check(
    "lifecycle/end-leaves-the-rest",
    operation="getJob",
    rule="a job that ends keeps its other fields, and changes no more afterwards",
    source=_CYCLE,
    uses=(ended_reads,),
)
def end_leaves_the_rest(context: Context) -> None:
    """The first read of the ended job has the fields of the started one; the second read equals the first."""
    started = succeeded(started_job(context))
    first, second = ended_reads(context)
    expect_fields(first, document_of(started), document_of(first), of="the ended job", but=_MOVING)
    expect_fields(
        second, document_of(first), document_of(second), of="the job after its end", but=("status",)
    )


@check(
    "lifecycle/nothing-before-the-end",
    operation="updateJob",
    rule="a job that has not ended has no outputs and has cost nothing",
    source=_CYCLE,
    uses=(started_job,),
)
def nothing_before_the_end(context: Context) -> None:
    """A job on its way has no `output`, and `spent` is 0."""
    answers = [
        answer
        for answer in (*staged_job(context).reads, started_job(context))
        if not context.is_over(succeeded(answer).text("status", "code"))
    ]
    for answer in answers:
        expect_same(answer, "`output`", [], answer.at("output"))
        expect_same(answer, "`spent`", 0, answer.at("spent"))


@check(
    "lifecycle/completes",
    operation="getJob",
    rule="a started job completes, and then has its output",
    source=_CYCLE,
    uses=(ended_reads,),
)
def completes(context: Context) -> None:
    """The job with one prompt is completed and has one output."""
    last, _ = ended_reads(context)
    expect_same(last, "the status", "completed", last.text("status", "code"))
    expect_same(last, "the number of rows in `output`", 1, len(last.at("output")))


@check(
    "lifecycle/never-goes-back",
    operation="getJob",
    rule="the status of a job never goes back",
    source=_CYCLE,
    uses=(ended_reads,),
    rank=5,
)
def never_goes_back(context: Context) -> None:
    """The statuses in all answers about a job are in the order of its life."""
    seen, (_, after) = seen_statuses(context), ended_reads(context)
    if seen != sorted(seen, key=_rank):
        raise after.broken(f"must never go back in status, went {', '.join(seen)}")


def _closed(operation: str, context: Context) -> None:
    expect_closed(context, changes_after_the_start(context)[operation], state="has started")


def _closed_at_the_end(operation: str, context: Context) -> None:
    ended_reads(context)
    expect_closed(context, changes_after_the_end(context)[operation], state="has ended")


for _operation in _ROUTES_AFTER_THE_START:
    check(
        f"lifecycle/started-refuses-{_operation.lower()}",
        operation=_operation,
        rule=f"{_operation} is refused once a job has started",
        source=_OAS,
        uses=(changes_after_the_start,),
        depends=("late-input",),
    )(partial(_closed, _operation))

for _operation in _ROUTES_AT_THE_END:
    check(
        f"lifecycle/ended-refuses-{_operation.lower()}",
        operation=_operation,
        rule=f"{_operation} is refused once a job has ended",
        source=_OAS,
        uses=(changes_after_the_end,),
        depends=("late-input",),
    )(partial(_closed_at_the_end, _operation))


@check(
    "lifecycle/first-upload-starts",
    operation="uploadFile",
    rule="the first upload starts a job with process:true, which completes",
    source="vendor page job_uploading_multiple_files",
    uses=(uploaded_job,),
)
def first_upload_starts(context: Context) -> None:
    """A job that waited for its input completes after one upload."""
    job = uploaded_job(context)
    expect_same(job.created, "the status", "incomplete", job.created.text("status", "code"))
    expect_same(job.last, "the status", "completed", job.last.text("status", "code"))


@check(
    "lifecycle/last-conversion-starts",
    operation="addConversion",
    rule="a job with process:true that lacks a conversion starts when it gets one, and completes",
    source=_CYCLE,
    uses=(single_result,),
)
def last_conversion_starts(context: Context) -> None:
    """A job that waited for its conversion completes after one was added."""
    job = single_result(context)
    expect_same(job.created, "the status", "incomplete", job.created.text("status", "code"))
    expect_same(job.last, "the status", "completed", job.last.text("status", "code"))


@check(
    "lifecycle/first-upload-closes",
    operation="uploadFile",
    rule="the first upload closes a job with process:true to further ones",
    source="vendor page job_uploading_multiple_files",
    uses=(uploaded_job,),
    depends=("late-input",),
)
def first_upload_closes(context: Context) -> None:
    """A second upload is refused."""
    expect_closed(context, uploaded_job(context).second_upload, state="has started with its first upload")


def _rank(code: str) -> int:
    """How far a status is on a job's way; a running job may be called so in two ways."""
    words = [answer.value for answer in ledger()["processing-word"].choices.values()]
    return RANK["processing"] if code in words else RANK.get(code, -1)
