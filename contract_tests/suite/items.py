"""Checks, probes and the steps that they share, each with its cost; decorators register them.

A check verifies one documented fact, a probe asks one question of the ledger. A step does something that
several of them build on, such as drawing a picture, and is taken once in a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pixelpact.schema import ledger

if TYPE_CHECKING:
    from pixelpact.contract_tests.suite.context import Context

T = TypeVar("T")


class Need(Enum):
    """What a check or probe needs besides the API and a key; the value says what that is, to a person."""

    SECOND_KEY = "the key of a second account, in API2CONVERT_SECOND_API_KEY"
    LISTENER = "callbacks that reach this machine (a server on it, or --listener-url)"
    SIGNATURES = "the secret that callbacks are signed with, in API2CONVERT_CALLBACK_SECRET"
    CLOCK = "a clock that moves (the control API of a mock server)"
    FEW_CREDITS = "an account with one or two credits left"
    CONCURRENCY_LIMIT = "a limit of concurrent jobs"
    NO_JOBS = "an account without any job"


@dataclass(frozen=True, slots=True)
class Cost:
    """The most that something costs: requests, clean-up included, and jobs that may spend credits.

    >>> Cost(2) + Cost(3, paid_jobs=1)
    Cost(requests=5, paid_jobs=1)
    """

    requests: int = 0
    paid_jobs: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.requests + other.requests, self.paid_jobs + other.paid_jobs)


@dataclass(frozen=True, eq=False)
class Step(Generic[T]):
    """Something that several checks and probes build on, taken once in a run; `Context.take` takes it.

    Calling it with a context gives its result. `uses` are the steps that it takes itself.
    """

    id: str
    rule: str
    action: Callable[[Context], T]
    cost: Cost
    uses: tuple[Step[Any], ...] = ()
    needs: frozenset[Need] = frozenset()

    def __call__(self, context: Context) -> T:
        """The result of the step."""
        return context.take(self)


@dataclass(frozen=True, eq=False)
class Probe:
    """A question of the ledger, and how to ask it.

    `ask` returns the id of the answer that the server shows. `hidden_by` maps other entries to the answers
    under which this one can't be told.
    """

    entry: str
    operation: str
    ask: Callable[[Context], str]
    cost: Cost
    uses: tuple[Step[Any], ...] = ()
    needs: frozenset[Need] = frozenset()
    hidden_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Lower ones are asked first, among those that cost the same kind.
    rank: int = 50

    @property
    def id(self) -> str:
        """Its id among checks and probes."""
        return f"ledger/{self.entry}"

    @property
    def questions(self) -> tuple[str, ...]:
        """The entries of the ledger whose answers must be known before it is asked."""
        return tuple(self.hidden_by)

    @property
    def rule(self) -> str:
        """The question."""
        return ledger()[self.entry].question

    @property
    def source(self) -> str:
        """Where the question comes from."""
        return ledger()[self.entry].source

    @property
    def confidence(self) -> str:
        """How sure the default answer is: documented, observed or assumed."""
        return ledger()[self.entry].confidence

    @property
    def area(self) -> str:
        """The part of the report that it is shown in."""
        return "ledger"


@dataclass(frozen=True, eq=False)
class Check:
    """A fact about the API that can be observed from outside.

    `id` is stable, `rule` is one sentence, `source` the document that states the fact, `confidence` how sure
    that is (documented, observed or assumed). `depends` are the entries of the ledger whose observed answers
    it expects. Checks of one `kind` ask for refusals; the first surprise ends the kind.
    """

    id: str
    operation: str
    rule: str
    source: str
    verify: Callable[[Context], None]
    cost: Cost
    confidence: str = "documented"
    uses: tuple[Step[Any], ...] = ()
    needs: frozenset[Need] = frozenset()
    depends: tuple[str, ...] = ()
    kind: str = ""
    rank: int = 50

    @property
    def questions(self) -> tuple[str, ...]:
        """The entries of the ledger whose answers must be known before it is asked."""
        return self.depends

    @property
    def area(self) -> str:
        """The part of the report that it is shown in."""
        return self.id.partition("/")[0]


Item: TypeAlias = Check | Probe


@dataclass
class Registry:
    """All checks and probes, by id, in the order in which they were registered."""

    items: dict[str, Item] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        """Register a check or probe.

        Raises:
            ValueError: the id is taken.
        """
        if item.id in self.items:
            raise ValueError(f"there is already a check or probe {item.id!r}")
        self.items[item.id] = item


REGISTRY = Registry()


def step(
    *,
    requests: int,
    rule: str,
    paid_jobs: int = 0,
    uses: tuple[Step[Any], ...] = (),
    needs: tuple[Need, ...] = (),
) -> Callable[[Callable[[Context], T]], Step[T]]:
    """Make a function a step; `requests` counts its own requests and the clean-up of what it makes."""

    def register(action: Callable[[Context], T]) -> Step[T]:
        name = f"{action.__module__.partition('contract_tests.')[2]}.{action.__name__}"
        return Step(name, rule, action, Cost(requests, paid_jobs), uses, frozenset(needs))

    return register


def probe(
    entry: str,
    *,
    operation: str,
    requests: int = 0,
    paid_jobs: int = 0,
    uses: tuple[Step[Any], ...] = (),
    needs: tuple[Need, ...] = (),
    hidden_by: Mapping[str, str | tuple[str, ...]] = MappingProxyType({}),
    rank: int = 50,
) -> Callable[[Callable[[Context], str]], Probe]:
    """Register a function as the probe of an entry of the ledger."""

    def register(ask: Callable[[Context], str]) -> Probe:
        hiding = {
            name: frozenset((answers,) if isinstance(answers, str) else answers)
            for name, answers in hidden_by.items()
        }
        made = Probe(entry, operation, ask, Cost(requests, paid_jobs), uses, frozenset(needs), hiding, rank)
        REGISTRY.add(made)
        return made

    return register


def check(  # the facts about a check
    id: str,  # noqa: A002  # its name everywhere
    *,
    operation: str,
    rule: str,
    source: str,
    confidence: str = "documented",
    requests: int = 0,
    paid_jobs: int = 0,
    uses: tuple[Step[Any], ...] = (),
    needs: tuple[Need, ...] = (),
    depends: tuple[str, ...] = (),
    kind: str = "",
    rank: int = 50,
) -> Callable[[Callable[[Context], None]], Check]:
    """Register a function as a check."""

    def register(verify: Callable[[Context], None]) -> Check:
        made = Check(
            id,
            operation,
            rule,
            source,
            verify,
            Cost(requests, paid_jobs),
            confidence,
            uses,
            frozenset(needs),
            depends,
            kind,
            rank,
        )
        REGISTRY.add(made)
        return made

    return register
