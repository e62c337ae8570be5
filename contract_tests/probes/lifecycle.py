"""Probes of the life of jobs that run: their statuses, and what can be done to them and when.

The statuses that a job has had are in its history, however late it is read.
"""

from __future__ import annotations

from dataclasses import dataclass

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import CONFLICT, success_status
from pixelpact.contract_tests.suite.answers import ENDED, by_status, rows, status_code
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.drawings import PROMPT, REMOTE_PICTURE, SEPARATE, DrawnJob, draw
from pixelpact.contract_tests.suite.items import probe, step

#: Large enough for a difference to show, and to be compared with another picture of the same settings.
PLAIN_OPTIONS = {"width": 256, "height": 256, "seed": 7, "allow_multiple_outputs": True}
_RESTART = {"process": True}


@step(requests=3, paid_jobs=1, rule="a job with a remote picture and a prompt draws the prompt")
def remote_job(context: Context) -> DrawnJob:
    """A job that has ended, with a remote picture, to be downloaded, before its prompt."""
    inputs = [{"type": "remote", "source": REMOTE_PICTURE}, context.prompt(PROMPT)]
    body = {"conversion": [context.conversion(PLAIN_OPTIONS)], "input": inputs}
    return draw(context, body, outputs=1)


@step(requests=1, rule="the history of a job lists the statuses that it had", uses=(remote_job,))
def history(context: Context) -> Exchange:
    """The history of the job that has downloaded an input and ended."""
    return context.call("listHistory", path={"job_id": remote_job(context).id})


@probe("pending-status", operation="listHistory", uses=(history,), rank=21)
def pending_status(context: Context) -> str:
    """Whether a job that downloads an input was pending before."""
    seen = _statuses_in(history(context))
    if "pending" in seen:
        return "shown"
    if "downloading" in seen:
        return "skipped"
    raise NotConclusive("the history of a job with a remote input shows no download")


@probe("queued-status", operation="listHistory", uses=(history,), rank=21)
def queued_status(context: Context) -> str:
    """Whether a job that has run was queued before."""
    seen = _statuses_in(history(context))
    if not seen & ENDED:
        raise NotConclusive("the history of a job that has ended does not show that")
    return "shown" if "queued" in seen else "skipped"


@probe("processing-word", operation="listHistory", uses=(history,), rank=21)
def processing_word(context: Context) -> str:
    """The word for the status in which a job that has run was before its end."""
    seen = _statuses_in(history(context))
    words = {"processing", "running"} & seen
    if len(words) == 1:
        return context.which("processing-word", words.pop(), history(context))
    if words or not seen & ENDED:
        raise NotConclusive(f"the history shows {', '.join(sorted(seen)) or 'no statuses'}")
    what = f"has no status in which a job converts, only {', '.join(sorted(seen))}"
    raise context.unknown("processing-word", what, history(context))


@probe("threads-after", operation="listThreads", requests=1, uses=(remote_job,), rank=22)
def threads_after(context: Context) -> str:
    """Whether a job that has ended lists threads."""
    answer = context.call("listThreads", path={"job_id": remote_job(context).id})
    if not answer.response.is_success:
        raise NotConclusive(f"listThreads was answered {answer.response.status_code}")
    return "yes" if rows(answer) else "no"


@probe("restart-ended", operation="updateJob", requests=1, uses=(remote_job,), rank=23)
def restart_ended(context: Context) -> str:
    """The answer to the start of a job that has ended."""
    job = remote_job(context)
    answer = context.call("updateJob", path={"job_id": job.id}, json=_RESTART)
    found = by_status(
        context, "restart-ended", answer, {CONFLICT: "refuse", success_status("updateJob"): "ignore"}
    )
    if found == "ignore" and not context.is_over(status_code(answer)):
        what = f"made a job that had ended {status_code(answer)!r} again"
        raise context.unknown("restart-ended", what, answer)
    return found


@probe("cancel-ended", operation="cancelJob", requests=1, uses=(remote_job,), rank=24)
def cancel_ended(context: Context) -> str:
    """The answer to the cancellation of a job that has ended; where it is accepted, nothing may change."""
    job = remote_job(context)
    answer = context.cancel(job.id)
    found = by_status(
        context, "cancel-ended", answer, {CONFLICT: "refuse", success_status("cancelJob"): "ignore"}
    )
    if found == "ignore":
        after = context.read(job.id)
        if status_code(after) != status_code(job.last):
            what = f"made a job that had ended {status_code(after) or after.response.status_code!r}"
            raise context.unknown("cancel-ended", what, answer)
    return found


@dataclass(frozen=True, slots=True)
class _Interrupted:
    """The answers to requests about one running job, the statuses that it had, and its last read."""

    restarted: Exchange
    extended: Exchange
    canceled: Exchange
    statuses: frozenset[str]
    last: Exchange

    def expect_running(self) -> None:
        """Check that the job ran during the requests.

        Raises:
            NotConclusive: it had ended before, or that is not known.
        """
        if not self.statuses or self.statuses & ENDED:
            raise NotConclusive("the job may have ended before the request came")


@step(requests=6, paid_jobs=1, rule="a running job is started again, given an input and canceled")
def interrupted_job(context: Context) -> _Interrupted:
    """A job that is canceled as soon as it runs, and until then asked for what comes too late."""
    job_id = context.id_of(context.launch(PROMPT, options=SEPARATE))
    path = {"job_id": job_id}
    restarted = context.call("updateJob", path=path, json=_RESTART)
    extended = context.call("addInput", path=path, json=context.prompt(PROMPT))
    canceled = context.cancel(job_id)
    seen = _statuses_in(context.call("listHistory", path=path))
    last = context.read(job_id) if canceled.response.is_success else context.finish(job_id)
    return _Interrupted(restarted, extended, canceled, seen, last)


@probe("cancel-running", operation="cancelJob", uses=(interrupted_job,), rank=15)
def cancel_running(context: Context) -> str:
    """The answer to the cancellation of a running job."""
    job = interrupted_job(context)
    job.expect_running()
    if job.canceled.response.is_success:
        return "accept"
    return by_status(context, "cancel-running", job.canceled, {CONFLICT: "refuse"})


@probe("restart-running", operation="updateJob", uses=(interrupted_job,), rank=16)
def restart_running(context: Context) -> str:
    """The answer to the start of a running job."""
    job = interrupted_job(context)
    job.expect_running()
    answers = {success_status("updateJob"): "ignore", CONFLICT: "refuse"}
    return by_status(context, "restart-running", job.restarted, answers)


@probe("late-input", operation="addInput", uses=(interrupted_job,), rank=16)
def late_input(context: Context) -> str:
    """The answer to an input that comes while the job runs."""
    job = interrupted_job(context)
    job.expect_running()
    return context.which("late-input", job.extended.response.status_code, job.extended)


def _statuses_in(answer: Exchange) -> frozenset[str]:
    """The statuses in a history."""
    return frozenset(str(row["status"]) for row in rows(answer) if "status" in row)
