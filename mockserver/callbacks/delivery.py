"""Delivers callbacks: in order for each job, by the account's clock, again where one was not accepted."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult

from msgspec.structs import replace

from pixelpact.mockserver.callbacks.plan import (
    Callback,
    callbacks,
    is_tried_again,
    pause_s,
    signature,
    timeout_s,
)
from pixelpact.mockserver.callbacks.transport import (
    CallbackTransport,
    Transport,
    parsed_url,
    shown_url,
)
from pixelpact.mockserver.errors import DestinationRefused, JobNotFound
from pixelpact.mockserver.jobs.documents import MASK
from pixelpact.mockserver.jobs.lifecycle import JobState
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.journal.journal import Entry, Journal
from pixelpact.mockserver.journal.redaction import redacted_headers
from pixelpact.mockserver.levels import is_within
from pixelpact.mockserver.settings import Settings
from pixelpact.schema import Profile, callback_rules, headers

_LOG = logging.getLogger("pixelpact.mockserver")
_SUCCESS = range(200, 300)


class AccountView(Protocol):
    """What the delivery needs to know of the account of a job."""

    @property
    def settings(self) -> Settings:
        """The settings in force for it."""
        ...

    def now(self) -> float:
        """The time by its clock, in seconds since 1970."""
        ...


class JobSource(Protocol):
    """What the delivery needs of the server."""

    async def account(self, account_id: str) -> AccountView:
        """An account as it is now."""
        ...

    async def job_with_id(self, job_id: str) -> Job:
        """A job as it is now.

        Raises:
            JobNotFound: the job is gone.
        """
        ...

    async def count_callback(self, job_id: str, callback: Callback) -> Job:
        """The job, with that callback delivered or given up."""
        ...

    async def callback_body(self, state: JobState) -> bytes:
        """The body of a callback that tells of a job in that state."""
        ...


@dataclass(slots=True)
class _Host:
    """How recent deliveries to a host went, and until when none is tried."""

    failures: int = 0
    paused_until: float = -math.inf

    def count(self, status: int | None, *, at: float) -> None:
        """Count an attempt by the status of its response, `None` where there was none."""
        rules = callback_rules()
        self.failures = 0 if status in _SUCCESS else self.failures + 1
        if self.failures >= rules.host_failures:
            self.failures, self.paused_until = 0, at + rules.host_pause_s


@dataclass(slots=True)
class _Delivery:
    """The next callback of a job, the attempt (from 1) that comes next, and when that is due.

    `version` is that of the job in which the callback was found to be the next one.
    """

    job_id: str
    version: int
    account_id: str
    account: AccountView
    callback: Callback
    host: _Host
    due: float
    attempt: int = 1
    timer: asyncio.TimerHandle | None = None
    is_under_way: bool = False

    @property
    def is_due(self) -> bool:
        """Whether its time has come, by the clock of its account."""
        return self.due <= self.account.now()

    def stop_timer(self) -> None:
        """Do not start by itself."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class CallbackSender:
    """Delivers the callbacks of one server; works only in the event loop that calls it."""

    def __init__(self, source: JobSource, *, journal: Journal, allowed_hosts: tuple[str, ...]) -> None:
        self._source = source
        self._journal = journal
        #: Sends the callbacks; a mutant puts another one in its place.
        self.transport: Transport = CallbackTransport(allowed_hosts)
        self._deliveries: dict[str, _Delivery] = {}
        self._hosts: defaultdict[tuple[str, str], _Host] = defaultdict(_Host)
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress = asyncio.Event()

    async def schedule(self, job: Job) -> None:
        """Schedule the next callback of a job that has changed: a new one, another one, or none."""
        account = await self._source.account(job.account)
        known = self._deliveries.get(job.id)
        if known is None or not (known.is_under_way or known.attempt > 1 or known.version > job.version):
            self._schedule_next(job, account)

    def has_next(self, job_id: str) -> bool:
        """Whether a callback of the job is scheduled or under way."""
        return job_id in self._deliveries

    async def reschedule(self, level: str) -> None:
        """Start what has come due, after a clock of that level was set."""
        for delivery in self._within(level):
            delivery.account = await self._source.account(delivery.account_id)
            self._start_or_wait(delivery)

    async def wait_idle(self, level: str) -> None:
        """Wait until no callback of that level is due or under way."""
        while any(delivery.is_under_way or delivery.is_due for delivery in self._within(level)):
            self._progress.clear()
            await self._progress.wait()

    def forget(self, level: str) -> None:
        """Drop the callbacks of a level; attempts under way are not repeated."""
        for delivery in self._within(level):
            self._drop(delivery.job_id)

    async def close(self) -> None:
        """Stop all deliveries."""
        for job_id in list(self._deliveries):
            self._drop(job_id)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.transport.close()

    def _within(self, level: str) -> list[_Delivery]:
        return [delivery for delivery in self._deliveries.values() if is_within(delivery.account_id, level)]

    def _drop(self, job_id: str) -> None:
        delivery = self._deliveries.pop(job_id, None)
        if delivery is not None:
            delivery.stop_timer()

    def _schedule_next(self, job: Job, account: AccountView, *, not_before: float = -math.inf) -> None:
        """Schedule the first callback of the job that has not been delivered or given up."""
        self._drop(job.id)
        coming = callbacks(job)[job.callbacks_done :]
        if coming:
            due = max(not_before, coming[0].due)
            host = self._hosts[job.account, parsed_url(job.callback).netloc.rpartition("@")[2].lower()]
            delivery = _Delivery(job.id, job.version, job.account, account, coming[0], host, due)
            self._deliveries[job.id] = delivery
            self._start_or_wait(delivery)

    def _start_or_wait(self, delivery: _Delivery) -> None:
        """Start a delivery that is due, or set a timer for it."""
        delivery.stop_timer()
        if delivery.is_under_way or self._deliveries.get(delivery.job_id) is not delivery:
            return
        delivery.due = max(delivery.due, delivery.host.paused_until)
        wait_s = delivery.due - delivery.account.now()
        loop = asyncio.get_running_loop()
        if wait_s > 0:
            delivery.timer = loop.call_later(wait_s, self._start_or_wait, delivery)
            return
        delivery.is_under_way = True
        task = loop.create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: _Delivery) -> None:
        try:
            await self._attempt_copies(delivery)
        except JobNotFound:
            self._drop(delivery.job_id)
        except Exception:
            _LOG.exception("Internal error in the mock server: the callback of job %s", delivery.job_id)
            self._drop(delivery.job_id)
        finally:
            delivery.is_under_way = False
            self._progress.set()

    async def _attempt_copies(self, delivery: _Delivery) -> None:
        job = await self._source.job_with_id(delivery.job_id)
        copies = job.faults.callbacks.copies if job.faults.callbacks else 1
        status = [await self._attempt(job, delivery) for _ in range(copies)][-1]
        delivery.host.count(status, at=delivery.due)
        is_repeated = status not in _SUCCESS and is_tried_again(
            status, attempt=delivery.attempt, profile=job.profile
        )
        # Under way until it is known what comes next, so that nothing else starts it in between.
        account = await self._source.account(delivery.account_id)
        if not is_repeated and self._deliveries.get(delivery.job_id) is delivery:
            job = await self._source.count_callback(delivery.job_id, delivery.callback)
        delivery.is_under_way = False
        if self._deliveries.get(delivery.job_id) is not delivery:  # forgotten
            return
        if is_repeated:
            delivery.due += pause_s(delivery.attempt, profile=job.profile)
            delivery.attempt += 1
            delivery.account = account
            self._start_or_wait(delivery)
        else:
            self._schedule_next(job, account, not_before=delivery.due)

    async def _attempt(self, job: Job, delivery: _Delivery) -> int | None:
        """The status that one attempt was answered with; `None` without a response in time."""
        body = await self._source.callback_body(replace(delivery.callback.state, job=job))
        secret = delivery.account.settings.callback_secret
        sent = {**_headers(), **_signed(body, secret=secret, profile=job.profile)}
        url = parsed_url(job.callback)
        entry = self._record(job, url, body, sent, at=delivery.due)
        injected = job.faults.callbacks
        if injected and injected.kind == "failing" and delivery.attempt <= (injected.attempts or math.inf):
            self._journal.record_response(entry, None, error="dropped by a scenario")
            return None
        try:
            async with asyncio.timeout(timeout_s(delivery.attempt)):
                status = await self.transport.post(url, body, sent)
        except TimeoutError:
            self._journal.record_response(
                entry, None, error=f"no answer within {timeout_s(delivery.attempt)} s"
            )
            return None
        except (DestinationRefused, OSError) as error:
            self._journal.record_response(entry, None, error=str(error))
            return None
        self._journal.record_response(entry, status)
        return status

    def _record(
        self, job: Job, url: SplitResult, body: bytes, sent: Mapping[str, str], *, at: float
    ) -> Entry:
        entry = self._journal.record_request(
            kind="callback",
            account=job.account,
            at=at,
            method="POST",
            path=shown_url(url),
            query=MASK.encode()
            if url.query
            else b"",  # whatever its parameters are called, they may be secrets
            operation="",
            headers=redacted_headers([(name.encode(), value.encode()) for name, value in sent.items()]),
        )
        self._journal.record_body(entry, body, size_bytes=len(body))
        return entry


def _headers() -> dict[str, str]:
    return {"content-type": "application/json", "user-agent": callback_rules().user_agent}


def _signed(body: bytes, *, secret: str | None, profile: Profile) -> dict[str, str]:
    """The headers that sign a body, if the server has a secret and the profile signs with it."""
    if not secret or profile["callback-signature"] != "when-secret":
        return {}
    names = (headers().signature, *profile.value("signature-aliases"))
    return {name.lower(): signature(body, secret=secret) for name in names}
