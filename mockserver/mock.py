"""One mock server: its settings, clock, store and drawn pictures, as the operations use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from starlette.requests import Request

from pixelpact.mockserver.authentication import caller_by_key_or_token, job_for
from pixelpact.mockserver.bodies import checked, parse_json, read_body
from pixelpact.mockserver.chunks import Chunks
from pixelpact.mockserver.clock import Clock, SystemClock
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.gallery import Gallery
from pixelpact.mockserver.identity import derive_id
from pixelpact.mockserver.jobs import Input, Job, with_inputs
from pixelpact.mockserver.lifecycle import parse_pace, status, with_read
from pixelpact.mockserver.outputs import measured
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.store import MemoryStore, Store
from pixelpact.mockserver.views import finished_files
from pixelpact.schema import Profile


@dataclass(slots=True)
class Mock:
    """What the operations share."""

    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    store: Store = field(default_factory=MemoryStore)
    gallery: Gallery = field(init=False)
    chunks: Chunks = field(init=False)
    _requests: count[int] = field(init=False, default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.gallery = Gallery(self.settings.max_cached_bytes)
        self.chunks = Chunks(self.settings.max_body_bytes)

    @property
    def profile(self) -> Profile:
        """The profile in force."""
        return self.settings.profile

    def next_request_id(self) -> str:
        """An id for the next answer."""
        return derive_id(self.settings.seed, "request", next(self._requests))

    def host_url(self, request: Request) -> str:
        """Scheme and host that absolute URLs in the answer to `request` are made with."""
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        return f"{request.url.scheme}://{request.url.netloc}"

    async def job(self, request: Request) -> Job:
        """The job that the path of `request` names, if its caller may touch it.

        Raises:
            ApiError: see `authentication`.
        """
        caller = caller_by_key_or_token(request.headers, settings=self.settings)
        return await job_for(caller, request.path_params["job_id"], store=self.store, settings=self.settings)

    async def asked(self, request: Request, component: str) -> Any:
        """The JSON body of `request`, which follows the request schema `component` of `openapi.json`.

        Raises:
            ApiError: see `bodies`.
        """
        body = await read_body(request, max_bytes=self.settings.max_body_bytes)
        return checked(parse_json(body, profile=self.profile), component, profile=self.profile)

    async def moved(self, job: Job) -> Job:
        """The job after one more read, moved on if reads move it."""
        if not parse_pace(job.pace).counts_reads:
            return job
        now = self.clock.now()
        return await self.store.update(job.id, lambda kept: with_read(kept, now=now))

    async def drawn(self, job: Job) -> Job:
        """The job with the sizes of all its outputs known, if it is completed."""
        known = {}
        for file in finished_files(job, now=self.clock.now()):
            if file.id not in job.drawn:
                known[file.id] = measured(await self.gallery.content(file), profile=job.profile)
        if not known:
            return job
        return await self.store.update(job.id, lambda kept: replace(kept, drawn={**kept.drawn, **known}))

    async def read(self, job: Job) -> Job:
        """The job after one more read, drawn if that was its last step."""
        return await self.drawn(await self.moved(job))

    async def change_parts(
        self, job: Job, change: Callable[[Job, float], Job], *, late: int | None = None
    ) -> Job:
        """The job as `change` makes it of what is kept and the time.

        Raises:
            ApiError: Conflict (with the status `late`, if given), when the job has started or was canceled.
        """
        now = self.clock.now()

        def checked(kept: Job) -> Job:
            if kept.is_closed:
                code = status(kept, now=now)
                message = f"The job is {code}; its parts can be changed only before it starts"
                raise ApiError("Conflict", message=message, status=late)
            return change(kept, now)

        return await self.store.update(job.id, checked)

    async def add_inputs(self, job: Job, make: Callable[[Job, float], tuple[Input, ...]]) -> Job:
        """The job with the inputs that `make` gives for it and the time.

        Raises:
            ApiError: Conflict (or what the profile says), when the job takes no more.
        """
        late = job.profile.value("late-input")
        return await self.change_parts(
            job, lambda kept, now: with_inputs(kept, make(kept, now), at=now), late=late
        )
