"""Who sent a request: without a key, by a token, or about another account's job, for mutants of access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pixelpact.mockserver.mutants.base import Change
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers, operations

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
#: The operations that need a key, or the token of their job, unless they name none of them.
LOCKED = tuple(
    name
    for name, operation in operations().items()
    if operation.spec.get("security", [{}]) and {} not in operation.spec.get("security", [{}])
)
ON_A_JOB = tuple(name for name in LOCKED if "{job_id}" in operations()[name].path)
ON_OUTPUTS = ("getOutput", "updateOutput", "updateOutputs", "removeOutput")


def key_of(sent: Traffic) -> str | None:
    """The API key that a request has."""
    return next((key for name in headers().api_key if (key := sent.header(name))), None)


def token_of(sent: Traffic) -> str | None:
    """The job token that a request has."""
    return next((token for name in headers().job_token if (token := sent.header(name))), None)


def has_no_credentials(sent: Traffic) -> bool:
    """Whether a request has neither key nor token."""
    return key_of(sent) is None and token_of(sent) is None


def is_by_token(sent: Traffic) -> bool:
    """Whether a request has a token and no key."""
    return token_of(sent) is not None and key_of(sent) is None


def is_about_unknown_job(sent: Traffic) -> bool:
    """Whether a request is about a job that does not exist."""
    steps = sent.path.split("/")
    places = [
        number + 1 for number, step in enumerate(steps) if step in ("jobs", "upload-file", "upload-base64")
    ]
    return any(steps[place] == UNKNOWN_ID for place in places if place < len(steps))


def answered_anyway(is_meant: Callable[[Traffic], bool]) -> Change:
    """Answer requests that are refused, and meant, with 200 and an empty object."""

    def answer(response: Traffic) -> None:
        if response.request and response.status >= 400 and is_meant(response.request):
            response.status, response.json = 200, {}

    return answer


def refused_anyway(is_meant: Callable[[Traffic], bool]) -> Change:
    """Take the credentials of requests that are meant away."""

    def strip(request: Traffic) -> None:
        if is_meant(request):
            for name in (*headers().api_key, *headers().job_token):
                request.set_header(name, None)

    return strip


class Owners:
    """Which key has made what, learned from the answers of a server."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def learn(self, response: Traffic) -> None:
        """Note who has made what an answer shows."""
        made, sent = response.json, response.request
        if response.operation in ("createJob", "createPreset") and response.status == 201 and sent:
            self._keys[made["id"]] = key_of(sent) or ""

    def is_foreign(self, sent: Traffic) -> bool:
        """Whether a request with a key is about something of another key."""
        key = key_of(sent)
        return any(made in sent.path and owner != key for made, owner in self._keys.items())

    def foreign(self, sent: Traffic) -> list[dict[str, Any]]:
        """What other keys than that of a request have made, by ids."""
        key = key_of(sent)
        return [{"id": made} for made, owner in self._keys.items() if owner != key]
