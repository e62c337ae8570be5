"""One mock server: all its parts, assembled in one place."""

from __future__ import annotations

from collections.abc import Collection

from pixelpact.mockserver.accounts.accounts import Account, Accounts
from pixelpact.mockserver.accounts.idempotency import Idempotency
from pixelpact.mockserver.accounts.scenarios import ChosenScenarios
from pixelpact.mockserver.callbacks.delivery import CallbackSender
from pixelpact.mockserver.clock import Clock, SystemClock
from pixelpact.mockserver.journal.journal import Journal
from pixelpact.mockserver.levels import is_within
from pixelpact.mockserver.service.call import Call
from pixelpact.mockserver.service.callback_source import CallbackSource
from pixelpact.mockserver.service.jobs import Jobs
from pixelpact.mockserver.service.output_cache import OutputCache
from pixelpact.mockserver.service.rendering import Renderer
from pixelpact.mockserver.service.retention import Retention
from pixelpact.mockserver.service.uploads import PartialUploads
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.base import Store
from pixelpact.mockserver.stores.memory import MemoryStore
from pixelpact.mockserver.web.request_ids import RequestIds
from pixelpact.mockserver.web.requests import Request


class Mock:
    """The parts of one mock server.

    Raises:
        OSError: the file of scenarios can't be read.
        ScenarioError: the settings or that file have scenarios that can't be followed.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, store: Store | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.store: Store = store or MemoryStore()
        self.journal = Journal(settings.max_journal)
        self.request_ids = RequestIds(settings.seed)
        self.outputs = OutputCache(settings.max_cached_bytes)
        self.uploads = PartialUploads(settings.max_upload_bytes)
        self.accounts = Accounts(settings, clock=self.clock, store=self.store)
        self.scenarios = ChosenScenarios(
            settings, accounts=self.accounts, store=self.store, now=self.clock.now()
        )
        self.idempotency = Idempotency(self.store)
        self.retention = Retention(
            self.store,
            max_jobs=settings.max_jobs,
            accounts=self.accounts,
            outputs=self.outputs,
            uploads=self.uploads,
            idempotency=self.idempotency,
        )
        renderer = Renderer(self.store, self.outputs)
        self.callbacks = CallbackSender(
            CallbackSource(accounts=self.accounts, store=self.store, renderer=renderer),
            journal=self.journal,
            allowed_hosts=settings.callback_hosts,
        )
        self.jobs = Jobs(self.store, renderer=renderer, uploads=self.uploads, callbacks=self.callbacks)
        self._parts = (self.jobs, self.store, self.outputs, self.uploads, self.retention, self.idempotency)

    def call(self, request: Request, account: Account) -> Call:
        """A request of an account, with the parts of the server that answer it."""
        return Call(request, account, *self._parts)

    async def reset(self, parts: Collection[str], level: str) -> None:
        """Reset the `jobs`, `journal`, `scenarios`, `clock` or `profile` of a level and of all below it."""
        if "jobs" in parts:
            await self._forget_jobs(level)
        if "journal" in parts:
            self.journal.forget(level)
        await self.accounts.reset(level, set(parts) & {"clock", "profile"})
        if "clock" in parts:
            await self.callbacks.reschedule(level)
        if "scenarios" in parts:
            await self.scenarios.reset(level)

    async def resume_callbacks(self) -> None:
        """Schedule the callbacks of all jobs that were restored; needs a running event loop."""
        for job in (await self.store.contents()).jobs:
            if job.callback:
                await self.callbacks.schedule(job)

    async def _forget_jobs(self, level: str) -> None:
        self.callbacks.forget(level)
        for job in (await self.store.contents()).jobs:
            if is_within(job.account, level):
                self.uploads.forget(job.id)
        await self.store.forget(level)
        self.outputs.clear()
