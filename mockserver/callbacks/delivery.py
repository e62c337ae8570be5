"""Delivers callbacks: in order for each job, by the account's clock, again where they were not taken."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, urlsplit

from msgspec.structs import replace

from pixelpact.mockserver.callbacks.destinations import AddressRefused, resolve
from pixelpact.mockserver.callbacks.plan import (
    Callback,
    callbacks,
    is_tried_again,
    pause_s,
    signature,
    timeout_s,
)
from pixelpact.mockserver.jobs.lifecycle import JobState
from pixelpact.mockserver.jobs.records import Job
from pixelpact.mockserver.journal.journal import Journal
from pixelpact.mockserver.journal.redaction import MASK, redacted_headers
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.memory import JobNotFound
from pixelpact.schema import callback_rules, headers

if TYPE_CHECKING:
    import httpx

_LOG = logging.getLogger("pixelpact.mockserver")
_PORTS = {"http": 80, "https": 443}
_SUCCESS = range(200, 300)


class Office(Protocol):
    """What a courier needs to know of the server."""

    async def job_with_id(self, job_id: str) -> Job:
        """A job as it is now; `JobNotFound` if it is gone."""
        ...

    async def count_callback(self, job_id: str, callback: Callback) -> Job:
        """The job, with that callback delivered or given up."""
        ...

    async def callback_body(self, state: JobState) -> bytes:
        """What is sent of a job."""
        ...

    def time_of(self, account: str) -> float:
        """The time by the clock of an account."""
        ...


@dataclass(slots=True)
class _Host:
    """How deliveries to a host went lately, and until when it is left alone."""

    failures: int = 0
    paused_until: float = -math.inf

    def count(self, status: int | None, *, at: float) -> None:
        """Count an attempt that was answered so."""
        rules = callback_rules()
        self.failures = 0 if status in _SUCCESS else self.failures + 1
        if self.failures >= rules.host_failures:
            self.failures, self.paused_until = 0, at + rules.host_pause_s


@dataclass(slots=True)
class _Parcel:
    """The next callback of a job: which one, the attempt (from 1) that comes next, and when it is due."""

    job_id: str
    account: str
    callback: Callback
    host: _Host
    due: float
    attempt: int = 1
    timer: asyncio.TimerHandle | None = None
    under_way: bool = False


class Courier:
    """Delivers the callbacks of one server; works only in the event loop that calls it."""

    def __init__(self, office: Office, *, settings: Settings, journal: Journal) -> None:
        self._office = office
        self._settings = settings
        self._journal = journal
        self._parcels: dict[str, _Parcel] = {}
        self._hosts: defaultdict[tuple[str, str], _Host] = defaultdict(_Host)
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress = asyncio.Event()
        self._clients: dict[str, httpx.AsyncClient] = {}

    def notice(self, job: Job) -> None:
        """Take up what has happened to a job: its next callback may have come, moved or gone."""
        parcel = self._parcels.get(job.id)
        if parcel is None or (not parcel.under_way and parcel.attempt == 1):
            self._take_up(job)

    def follow_clock(self, account: str | None) -> None:
        """Start what has come due, since the clock of an account, or of all, was set."""
        for parcel in self._of(account):
            self._schedule(parcel)

    async def settle(self, account: str | None) -> None:
        """Wait until no callback of an account, or of any, is due or under way."""
        while any(self._is_busy(parcel) for parcel in self._of(account)):
            self._progress.clear()
            await self._progress.wait()

    def forget(self, account: str | None) -> None:
        """Drop the callbacks of an account, or all; those that are under way are not tried again."""
        for parcel in self._of(account):
            self._drop(parcel.job_id)

    async def close(self) -> None:
        """Deliver nothing any more."""
        self.forget(None)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in self._clients.values():
            await client.aclose()

    def _of(self, account: str | None) -> list[_Parcel]:
        return [each for each in self._parcels.values() if account in (None, each.account)]

    def _is_busy(self, parcel: _Parcel) -> bool:
        return parcel.under_way or parcel.due <= self._office.time_of(parcel.account)

    def _drop(self, job_id: str) -> None:
        parcel = self._parcels.pop(job_id, None)
        if parcel is not None and parcel.timer is not None:
            parcel.timer.cancel()

    def _take_up(self, job: Job, *, after: float = -math.inf) -> None:
        """Make the parcel of the job's next callback, if there is one; it is not due before `after`."""
        self._drop(job.id)
        coming = callbacks(job)[job.callbacks_done :]
        if coming:
            due = max(after, coming[0].due)
            host = self._hosts[job.account, _parsed(job.callback).netloc.rpartition("@")[2].lower()]
            self._parcels[job.id] = parcel = _Parcel(job.id, job.account, coming[0], host, due)
            self._schedule(parcel)

    def _schedule(self, parcel: _Parcel) -> None:
        """Start a delivery that is due, or set a timer for it."""
        if parcel.timer is not None:
            parcel.timer.cancel()
            parcel.timer = None
        if parcel.under_way or self._parcels.get(parcel.job_id) is not parcel:
            return
        parcel.due = max(parcel.due, parcel.host.paused_until)
        wait_s = parcel.due - self._office.time_of(parcel.account)
        loop = asyncio.get_running_loop()
        if wait_s > 0:
            parcel.timer = loop.call_later(wait_s, self._schedule, parcel)
            return
        parcel.under_way = True
        task = loop.create_task(self._deliver(parcel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, parcel: _Parcel) -> None:
        try:
            job = await self._office.job_with_id(parcel.job_id)
            copies = job.faults.callbacks.copies if job.faults.callbacks else 1
            status = [await self._attempt(job, parcel) for _ in range(copies)][-1]
            parcel.host.count(status, at=parcel.due)
            parcel.under_way = False
            if status not in _SUCCESS and is_tried_again(status, attempt=parcel.attempt, profile=job.profile):
                parcel.due += pause_s(parcel.attempt, profile=job.profile)
                parcel.attempt += 1
                self._schedule(parcel)
            elif self._parcels.get(parcel.job_id) is parcel:
                counted = await self._office.count_callback(parcel.job_id, parcel.callback)
                self._take_up(counted, after=parcel.due)
        except JobNotFound:
            self._drop(parcel.job_id)
        except Exception:
            _LOG.exception("The mock server has a defect: the callback of job %s", parcel.job_id)
            self._drop(parcel.job_id)
        finally:
            parcel.under_way = False
            self._progress.set()

    async def _attempt(self, job: Job, parcel: _Parcel) -> int | None:
        """The status that one attempt was answered with; `None` without an answer in time."""
        body = await self._office.callback_body(replace(parcel.callback.state, job=job))
        sent = {"content-type": "application/json", "user-agent": callback_rules().user_agent}
        secret = self._settings.callback_secret
        if secret and job.profile["callback-signature"] == "when-secret":
            for name in (headers().signature, *job.profile.value("signature-aliases")):
                sent[name.lower()] = signature(body, secret=secret)
        url = _parsed(job.callback)
        entry = self._journal.arrived(
            kind="callback",
            account=job.account,
            at=parcel.due,
            method="POST",
            path=_without_secrets(url),
            query=MASK.encode() if url.query else b"",  # whatever it is called, it may be a secret
            operation="",
            headers=redacted_headers([(name.encode(), value.encode()) for name, value in sent.items()]),
        )
        self._journal.with_body(entry, body, size_bytes=len(body))
        trouble = job.faults.callbacks
        if trouble and trouble.kind == "failing" and parcel.attempt <= (trouble.attempts or math.inf):
            self._journal.answered(entry, None, trouble="lost on its way, as a scenario demands")
            return None
        try:
            async with asyncio.timeout(timeout_s(parcel.attempt)):
                status = await self._post(url, body, sent)
        except TimeoutError:
            self._journal.answered(entry, None, trouble=f"no answer within {timeout_s(parcel.attempt)} s")
            return None
        except (AddressRefused, OSError, ValueError) as error:
            self._journal.answered(entry, None, trouble=str(error))
            return None
        self._journal.answered(entry, status)
        return status

    async def _post(self, url: SplitResult, body: bytes, sent: Mapping[str, str]) -> int:
        """The status that a POST is answered with.

        Raises:
            AddressRefused: callbacks don't go there.
            OSError: there was no answer.
            ValueError: the URL is none that could be called.
        """
        import httpx

        if url.scheme not in _PORTS or not url.hostname:
            raise ValueError("The callback is no http or https URL")
        addresses = await resolve(
            url.hostname, url.port or _PORTS[url.scheme], opened=self._settings.callback_hosts
        )
        if url.scheme not in self._clients:
            # No proxy, redirection or cookie may lead elsewhere, and none waits for another's answer.
            self._clients[url.scheme] = httpx.AsyncClient(
                trust_env=False,
                verify=url.scheme == "https",  # certificates take long to load
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                limits=httpx.Limits(max_connections=None),
            )
        client = self._clients[url.scheme]
        trouble: Exception | None = None
        for address in addresses:  # `localhost` may be two, and the app listens on one
            try:
                named = httpx.URL(url.geturl())
                request = client.build_request(
                    "POST",
                    named.copy_with(host=address, userinfo=b""),
                    headers={**sent, "host": named.netloc.decode()},
                    content=body,
                    timeout=None,
                    extensions={"sni_hostname": named.raw_host.decode()},
                )
                answer = await client.send(request, stream=True)
                await answer.aclose()
                return answer.status_code
            except httpx.ConnectError as error:
                trouble = error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                trouble = error
                break
        raise OSError(f"no answer: {str(trouble) or type(trouble).__name__}")


def _parsed(callback: str) -> SplitResult:
    """The parts of a URL; no parts of what is none."""
    try:
        return urlsplit(callback)
    except ValueError:
        return urlsplit("")


def _without_secrets(url: SplitResult) -> str:
    """A URL without user, password and query."""
    try:
        port = f":{url.port}" if url.port else ""
    except ValueError:
        port = ""
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    return f"{url.scheme}://{host}{port}{url.path}"
