"""The life cycle of a job, as a function of what happened to it and the time. Nothing runs in between."""

from __future__ import annotations

from pixelpact.mockserver.jobs.outcome import outcome
from pixelpact.mockserver.jobs.pace import parse_pace
from pixelpact.mockserver.jobs.records import Event, Frozen, Job
from pixelpact.mockserver.jobs.versions import remembered
from pixelpact.schema import statuses

#: Where on its way a job leaves a status for the next, when it has inputs to download.
_STAGES = (("downloading", 0.0), ("queued", 0.2), ("processing", 0.3))
#: The same with a wait before, where the profile has it shown.
_STAGES_WITH_WAIT = (("pending", 0.0), ("downloading", 0.1), *_STAGES[1:])
#: Documented: a job that is started by PATCH, its inputs being there, answers `processing`.
_STAGES_AT_HAND = (("processing", 0.0),)


class StatusChange(Frozen, frozen=True):
    """A status and the moment at which the job took it."""

    code: str
    at: float


class JobState(Frozen, frozen=True):
    """A job at a moment: `changes` are the statuses that it has had up to `now`, oldest first."""

    job: Job
    now: float
    changes: tuple[StatusChange, ...]

    @property
    def last(self) -> StatusChange:
        """The status that it has, and since when."""
        return self.changes[-1]

    @property
    def code(self) -> str:
        """The code of its status."""
        return self.changes[-1].code

    @property
    def is_over(self) -> bool:
        """Whether it has a status in which it stays."""
        return statuses()[self.changes[-1].code].terminal


def state_of(job: Job, *, now: float) -> JobState:
    """The job at a moment."""
    changes = timeline(job)
    if changes[-1].at > now:
        changes = tuple(change for change in changes if change.at <= now) or changes[:1]
    return JobState(job, now, changes)


@remembered
def timeline(job: Job) -> tuple[StatusChange, ...]:
    """The statuses that the job has had and, as far as nothing more happens to it, will have."""
    changes: list[StatusChange] = []
    for event in job.events:
        match event.kind:
            case "incomplete" | "ready":
                hidden = event.kind == "ready" and job.profile["staged-status"] == "incomplete"
                changes.append(StatusChange("incomplete" if hidden else event.kind, event.at))
            case "started":
                changes += _way(job, event)
            case "canceled":
                changes = [change for change in changes if change.at <= event.at]
                changes.append(StatusChange(event.kind, event.at))
    return tuple(changes)


def _way(job: Job, start: Event) -> list[StatusChange]:
    """The statuses from the start on, as far as it is known when they are reached."""
    pace = parse_pace(job.pace)
    downloads = _STAGES if job.profile["pending-status"] == "skipped" else _STAGES_WITH_WAIT
    stages = downloads if start.downloads else _STAGES_AT_HAND
    skipped = "queued" if job.profile["queued-status"] == "skipped" else None
    changes: list[StatusChange] = []
    for code, point in stages:
        at = pace.reached(point, job, start)
        if at is None:  # what comes later is not known either
            return changes
        if code != skipped:
            changes.append(StatusChange(code, at))
    end = None if job.faults.stuck else pace.reached(1.0, job, start)
    if end is not None:
        changes.append(StatusChange("failed" if outcome(job).failed else "completed", end))
    return changes
