"""Outputs of completed jobs: their bytes are drawn, and their sizes and checksums kept on the job."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from pixelpact.mockserver.jobs.changes import with_fields
from pixelpact.mockserver.jobs.documents import finished_files
from pixelpact.mockserver.jobs.lifecycle import JobState
from pixelpact.mockserver.jobs.outputs import measured
from pixelpact.mockserver.service.output_cache import OutputCache
from pixelpact.mockserver.stores.base import Store


class Renderer:
    """Renders the outputs of the jobs of a store."""

    def __init__(self, store: Store, outputs: OutputCache) -> None:
        self._store = store
        self._outputs = outputs

    async def render(self, state: JobState) -> JobState:
        """The state, its job with the sizes and checksums of all outputs if it is completed.

        Raises:
            JobNotFound: the job is gone.
        """
        job, known = state.job, {}
        for file in finished_files(state):
            if file.id not in job.drawn:
                content = await self._outputs.content(file)
                # In a thread: hashing 26 MB takes 40 ms, in which no other request would be answered.
                known[file.id] = await asyncio.to_thread(measured, content, profile=job.profile)
        if not known:
            return state
        job = await self._store.update(job.id, lambda kept: with_fields(kept, drawn={**kept.drawn, **known}))
        return replace(state, job=job)
