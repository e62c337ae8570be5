"""Entries of the ledger about callbacks, seen in the journal."""

from __future__ import annotations

from typing import Any

import httpx

from pixelpact.schema import headers
from tests.bodies import runnable
from tests.mockserver.looks import Looks
from tests.receivers import Receiver

Client = httpx.Client
#: Nobody listens there.
NOWHERE = "http://127.0.0.1:9/hook"


def attempts(http: Client, callback: str, *, seconds: float = 0, **job: Any) -> list[dict[str, Any]]:
    """What was sent of a new job that is read once, after some seconds of its clock."""
    created = http.post("/jobs", json=runnable(callback=callback, **job)).json()
    http.get(f"/jobs/{created['id']}")
    return sent(http, seconds)


def sent(http: Client, seconds: float = 0) -> list[dict[str, Any]]:
    control = http.base_url.copy_with(path="/_pixelpact")
    http.post(f"{control}/clock/advance", json={"seconds": seconds})
    entries: list[dict[str, Any]] = http.get(f"{control}/journal", params={"kind": "callback"}).json()
    return entries


def canceled(http: Client) -> int:
    job = http.post("/jobs", json={"callback": NOWHERE, "notify_status": True}).json()
    http.delete(f"/jobs/{job['id']}")
    return len([each for each in sent(http, 100_000) if '"canceled"' in each["body"]])


def switched_on(http: Client) -> int:
    job = http.post("/jobs", json=runnable(process=False, callback=NOWHERE)).json()
    http.patch(f"/jobs/{job['id']}", json={"notify_status": True})
    return len(sent(http))


def redirected(http: Client) -> int:
    with Receiver(answers=[302]) as receiver:
        attempts(http, receiver.url, seconds=60)
        return len(receiver.received)


LOOKS: Looks = {
    "callback-past": (switched_on, {"untold": 0, "told": 1}),
    "callback-canceled": (canceled, {"with-notify": 11, "never": 0}),
    "callback-signature": (
        lambda http: headers().signature.lower() in attempts(http, NOWHERE)[0]["headers"],
        {"when-secret": True, "never": False},
    ),
    "signature-aliases": (
        lambda http: sum(name.endswith("-signature") for name in attempts(http, NOWHERE)[0]["headers"]),
        {"none": 1, "own": 2},
    ),
    "callback-redirect": (redirected, {"give-up": 1, "retry": 2}),
    "callback-spacing": (
        lambda http: len(attempts(http, NOWHERE, seconds=5)),
        {"exponential": 3, "constant": 1},
    ),
}
