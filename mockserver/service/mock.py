"""One mock server: its settings, clock, store and drawn pictures, as the operations use them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from copy import copy
from itertools import islice
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import orjson
from msgspec.structs import replace
from starlette.types import Scope

from pixelpact.mockserver.accounts.admission import admit, has_bounds
from pixelpact.mockserver.callbacks.delivery import Courier
from pixelpact.mockserver.callbacks.plan import Callback, callbacks
from pixelpact.mockserver.clock import Clock, Shift, ShiftedClock, SystemClock
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.changes import with_fields, with_inputs, with_read
from pixelpact.mockserver.jobs.documents import finished_files, job_document
from pixelpact.mockserver.jobs.ids import derive_id
from pixelpact.mockserver.jobs.lifecycle import JobState, state_of
from pixelpact.mockserver.jobs.outputs import measured
from pixelpact.mockserver.jobs.pace import parse_pace
from pixelpact.mockserver.jobs.records import NO_FAULTS, Input, Job
from pixelpact.mockserver.journal.journal import Journal
from pixelpact.mockserver.scenarios.catalogue import ScenarioError, scenarios
from pixelpact.mockserver.scenarios.rules import Scenarios
from pixelpact.mockserver.service.output_cache import Gallery
from pixelpact.mockserver.service.snapshots import AccountState, SnapshotError, State
from pixelpact.mockserver.service.uploads import Chunks
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.memory import MemoryStore, Store
from pixelpact.mockserver.web.authentication import caller_by_key_or_token, is_refused, job_for
from pixelpact.mockserver.web.bodies import checked, parse_json, read_body
from pixelpact.mockserver.web.requests import Request, SentHeaders
from pixelpact.schema import Profile

_REQUESTS = "requests"
#: So many jobs go at once, the oldest first, when there is no room for one more.
_REMOVED_AT_ONCE = 100


class _Beginning(NamedTuple):
    """What a reset leads back to."""

    settings: Settings
    shift: Shift


class Mock:
    """What the operations share.

    An account that has a clock, a profile or scenarios of its own has a `Mock` of its own, which shares all
    the rest: see `of` and `own`. `faults` is what scenarios have in store for a job that is created now.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, store: Store | None = None) -> None:
        self.settings = settings
        self.clock = ShiftedClock(clock or SystemClock())
        self.store: Store = store or MemoryStore()
        self.gallery = Gallery(settings.max_cached_bytes)
        self.chunks = Chunks(settings.max_upload_bytes)
        self.journal = Journal(settings.max_journal)
        self.scenarios = Scenarios(settings.scenarios, file=settings.scenario_file, now=self.clock.now())
        self.courier = Courier(self, settings=settings, journal=self.journal)
        #: Who makes a job with an Idempotency-Key has the lock of its account and key.
        self.turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self.faults = NO_FAULTS
        self.has_own_profile = False
        self._accounts: dict[str, Mock] = {}
        self._tally: Counter[str] = Counter()
        self._own_id = derive_id(settings.seed, "requests")[:23].encode()
        if settings.pace == "manual":
            self.clock.freeze()
        self._first = _Beginning(settings, self.clock.shift)

    @property
    def profile(self) -> Profile:
        """The profile in force."""
        return self.settings.profile

    def of(self, account: str) -> Mock:
        """The mock as an account sees it."""
        return self._accounts.get(account, self)

    def own(self, account: str) -> Mock:
        """The mock of an account alone, with a clock that follows this one's until it is set."""
        if account not in self._accounts:
            own = copy(self)
            own.clock = ShiftedClock(self.clock)
            self._accounts[account] = own
        return self._accounts[account]

    def time_of(self, account: str) -> float:
        """The time by the clock of an account."""
        return self.of(account).clock.now()

    async def account_of_job(self, scope: Scope, sent: SentHeaders) -> str:
        """The account of a request without a key: that of its token or its job; `""` if it is nobody's."""
        try:
            job = await self.store.of_token(sent.job_token) if sent.job_token else None
            job = job or await self.store.get(scope["path_params"]["job_id"])
        except LookupError:
            return ""
        return job.account

    def choose_scenario(self, scenario: str, sent: SentHeaders) -> None:
        """Follow the scenario that a key names, if it is taken and nothing was chosen for its account."""
        is_known = scenario in scenarios() and not is_refused(sent.api_key, settings=self.settings)
        if is_known and not self.scenarios.has_own(sent.account):
            self.scenarios.choose([scenario], account=sent.account, now=self.time_of(sent.account))

    def set_profile(self, profile: Profile, account: str | None) -> None:
        """Answer otherwise from now on: to an account, or to all that have no profile of their own."""
        if account is not None:
            own = self.own(account)
            own.settings, own.has_own_profile = own.settings.with_profile(profile), True
            return
        for mock in (self, *self._accounts.values()):
            if mock is self or not mock.has_own_profile:
                mock.settings = mock.settings.with_profile(profile)

    async def reset(self, what: Collection[str], account: str | None) -> None:
        """Begin anew for an account, or for all: `jobs`, `journal`, `scenarios`, `clock`, `profile`."""
        if "jobs" in what:
            self.courier.forget(account)
            for job in (await self.store.contents()).jobs:
                if account in (None, job.account):
                    self.chunks.forget(job.id)
            await self.store.forget(account)
            self.gallery.clear()
        if "journal" in what:
            self.journal.forget(account)
        own = [mock for name, mock in self._accounts.items() if account in (None, name)]
        if "clock" in what:
            for mock in own:
                mock.clock.shift = Shift()
            if account is None:
                self.clock.shift = self._first.shift
            self.courier.follow_clock(account)
        if "scenarios" in what:
            self.scenarios.forget(account, now=self.clock.now())
        if "profile" in what:
            if account is None:
                self.settings = self._first.settings
            for mock in own:
                mock.settings, mock.has_own_profile = self.settings, False

    async def snapshot(self) -> State:
        """Everything that decides what the server answers."""
        return State(
            seed=self.settings.seed,
            clock=self.clock.shift,
            profile=self.profile,
            requests=self._tally[_REQUESTS],
            contents=await self.store.contents(),
            accounts={
                account: AccountState(own.clock.shift, own.profile if own.has_own_profile else None)
                for account, own in self._accounts.items()
            },
            scenarios=self.scenarios.snapshot(),
        )

    async def restore(self, state: State) -> None:
        """Go on from a state, in place of everything there is.

        Raises:
            SnapshotError: it was made with another seed, or names scenarios that are not known here.
        """
        if state.seed != self.settings.seed:
            raise SnapshotError(
                f"The state was made with the seed {state.seed}, this server has {self.settings.seed}: "
                f"start it with --seed {state.seed}."
            )
        try:
            self.scenarios.restore(state.scenarios)
        except ScenarioError as error:
            raise SnapshotError(f"The state's scenarios can't be restored: {error}") from None
        self.courier.forget(None)
        self.gallery.clear()
        self.chunks.clear()
        await self.store.fill(state.contents)
        self.clock.shift, self._tally[_REQUESTS] = state.clock, state.requests
        self._accounts.clear()
        self.set_profile(state.profile, None)
        for account, kept in state.accounts.items():
            self.own(account).clock.shift = kept.clock
            if kept.profile is not None:
                self.set_profile(kept.profile, account)

    def insist(self) -> None:
        """Go by what the server was started with, where the state that it goes on from says otherwise."""
        self.scenarios.insist(now=self.clock.now())
        if self._first.settings.profile.answers:
            self.set_profile(self._first.settings.profile, None)

    async def resume_callbacks(self) -> None:
        """Take up the callbacks of all jobs that were restored; needs a running event loop."""
        for job in (await self.store.contents()).jobs:
            self.courier.notice(job)

    def next_request_id(self) -> bytes:
        """An id for the next answer: part of it is the server's own, the rest counts."""
        self._tally[_REQUESTS] = number = self._tally[_REQUESTS] + 1
        return b"%s-%012x" % (self._own_id, number)

    async def make_room(self) -> None:
        """See that one more job can be kept; for it, jobs may go whose outputs have expired.

        Raises:
            ApiError: TooManyRequests, where all jobs that are kept are still of use to somebody.
        """
        if await self.store.size() < self.settings.max_jobs:
            return
        useless = filter(self._is_of_no_use, await self.store.oldest(self.settings.max_jobs))
        for job in islice(useless, _REMOVED_AT_ONCE):
            self.chunks.forget(job.id)
            for file_id in job.drawn:
                self.gallery.forget(file_id)
            await self.store.remove(job.id)
        if await self.store.size() >= self.settings.max_jobs:
            raise ApiError(
                "TooManyRequests",
                message=f"{self.settings.max_jobs} jobs are kept, and none of them has expired; reset the "
                "server, or start it with a higher --max-jobs",
                headers=self.profile.value("retry-after"),
            )

    def _is_of_no_use(self, job: Job) -> bool:
        now, kept_s = self.time_of(job.account), job.profile.value("output-retention")
        if now - job.created_at < kept_s:  # most are younger, and this is quickly seen
            return False
        state = state_of(job, now=now)
        return state.is_over and now - state.last.at >= kept_s

    async def change(self, job_id: str, change: Callable[[Job], Job]) -> Job:
        """The job as `change` made it of what was kept.

        Raises:
            JobNotFound: there is none.
        """
        changed = await self.store.update(job_id, change)
        if changed.is_closed:
            self.chunks.forget(job_id)
        await self.look_after(changed)
        return changed

    async def change_or_start(self, job: Job, change: Callable[[Job], Job]) -> Job:
        """The same, for a change with which the job may start.

        Raises:
            ApiError: PaymentRequired or TooManyRequests, where it would and may not.
        """
        changed = change(job)
        if changed.start and not job.start and has_bounds(self):
            await admit(self, job.account, starting=changed)
        return await self.change(job.id, change)

    async def look_after(self, job: Job) -> None:
        """Have the courier see to the callbacks of a job; where its first read is its end, this is one."""
        if job.callback and job.pace == "instant":
            now = self.clock.now()
            job = await self.store.update(job.id, lambda kept: with_read(kept, now=now))
        self.courier.notice(job)

    async def job_with_id(self, job_id: str) -> Job:
        """A job as it is now.

        Raises:
            JobNotFound: there is none.
        """
        return await self.store.get(job_id)

    async def count_callback(self, job_id: str, callback: Callback) -> Job:
        """The job, with that callback delivered or given up; it may have been changed to make none such."""

        def counted(kept: Job) -> Job:
            coming = callbacks(kept)[kept.callbacks_done :]
            is_next = bool(coming) and coming[0].state.last == callback.state.last
            return with_fields(kept, callbacks_done=kept.callbacks_done + 1) if is_next else kept

        return await self.store.update(job_id, counted)

    async def callback_body(self, state: JobState) -> bytes:
        """What is sent of a job."""
        drawn = replace(state, job=await self.of(state.job.account).drawn(state.job))
        return orjson.dumps(job_document(drawn, origin=state.job.origin))

    def host_url(self, request: Request) -> str:
        """Scheme and host that absolute URLs in the answer to `request` are made with.

        Behind a proxy the scheme is the one that it names, the host the one that it passes on.
        """
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        sent = request.headers
        return f"{sent.scheme or request.scope['scheme']}://{sent.host or request.url.netloc}"

    def state(self, job: Job) -> JobState:
        """A job as it is now."""
        return state_of(job, now=self.clock.now())

    async def job(self, request: Request) -> Job:
        """The job that the path of `request` names, if its caller may touch it.

        Raises:
            ApiError: see `authentication`.
        """
        caller = caller_by_key_or_token(request.headers, settings=self.settings)
        job = await job_for(caller, request.path_params["job_id"], store=self.store, settings=self.settings)
        kept_s = job.profile.value("job-retention")
        if kept_s is None:
            return job
        state = self.state(job)
        if state.is_over and state.now - state.last.at >= kept_s:
            raise ApiError("NotFound", message=f"The job {job.id} ended long ago and is not kept any more")
        return job

    async def asked(self, request: Request, component: str) -> Any:
        """The JSON body of `request`, which follows the request schema `component` of `openapi.json`.

        Raises:
            ApiError: see `bodies`.
        """
        body = await read_body(request, max_bytes=self.settings.max_body_bytes)
        return checked(parse_json(body, profile=self.profile), component, profile=self.profile)

    async def moved(self, job: Job) -> Job:
        """The job after one more read, moved on if reads move it."""
        if not parse_pace(job.pace).counts_reads or self.state(job).is_over:
            return job
        now = self.clock.now()
        return await self.change(job.id, lambda kept: with_read(kept, now=now))

    async def drawn(self, job: Job) -> Job:
        """The job with the sizes of all its outputs known, if it is completed."""
        known = {}
        for file in finished_files(self.state(job)):
            if file.id not in job.drawn:
                content = await self.gallery.content(file)
                # In a thread: hashing 26 MB takes 40 ms, in which nobody else would be answered.
                known[file.id] = await asyncio.to_thread(measured, content, profile=job.profile)
        if not known:
            return job
        return await self.change(job.id, lambda kept: with_fields(kept, drawn={**kept.drawn, **known}))

    async def read(self, job: Job) -> Job:
        """The job after one more read, drawn if that was its last step."""
        return await self.drawn(await self.moved(job))

    async def change_parts(
        self, job: Job, change: Callable[[Job, float], Job], *, late: int | None = None
    ) -> Job:
        """The job as `change` makes it of what is kept and the time.

        Raises:
            ApiError: Conflict (with the status `late`, if given), when the job has started or was canceled;
                see `change_or_start`.
        """
        now = self.clock.now()

        def checked(kept: Job) -> Job:
            if kept.is_closed:
                code = state_of(kept, now=now).code
                message = f"The job is {code}; its parts can be changed only before it starts"
                raise ApiError("Conflict", message=message, status=late)
            return change(kept, now)

        return await self.change_or_start(job, checked)

    async def add_inputs(self, job: Job, make: Callable[[Job, float], tuple[Input, ...]]) -> Job:
        """The job with the inputs that `make` gives for it and the time.

        Raises:
            ApiError: Conflict (or what the profile says), when the job takes no more.
        """
        late = job.profile.value("late-input")
        return await self.change_parts(
            job, lambda kept, now: with_inputs(kept, make(kept, now), at=now), late=late
        )
