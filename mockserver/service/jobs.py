"""Changes of jobs in the store, and what follows from them: credits, callbacks, rendered outputs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pixelpact.mockserver.accounts.accounts import Account
from pixelpact.mockserver.accounts.admission import admit, has_quota
from pixelpact.mockserver.callbacks.delivery import CallbackSender
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.changes import with_inputs, with_read
from pixelpact.mockserver.jobs.lifecycle import JobState, state_of
from pixelpact.mockserver.jobs.pace import parse_pace
from pixelpact.mockserver.jobs.records import Input, Job
from pixelpact.mockserver.service.rendering import Renderer
from pixelpact.mockserver.service.uploads import PartialUploads
from pixelpact.mockserver.stores.base import Store


class Jobs:
    """The jobs of a server. `account` is the one that a job belongs to, as the request at hand sees it."""

    def __init__(
        self, store: Store, *, renderer: Renderer, uploads: PartialUploads, callbacks: CallbackSender
    ) -> None:
        self._store = store
        self._renderer = renderer
        self._uploads = uploads
        self._callbacks = callbacks

    async def change(self, job_id: str, change: Callable[[Job], Job], account: Account) -> Job:
        """The job as the pure function `change` makes it of what is kept.

        Raises:
            JobNotFound: no job has that id.
        """
        changed = await self._store.update(job_id, change)
        if changed.is_closed:
            self._uploads.forget(job_id)
        if changed.callback or self._callbacks.has_next(job_id):
            await self.schedule_callbacks(changed, account)
        return changed

    async def change_or_start(self, job: Job, change: Callable[[Job], Job], account: Account) -> Job:
        """The job after a change that may start it.

        Raises:
            ApiError: PaymentRequired or TooManyRequests, if the job would start and may not.
            JobNotFound: the job is gone.
        """
        changed = change(job)
        if changed.start and not job.start and has_quota(account):
            await admit(account, store=self._store, starting=changed)
        return await self.change(job.id, change, account)

    async def change_parts(
        self, job: Job, change: Callable[[Job, float], Job], account: Account, *, late: int | None = None
    ) -> Job:
        """The job as the pure function `change` makes it of what is kept and the time.

        Raises:
            ApiError: Conflict (with the status `late`, if given), if the job has started or was canceled; see
                `change_or_start` for others.
            JobNotFound: the job is gone.
        """
        now = account.now()

        def changed(kept: Job) -> Job:
            if kept.is_closed:
                code = state_of(kept, now=now).code
                message = f"The job is {code}; its parts can be changed only before it starts"
                raise ApiError("Conflict", message=message, status=late)
            return change(kept, now)

        return await self.change_or_start(job, changed, account)

    async def add_inputs(
        self, job: Job, make: Callable[[Job, float], tuple[Input, ...]], account: Account
    ) -> Job:
        """The job with the inputs that `make` returns for the job and the time.

        Raises:
            ApiError: Conflict (or the profile's status), if the job takes no more inputs; see
                `change_or_start`.
            JobNotFound: the job is gone.
        """
        return await self.change_parts(
            job,
            lambda kept, now: with_inputs(kept, make(kept, now), at=now),
            account,
            late=job.profile.value("late-input"),
        )

    async def record_read(self, job: Job, account: Account) -> JobState:
        """The job after one more read, which moves it on at a pace that counts reads.

        Raises:
            JobNotFound: the job is gone.
        """
        now = account.now()
        state = state_of(job, now=now)
        if state.is_over or not parse_pace(job.pace).counts_reads:
            return state
        return state_of(await self.change(job.id, lambda kept: with_read(kept, now=now), account), now=now)

    def render(self, state: JobState) -> Awaitable[JobState]:
        """The state, its job with the sizes and checksums of all outputs if it is completed.

        Raises:
            JobNotFound: the job is gone.
        """
        return self._renderer.render(state)

    async def schedule_callbacks(self, job: Job, account: Account) -> None:
        """Schedule the job's callbacks; a job whose first read completes it needs no reader for that.

        Raises:
            JobNotFound: the job is gone.
        """
        if job.callback and job.pace == "instant":
            now = account.now()
            job = await self._store.update(job.id, lambda kept: with_read(kept, now=now))
        await self._callbacks.schedule(job)
