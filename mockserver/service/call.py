"""A request to an operation of the API, with everything that its handler may use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pixelpact.mockserver.accounts.accounts import Account
from pixelpact.mockserver.accounts.idempotency import Idempotency
from pixelpact.mockserver.errors import ApiError
from pixelpact.mockserver.jobs.lifecycle import JobState, state_of
from pixelpact.mockserver.jobs.records import NO_FAULTS, Frozen, InjectedFaults, Input, Job
from pixelpact.mockserver.service.jobs import Jobs
from pixelpact.mockserver.service.output_cache import OutputCache
from pixelpact.mockserver.service.retention import Retention
from pixelpact.mockserver.service.uploads import PartialUploads
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.base import Store
from pixelpact.mockserver.web import authentication
from pixelpact.mockserver.web.authentication import Caller
from pixelpact.mockserver.web.bodies import checked, parse_json, read_body
from pixelpact.mockserver.web.requests import Request
from pixelpact.schema import Profile


class Call(Frozen, frozen=True):
    """One request to the API: who calls, in which account, and the parts of the server that answer it.

    `account` is the one that the request's key opens; without a key, that of the job that it is about.
    `faults` are the faults that scenarios inject into a job which this request creates.
    """

    request: Request
    account: Account
    jobs: Jobs
    store: Store
    outputs: OutputCache
    uploads: PartialUploads
    retention: Retention
    idempotency: Idempotency
    faults: InjectedFaults = NO_FAULTS

    @property
    def settings(self) -> Settings:
        """The settings in force for the account."""
        return self.account.settings

    @property
    def profile(self) -> Profile:
        """The answers to the ledger's questions that are in force for the account."""
        return self.account.settings.profile

    def now(self) -> float:
        """The time by the account's clock, in seconds since 1970."""
        return self.account.now()

    def state_of(self, job: Job) -> JobState:
        """A job as it is now."""
        return state_of(job, now=self.account.now())

    @property
    def origin(self) -> str:
        """Scheme and host that absolute URLs in the response are made with.

        Behind a proxy, the scheme is the one that the proxy names, the host the one that it passes on.
        """
        public_url = self.account.settings.public_url
        if public_url:
            return public_url.rstrip("/")
        request, sent = self.request, self.request.headers
        return f"{sent.scheme or request.scope['scheme']}://{sent.host or request.url.netloc}"

    def require_key(self) -> None:
        """Raise ApiError (Unauthorized), unless the request has a key that opens an account."""
        authentication.require_key(self.request.headers, settings=self.settings)

    def optional_account(self) -> str | None:
        """The account of the request's key, on operations that need none.

        Raises:
            ApiError: Unauthorized, with a key that is refused.
        """
        if not self.request.headers.api_key:
            return None
        self.require_key()
        return self.account.id

    def caller(self) -> Caller:
        """The caller, by key or, without a key, by job token.

        Raises:
            ApiError: Unauthorized, with neither or with a key that is refused.
        """
        sent = self.request.headers
        return authentication.caller_by_key_or_token(sent, account=self.account.id, settings=self.settings)

    async def job(self) -> Job:
        """The job that the path names, if the caller may touch it.

        Raises:
            ApiError: Unauthorized or NotFound, see `authentication.job_for`.
        """
        job_id = self.request.path_params["job_id"]
        job = await authentication.job_for(self.caller(), job_id, store=self.store, settings=self.settings)
        kept_s = job.profile.value("job-retention")
        if kept_s is None:
            return job
        state = self.state_of(job)
        if state.is_over and state.now - state.last.at >= kept_s:
            raise ApiError("NotFound", message=f"The job {job.id} ended long ago and is no longer kept")
        return job

    async def body(self, component: str) -> Any:
        """The JSON body, if it follows the request schema `component` of `openapi.json`.

        Raises:
            ApiError: TooLarge, EmptyBody or Invalid, see `web.bodies`.
        """
        text = await read_body(self.request, max_bytes=self.settings.max_body_bytes)
        return checked(parse_json(text, profile=self.profile), component, profile=self.profile)

    async def read_job(self) -> JobState:
        """The job that the path names, after one more read, its outputs rendered if that completed it.

        Raises:
            ApiError: see `job`.
        """
        return await self.jobs.render(await self.read(await self.job()))

    async def read(self, job: Job) -> JobState:
        """A job after one more read; HEAD, which looks without reading, doesn't count."""
        if self.request.method == "HEAD":
            return self.state_of(job)
        return await self.jobs.record_read(job, self.account)

    async def change(self, job: Job, change: Callable[[Job], Job]) -> Job:
        """The job as the pure function `change` makes it; see `Jobs.change`."""
        return await self.jobs.change(job.id, change, self.account)

    async def change_parts(self, job: Job, change: Callable[[Job, float], Job]) -> Job:
        """The job with other parts, as long as it has not started; see `Jobs.change_parts`."""
        return await self.jobs.change_parts(job, change, self.account)

    async def add_inputs(self, job: Job, make: Callable[[Job, float], tuple[Input, ...]]) -> Job:
        """The job with more inputs; see `Jobs.add_inputs`."""
        return await self.jobs.add_inputs(job, make, self.account)
