"""Jobs with download passwords, as mutants remember them, and the downloads that clients ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from pixelpact.mockserver.mutants.album import Document
from pixelpact.mockserver.mutants.base import Change
from pixelpact.mockserver.mutants.rewriting import job_id
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers

_OPTION = "download_password"
_HEADER, _ALIAS = headers().download_password


@dataclass
class Protected:
    """A job with passwords: those of its conversions (empty where one has none), its own, its outputs'."""

    conversions: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """A download that a client asks for: the method, the name of the file, and what it sent."""

    method: str
    file: str
    header: str
    alias: str
    cookie: str

    @property
    def is_bare(self) -> bool:
        """Whether it has no password at all."""
        return not (self.header or self.alias or self.cookie)


#: Whether a job is one that a mutant is wrong for.
Which: TypeAlias = Callable[[Protected], bool]


def is_vault(job: Protected) -> bool:
    """Whether a job has several conversions, and a password of the first."""
    return len(job.conversions) > 1 and bool(job.conversions[0])


def has_own(job: Protected) -> bool:
    """Whether a job has passwords of its own."""
    return bool(job.own)


def _body(traffic: Traffic | None) -> Document:
    body = traffic.json if traffic else None
    return body if isinstance(body, dict) else {}


def _learn(jobs: dict[str, Protected], answered: Traffic) -> None:
    """Remember the passwords of jobs as they are created and changed."""
    body = _body(answered.request)
    if answered.operation == "createJob" and answered.status == 201:
        options = [conversion.get("options") for conversion in body.get("conversion") or []]
        passwords = [own.get(_OPTION, "") if isinstance(own, dict) else "" for own in options]
        jobs[answered.json["id"]] = Protected(passwords, list(body.get("download_passwords", [])))
    known = jobs.get(job_id(answered))
    if known is None:
        return
    if answered.operation == "updateJob":
        known.own += body.get("download_passwords", [])
    elif answered.operation == "updateOutput" and _OPTION in body:
        known.outputs.append(body[_OPTION])


def remembering(
    which: Which,
    request: Callable[[Protected, Traffic], None],
    response: Callable[[Protected, Traffic], None],
) -> Callable[[], tuple[Change, Change]]:
    """Changes that know the passwords of the job that they are about."""

    def changes() -> tuple[Change, Change]:
        jobs: dict[str, Protected] = {}

        def changed_request(sent: Traffic) -> None:
            known = jobs.get(job_id(sent))
            if known is not None and which(known):
                request(known, sent)

        def changed_response(answered: Traffic) -> None:
            _learn(jobs, answered)
            known = jobs.get(job_id(answered))
            if known is not None and which(known):
                response(known, answered)

        return changed_request, changed_response

    return changes


def unchanged(_: Protected, __: Traffic) -> None:
    """Leave a request or response as it is."""


def asked_for(sent: Traffic) -> Asked:
    """The download that a request asks for."""
    return Asked(
        sent.method,
        sent.path.rpartition("/")[2],
        sent.header(_HEADER) or "",
        sent.header(_ALIAS) or "",
        sent.header("cookie") or "",
    )
