"""A stateful Hypothesis machine: random legal and illegal calls of two accounts, judged by a plain model.

It knows nothing but the URL of an API. `docs/machine.md` is its guide.
"""

from __future__ import annotations

from collections.abc import Callable

from pixelpact.contract_tests.machine.access_rules import AccessRules
from pixelpact.contract_tests.machine.job_rules import JobRules
from pixelpact.contract_tests.machine.output_rules import OutputRules
from pixelpact.contract_tests.machine.part_rules import PartRules
from pixelpact.schema import Profile


class JobMachine(JobRules, PartRules, OutputRules, AccessRules):
    """Random calls on several accounts of the API at `base_url`, judged by a model of what they were told.

    A subclass says where the API is (`base_url`), which answers to the ledger it gives (`profile`), and
    which keys open its accounts (`api_key`). When a step waits for the end of a job, it is read up to
    `reads` times with `pause_s` seconds between.

    Its steps raise `ContractBroken`, with the operation, the field and the rule, where an answer is not what
    the model says: a 5xx, a status that goes back, a listing that is not exactly the account's jobs, a word
    about another account, or anything else that differs.
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

    Two accounts are used at a time, and no number comes twice: where accounts cost nothing, each key may
    open a new one; of two accounts let even numbers be the one and odd numbers the other.

    >>> machine_for("http://127.0.0.1:8010/v2", keys=lambda number: f"my-key-{number % 2}").__name__
    'JobMachine'
    """
    own_keys = {} if keys is None else {"api_key": staticmethod(keys)}
    return type(
        JobMachine.__name__,
        (JobMachine,),
        {
            "base_url": base_url,
            "profile": profile or Profile(),
            "reads": reads,
            "pause_s": pause_s,
            **own_keys,
        },
    )
