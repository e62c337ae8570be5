"""What the delivery of callbacks asks the server: jobs, accounts, and the bodies to send."""

from __future__ import annotations

import orjson

from pixelpact.mockserver.accounts.accounts import Account, Accounts
from pixelpact.mockserver.callbacks.plan import Callback, callbacks
from pixelpact.mockserver.jobs.changes import with_fields
from pixelpact.mockserver.jobs.documents import job_document
from pixelpact.mockserver.jobs.lifecycle import JobState
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.service.rendering import Renderer
from pixelpact.mockserver.stores.base import Store


class CallbackSource:
    """Answers `callbacks.delivery` from the store; see `JobSource` there."""

    def __init__(self, *, accounts: Accounts, store: Store, renderer: Renderer) -> None:
        self._accounts = accounts
        self._store = store
        self._renderer = renderer

    async def account(self, account_id: str) -> Account:
        """An account as it is now."""
        return await self._accounts.load(account_id)

    async def job_with_id(self, job_id: str) -> Job:
        """A job as it is now, or `JobNotFound`."""
        return await self._store.get(job_id)

    async def count_callback(self, job_id: str, callback: Callback) -> Job:
        """The job, with that callback delivered or given up; as it is, if it no longer has this callback."""

        def counted(kept: Job) -> Job:
            coming = callbacks(kept)[kept.callbacks_done :]
            is_next = bool(coming) and coming[0].state.last == callback.state.last
            return with_fields(kept, callbacks_done=kept.callbacks_done + 1) if is_next else kept

        return await self._store.update(job_id, counted)

    async def callback_body(self, state: JobState) -> bytes:
        """The job as `GET /jobs/{id}` showed it in that state."""
        state = await self._renderer.render(state)
        return orjson.dumps(job_document(state, origin=state.job.origin))
