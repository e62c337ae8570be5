"""A stateful Hypothesis machine: random legal and illegal calls of two accounts, checked by a plain model.

It knows only the URL of an API. `docs/machine.md` is its guide.
"""

from __future__ import annotations

from collections.abc import Callable

from pixelpact.contract_tests.machine.access_rules import AccessRules
from pixelpact.contract_tests.machine.job_rules import JobRules
from pixelpact.contract_tests.machine.output_rules import OutputRules
from pixelpact.contract_tests.machine.part_rules import PartRules
from pixelpact.schema import Profile


class JobMachine(JobRules, PartRules, OutputRules, AccessRules):
    """Random calls on several accounts of the API at `base_url`, checked by a model of what was sent.

    A subclass sets the API's URL (`base_url`), its answers to the ledger's questions (`profile`), and the
    keys of its accounts (`api_key`). A step that waits for the end of a job reads it up to `reads` times,
    `pause_s` seconds apart.

    A step raises `ContractBroken`, with the operation, the field and the rule, where an answer differs from
    the model: a 5xx, a status that goes back, a listing that is not exactly the account's jobs, an id of
    another account, or any other mismatch.
    """


def machine_for(
    base_url: str,
    *,
    keys: Callable[[int], str] | None = None,
    profile: Profile | None = None,
    reads: int = JobMachine.reads,
    pause_s: float = JobMachine.pause_s,
) -> type[JobMachine]:
    """A `JobMachine` for the API at `base_url`; `keys` gives the API key of account number 0, 1, 2, ...

    Each run uses two accounts, and each number is used once. Where accounts cost nothing, each key may open
    a new one; with two accounts only, let even numbers stand for the first and odd ones for the second.

    >>> machine_for("http://127.0.0.1:8010/v2", keys=lambda number: f"my-key-{number % 2}").__name__
    'JobMachine'
    """
    api_key = {} if keys is None else {"api_key": staticmethod(keys)}
    return type(
        JobMachine.__name__,
        (JobMachine,),
        {
            "base_url": base_url,
            "profile": profile or Profile(),
            "reads": reads,
            "pause_s": pause_s,
            **api_key,
        },
    )
