"""`pixelpact check`, `learn`, `checks` and `explain`: the contract tests of an API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pixelpact.cli.terminal import ERR, OUT, Refused, Stopped, plain

if TYPE_CHECKING:
    from pixelpact.contract_tests.client.budget import Spent
    from pixelpact.contract_tests.runs.outcome import Outcome
    from pixelpact.contract_tests.runs.plan import Plan
    from pixelpact.contract_tests.runs.request import Asked
    from pixelpact.contract_tests.runs.session import Target
    from pixelpact.contract_tests.suite.items import Item
    from pixelpact.contract_tests.suite.results import Result
    from pixelpact.mockserver import Settings
    from pixelpact.schema import LearnedProfile

T = TypeVar("T")
_EXAMPLE_SECRET = "example"  # noqa: S105  # of a mock server that ends with the command

BaseUrl = Annotated[
    str,
    typer.Option(help="The API, such as http://127.0.0.1:8010/v2.", envvar="PIXELPACT_BASE_URL"),
]
KeyVariable = Annotated[
    str, typer.Option("--api-key-env", help="Environment variable that holds the API key.", metavar="NAME")
]
MaxRequests = Annotated[int | None, typer.Option(help="Send at most so many requests.", min=1)]
MaxPaidJobs = Annotated[
    int | None, typer.Option(help="Create at most so many jobs that may spend credits.", min=0)
]
Rate = Annotated[float | None, typer.Option(help="Send at most so many requests a second.", min=0.01)]
MaxTime = Annotated[float | None, typer.Option(help="Take at most so many seconds.", min=1)]
PlanOnly = Annotated[
    bool, typer.Option("--plan", help="Print what would be asked and its cost; send nothing.")
]
ListenerUrl = Annotated[
    str | None,
    typer.Option(help="Where callbacks reach this machine from the API, such as https://hooks.example.com."),
]
ListenerPort = Annotated[
    int, typer.Option(help="The port of this machine that --listener-url leads to.", min=0, max=65535)
]
Has = Annotated[
    list[str] | None,
    typer.Option(help="What the account has: few-credits (one or two left), concurrency-limit."),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="List all that was not conclusive, not asked or not reached.")
]


def check(
    base_url: BaseUrl = "http://127.0.0.1:8010/v2",
    api_key_env: KeyVariable = "API2CONVERT_API_KEY",
    profile: Annotated[
        str | None,
        typer.Option(help="The answers that are expected: a file, or [bold]default[/], the built-in ones."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Check these ids or areas only (`pixelpact checks` lists them)."),
    ] = None,
    max_requests: MaxRequests = None,
    max_paid_jobs: MaxPaidJobs = None,
    rate: Rate = None,
    max_time: MaxTime = None,
    plan: PlanOnly = False,
    clean: Annotated[
        bool, typer.Option("--clean", help="Only tidy what interrupted runs left at the API.")
    ] = False,
    machine: Annotated[
        int, typer.Option(help="Then let the stateful machine make so many runs of random calls.", min=0)
    ] = 0,
    listener_url: ListenerUrl = None,
    listener_port: ListenerPort = 0,
    has: Has = None,
    verbose: Verbose = False,
) -> int:
    """Check that an API behaves as documented.

    Questions that the documents leave open are asked first, and the checks expect the answers. Exit codes:
    0 conforms, 1 deviates, 2 wrong usage, 3 not reachable or refused, 4 the budget ended before the required
    checks, 5 nothing was asked. Required is all that --only names; without it, the questions that cost no
    credits and the most telling checks.
    """
    from pixelpact.contract_tests.runs.request import Asked, chosen, required

    asked = Asked(base_url, api_key_env, profile, listener_url, listener_port, tuple(has or ()))
    target = _or_refused(asked.target)
    items = _or_refused(lambda: chosen(only or ()))
    made_plan = _plan([] if clean else items, target, max_requests, max_paid_jobs, machine=machine)
    if plan:
        _print_plan(made_plan)
        return 0
    outcome = _run(made_plan, target, rate=rate, max_time=max_time, machine=machine)
    if clean:
        return _report_cleaned(outcome, asked)
    return _report(outcome, asked, required=required(items, only or ()), verbose=verbose)


def learn(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The profile to write, or to complete.", dir_okay=False)
    ],
    base_url: BaseUrl = "http://127.0.0.1:8010/v2",
    api_key_env: KeyVariable = "API2CONVERT_API_KEY",
    max_requests: MaxRequests = None,
    max_paid_jobs: MaxPaidJobs = None,
    rate: Rate = None,
    max_time: MaxTime = None,
    plan: PlanOnly = False,
    listener_url: ListenerUrl = None,
    listener_port: ListenerPort = 0,
    has: Has = None,
    verbose: Verbose = False,
) -> int:
    """Ask an API what its documents leave open, and write the answers to a profile.

    `pixelpact serve --profile FILE` then answers so. On a file that exists, the questions without an answer
    come first, so that a small budget completes the picture over several runs. The exit code is 4 where the
    budget does not even reach the questions that cost no credits.
    """
    from pixelpact.contract_tests.runs.learning import learned, questions
    from pixelpact.contract_tests.runs.request import Asked, required
    from pixelpact.contract_tests.runs.selection import all_items
    from pixelpact.contract_tests.suite.results import Verdict

    asked = Asked(base_url, api_key_env, None, listener_url, listener_port, tuple(has or ()))
    target = _or_refused(asked.target)
    known = _known(output, target)
    items = questions(all_items(), known)
    made_plan = _plan(items, target, max_requests, max_paid_jobs)
    if plan:
        _print_plan(made_plan)
        return 0
    outcome = _run(made_plan, target, rate=rate, max_time=max_time)
    code = _report(outcome, asked, required=required(items, ()), command="learn", verbose=verbose)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    profile = learned(outcome.results, base_url=target.base_url, at=at, known=known)
    try:
        profile.write(output)
    except OSError as error:
        raise Refused(f"can't write the profile {output}: {error.strerror}") from None
    unreached = sum(result.verdict is Verdict.NOT_REACHED for result in outcome.results)
    more = f", {unreached} of them not reached: the same command asks these next" if unreached else ""
    answered = f"{len(profile.observations)} answers, {len(profile.not_asked)} not asked{more}"
    OUT.print(plain(f"{output}: {answered}"))
    OUT.print(plain(f"Next: pixelpact serve --profile {output}"), style="dim")
    return code


def checks(
    word: Annotated[
        str | None, typer.Argument(help="Only those of an area such as options, or with this in their id.")
    ] = None,
) -> None:
    """List the checks and questions with their cost: requests, and paid jobs after a plus."""
    from pixelpact.contract_tests.runs.request import matching
    from pixelpact.contract_tests.runs.selection import all_items

    items = all_items()
    shown = [item for item in items if word is None or item.area == word]
    shown = shown or [item for item in items if (word or "") in item.id]
    if not shown:
        _or_refused(lambda: matching(word or ""))
    for item in sorted(shown, key=lambda item: item.area):
        cost = f"{item.cost.requests}" + (f"+{item.cost.paid_jobs}" if item.cost.paid_jobs else "")
        OUT.print(f"{cost:>5}  [bold]{plain(item.id)}[/]  {plain(item.rule)}")
    OUT.print(f"\n{len(shown)} in all. One in full: pixelpact explain ID", style="dim")


def explain(item_id: Annotated[str, typer.Argument(metavar="ID", help="A check or question.")]) -> None:
    """Tell all of one check or question: rule, source, cost, needs, and an example from a mock server."""
    from pixelpact.contract_tests.reports.terminal import example_text, explanation
    from pixelpact.contract_tests.runs.example import example
    from pixelpact.contract_tests.runs.request import matching
    from pixelpact.contract_tests.runs.selection import all_items
    from pixelpact.mockserver import Server

    found = _or_refused(lambda: matching(item_id))
    if len(found) > 1:
        raise Refused(f"{item_id!r} are {len(found)} checks; `pixelpact checks {item_id}` lists them")
    item = next(item for item in all_items() if item.id == found[0])
    for line in explanation(item):
        OUT.print(plain(line))
    with Server(_settings_for(item)) as server:
        for line in example_text(*example(item, _target_with_all(server.base_url))):
            OUT.print(plain(line.replace(server.base_url, "$API2CONVERT_BASE_URL")))


def _settings_for(item: Item) -> Settings:
    """The settings of a mock server that can be asked an item, whatever it needs."""
    from pixelpact.contract_tests.runs.plan import needs_of
    from pixelpact.contract_tests.suite.items import Need
    from pixelpact.mockserver import Settings

    needs = needs_of(item)
    return Settings(
        pace="instant",
        credits=1 if Need.FEW_CREDITS in needs else None,
        max_concurrent=1 if Need.CONCURRENCY_LIMIT in needs else None,
        callback_secret=_EXAMPLE_SECRET if Need.SIGNATURES in needs else None,
    )


def _target_with_all(base_url: str) -> Target:
    """A mock server on this machine as a target that has all that items may need."""
    from pixelpact.contract_tests.runs.session import LOCAL_KEYS, Target

    return Target(base_url, *LOCAL_KEYS, secret=_EXAMPLE_SECRET, few_credits=True, concurrency_limit=True)


def _or_refused(action: Callable[[], T]) -> T:
    from pixelpact.contract_tests.runs.request import UsageError

    try:
        return action()
    except UsageError as error:
        raise Refused(str(error)) from None


def _known(output: Path, target: Target) -> LearnedProfile | None:
    """The profile that is completed, if the file exists."""
    from pixelpact.schema import SchemaError, read_learned_profile

    if not output.exists():
        return None
    try:
        known = read_learned_profile(output)
    except SchemaError as error:
        raise Refused(str(error)) from None
    if known.base_url != target.base_url:
        raise Refused(
            f"{output} was learned from {known.base_url}; choose another file for {target.base_url}"
        )
    return known


def _plan(
    items: Sequence[Item],
    target: Target,
    max_requests: int | None,
    max_paid_jobs: int | None,
    *,
    machine: int = 0,
) -> Plan:
    from pixelpact.contract_tests.runs.plan import make_plan
    from pixelpact.contract_tests.runs.session import leftovers

    return make_plan(
        items,
        available=target.available,
        profile_given=target.given is not None,
        max_requests=max_requests,
        max_paid_jobs=max_paid_jobs,
        leftovers=leftovers(target.base_url),
        machine_runs=machine,
    )


def _print_plan(made_plan: Plan) -> None:
    from pixelpact.contract_tests.reports.terminal import plan_text

    for line in plan_text(made_plan):
        OUT.print(plain(line))


def _run(
    made_plan: Plan, target: Target, *, rate: float | None, max_time: float | None, machine: int = 0
) -> Outcome:
    """The outcome of a plan, with its progress on the terminal."""
    from pixelpact.contract_tests.client.budget import Limits
    from pixelpact.contract_tests.client.errors import BudgetSpent, ServerUnusable
    from pixelpact.contract_tests.reports.summary import BUDGET_ENDED, UNUSABLE
    from pixelpact.contract_tests.runs.machine_phase import machine_phase
    from pixelpact.contract_tests.runs.outcome import run_plan

    limits = Limits(made_plan.cost.requests, made_plan.cost.paid_jobs, rate, max_time)
    phases = (machine_phase(machine),) if machine else ()
    with _progress(made_plan) as on_result:
        try:
            return run_plan(made_plan, target, limits, on_result=on_result, phases=phases)
        except ServerUnusable as error:
            raise Stopped(str(error), code=UNUSABLE) from None
        except BudgetSpent as error:
            raise Stopped(f"{error} before anything was asked", code=BUDGET_ENDED) from None
        except OSError as error:
            raise Refused(f"can't write the files of the run: {error.strerror} ({error.filename})") from None


@contextmanager
def _progress(made_plan: Plan) -> Iterator[Callable[[Result, Spent], None]]:
    """A bar with the cost so far, where a person watches; red results are printed as they come."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        total = len(made_plan.items) + len(made_plan.lacking) + len(made_plan.beyond)
        task = bar.add_task("", total=total)

        def show(result: Result, spent: Spent) -> None:
            cost = f"{spent.requests} requests, {spent.paid_jobs} paid jobs"
            bar.update(task, advance=1, description=f"{cost}  {result.area}")
            if result.verdict.is_red and ERR.is_terminal:
                bar.console.print(f"[bold red]{result.verdict.value}[/]  {plain(result.id)}")

        yield show


