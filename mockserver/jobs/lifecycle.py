"""The status of a job: a function of its events and the time. No task runs in the background."""

from __future__ import annotations

from pixelpact.mockserver.jobs.outcome import outcome
from pixelpact.mockserver.jobs.pace import parse_pace
from pixelpact.mockserver.jobs.records import Event, Frozen, Job
from pixelpact.mockserver.jobs.versions import remembered
from pixelpact.schema import statuses

#: The point (0 to 1) at which a job with inputs to download takes each status.
_STAGES = (("downloading", 0.0), ("queued", 0.2), ("processing", 0.3))
#: The same stages after a wait, if the profile says that `pending` is shown.
_STAGES_WITH_PENDING = (("pending", 0.0), ("downloading", 0.1), *_STAGES[1:])
#: Documented: a job that is started by PATCH and has its inputs already answers `processing`.
_STAGES_WITHOUT_DOWNLOADS = (("processing", 0.0),)


class StatusChange(Frozen, frozen=True):
    """A status, and the moment at which the job took it."""

    code: str
    at: float


class JobState(Frozen, frozen=True):
    """A job at a moment; `changes` are its statuses up to `now`, oldest first."""

    job: Job
    now: float
    changes: tuple[StatusChange, ...]

    @property
    def last(self) -> StatusChange:
        """The current status, and since when the job has it."""
        return self.changes[-1]

    @property
    def code(self) -> str:
        """The code of the current status."""
        return self.changes[-1].code

    @property
    def is_over(self) -> bool:
        """Whether the current status is final."""
        return statuses()[self.changes[-1].code].terminal


def state_of(job: Job, *, now: float) -> JobState:
    """The state of the job at a moment."""
    changes = timeline(job)
    if changes[-1].at > now:
        changes = tuple(change for change in changes if change.at <= now) or changes[:1]
    return JobState(job, now, changes)


@remembered
def timeline(job: Job) -> tuple[StatusChange, ...]:
    """The statuses of the job, past and future: those it will have if nothing more happens to it."""
    changes: list[StatusChange] = []
    for event in job.events:
        match event.kind:
            case "incomplete" | "ready":
                hidden = event.kind == "ready" and job.profile["staged-status"] == "incomplete"
                changes.append(StatusChange("incomplete" if hidden else event.kind, event.at))
            case "started":
                changes += _running(job, event)
            case "canceled":
                changes = [change for change in changes if change.at <= event.at]
                changes.append(StatusChange(event.kind, event.at))
    return tuple(changes)


def _running(job: Job, start: Event) -> list[StatusChange]:
    """The statuses from the start on, up to the first one whose moment is not known yet."""
    pace = parse_pace(job.pace)
    downloads = _STAGES if job.profile["pending-status"] == "skipped" else _STAGES_WITH_PENDING
    stages = downloads if start.downloads else _STAGES_WITHOUT_DOWNLOADS
    skipped = "queued" if job.profile["queued-status"] == "skipped" else None
    changes: list[StatusChange] = []
    for code, point in stages:
        at = pace.reached(point, job, start)
        if at is None:  # nor are the later ones
            return changes
        if code != skipped:
            changes.append(StatusChange(code, at))
    end = None if job.faults.stuck else pace.reached(1.0, job, start)
    if end is not None:
        changes.append(StatusChange("failed" if outcome(job).failed else "completed", end))
    return changes