def _report(
    outcome: Outcome, asked: Asked, *, required: frozenset[str], verbose: bool, command: str = "check"
) -> int:
    """Print what a run has come to; the exit code."""
    from pixelpact.contract_tests.reports.summary import exit_code
    from pixelpact.contract_tests.reports.terminal import last_line, report

    for line in report(outcome.results, repeat=asked.command, verbose=verbose):
        OUT.print(plain(line))
    _print_left(outcome, asked)
    OUT.print()
    line = last_line(
        outcome.results,
        command=command,
        base_url=asked.base_url.rstrip("/"),
        spent=outcome.spent,
        seconds=outcome.seconds,
    )
    OUT.print(plain(line), style="bold")
    return 130 if outcome.is_interrupted else exit_code(outcome.results, required=required)


def _report_cleaned(outcome: Outcome, asked: Asked) -> int:
    """Print what tidying has come to; the exit code."""
    from pixelpact.contract_tests.reports.summary import CONFORMS

    _print_left(outcome, asked)
    if not outcome.left:
        OUT.print(f"Tidied, with {outcome.spent.requests} requests.")
    return CONFORMS


def _print_left(outcome: Outcome, asked: Asked) -> None:
    if outcome.left:
        OUT.print(
            f"\n{outcome.left} things that the run made are left at the API: the budget ended, or no answer "
            f"came.\nTidy them with: {plain(asked.command)} --clean",
            style="bold yellow",
        )
