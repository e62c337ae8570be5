"""`pixelpact check`, `learn`, `checks` and `explain`: the contract tests of an API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pixelpact.cli.profiles import check_output, known_profile
from pixelpact.cli.terminal import ERR, OUT, Refused, Stopped, plain

if TYPE_CHECKING:
    from pixelpact.contract_tests.client.budget import Spent
    from pixelpact.contract_tests.runs.leftovers import Leftovers
    from pixelpact.contract_tests.runs.outcome import Outcome
    from pixelpact.contract_tests.runs.plan import Plan
    from pixelpact.contract_tests.runs.request import Asked
    from pixelpact.contract_tests.runs.session import Target
    from pixelpact.contract_tests.suite.items import Item
    from pixelpact.contract_tests.suite.results import Result
    from pixelpact.mockserver import Settings

T = TypeVar("T")
_EXAMPLE_SECRET = "example"  # noqa: S105  # of a mock server that ends with the command

BaseUrl = Annotated[
    str,
    typer.Option(help="The API, such as http://127.0.0.1:8010/v2.", envvar="PIXELPACT_BASE_URL"),
]
KeyVariable = Annotated[
    str | None,
    typer.Option(
        "--api-key-env",
        help="Environment variable that holds the API key; API2CONVERT_API_KEY unless given.",
        metavar="NAME",
    ),
]
MaxRequests = Annotated[int | None, typer.Option(help="Send at most so many requests.")]
MaxPaidJobs = Annotated[int | None, typer.Option(help="Create at most so many jobs that may spend credits.")]
Rate = Annotated[float | None, typer.Option(help="Send at most so many requests a second.")]
MaxTime = Annotated[float | None, typer.Option(help="Take at most so many seconds.")]
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
    api_key_env: KeyVariable = None,
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
        int,
        typer.Option(
            help="Then let the stateful machine make so many runs of random calls.", min=0, max=10_000
        ),
    ] = 0,
    listener_url: ListenerUrl = None,
    listener_port: ListenerPort = 0,
    has: Has = None,
    verbose: Verbose = False,
) -> int:
    """Check that an API behaves as documented.

    Questions that the documents leave open are asked first, and the checks expect the answers. Exit codes:
    0 conforms, 1 deviates (with --clean: something is left), 2 wrong usage, 3 not reachable or refused, 4 the
    budget ended before the required checks, 5 nothing was asked, 130 interrupted with Ctrl-C. Required is all
    that --only names; without it, the questions that cost no credits and the most telling checks.
    """
    from pixelpact.contract_tests.runs.request import Asked, chosen, required
    from pixelpact.contract_tests.runs.state import new_run_id

    _check_limits(max_requests, max_paid_jobs, rate, max_time)
    asked = Asked(base_url, api_key_env, profile, listener_url, listener_port, tuple(has or ()))
    target = _or_refused(lambda: asked.target(new_run_id()))
    items = _or_refused(lambda: chosen(only or ()))
    made_plan = _plan([] if clean else items, target, max_requests, max_paid_jobs, machine=machine)
    if plan:
        _print_plan(made_plan, target)
        return 0
    outcome = _run(made_plan, target, rate=rate, max_time=max_time, machine=machine)
    if clean:
        return _report_cleaned(outcome, target)
    return _report(outcome, asked, target, required=required(items, only or ()), verbose=verbose)


def learn(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The profile to write, or to complete.", dir_okay=False)
    ],
    base_url: BaseUrl = "http://127.0.0.1:8010/v2",
    api_key_env: KeyVariable = None,
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
    from pixelpact.contract_tests.reports.terminal import counted
    from pixelpact.contract_tests.runs.learning import learned, questions
    from pixelpact.contract_tests.runs.request import Asked, required
    from pixelpact.contract_tests.runs.selection import all_items
    from pixelpact.contract_tests.runs.state import new_run_id
    from pixelpact.contract_tests.suite.results import Verdict

    _check_limits(max_requests, max_paid_jobs, rate, max_time)
    asked = Asked(base_url, api_key_env, None, listener_url, listener_port, tuple(has or ()))
    target = _or_refused(lambda: asked.target(new_run_id()))
    check_output(output)
    known = known_profile(output, target.shown_url)
    items = questions(all_items(), known)
    made_plan = _plan(items, target, max_requests, max_paid_jobs)
    if plan:
        _print_plan(made_plan, target)
        return 0
    outcome = _run(made_plan, target, rate=rate, max_time=max_time)
    code = _report(outcome, asked, target, required=required(items, ()), command="learn", verbose=verbose)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    profile = learned(outcome.results, base_url=target.shown_url, at=at, known=known)
    try:
        profile.write(output)
    except OSError as error:
        raise Refused(f"can't write the profile {output}: {error.strerror}") from None
    unreached = sum(result.verdict is Verdict.NOT_REACHED for result in outcome.results)
    more = f", {unreached} of them not reached: the same command asks these next" if unreached else ""
    answers = counted(len(profile.observations), "answer")
    answered = f"{answers}, {len(profile.not_asked)} not asked{more}"
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
    from pixelpact.contract_tests.runs.keys import own_keys
    from pixelpact.contract_tests.runs.session import Target

    keys = own_keys("example")
    return Target(base_url, *keys, secret=_EXAMPLE_SECRET, few_credits=True, concurrency_limit=True)


def _or_refused(action: Callable[[], T]) -> T:
    from pixelpact.contract_tests.client.errors import UsageError

    try:
        return action()
    except UsageError as error:
        raise Refused(str(error)) from None


def _check_limits(
    max_requests: int | None, max_paid_jobs: int | None, rate: float | None, max_time: float | None
) -> None:
    from pixelpact.contract_tests.runs.request import check_limits

    _or_refused(
        lambda: check_limits(
            max_requests=max_requests, max_paid_jobs=max_paid_jobs, rate=rate, max_time=max_time
        )
    )


def _plan(
    items: Sequence[Item],
    target: Target,
    max_requests: int | None,
    max_paid_jobs: int | None,
    *,
    machine: int = 0,
) -> Plan:
    from pixelpact.contract_tests.reports.leftovers import damaged_text
    from pixelpact.contract_tests.runs.plan import make_plan

    left = _leftovers(target)
    for line in damaged_text(left):
        ERR.print(plain(line), style="yellow")
    return make_plan(
        items,
        available=target.available,
        profile_given=target.given is not None,
        max_requests=max_requests,
        max_paid_jobs=max_paid_jobs,
        leftovers=left.requests,
        machine_runs=machine,
    )


def _leftovers(target: Target) -> Leftovers:
    """What ended runs have left at the API."""
    from pixelpact.contract_tests.runs.leftovers import leftovers

    try:
        return leftovers(target.base_url, target.keys.values())
    except OSError as error:
        raise Refused(f"can't read the files of earlier runs: {error.strerror} ({error.filename})") from None


def _print_plan(made_plan: Plan, target: Target) -> None:
    from pixelpact.contract_tests.reports.leftovers import other_keys_text
    from pixelpact.contract_tests.reports.terminal import plan_text

    for line in (*plan_text(made_plan), *other_keys_text(_leftovers(target), base_url=target.shown_url)):
        OUT.print(plain(line))


def _run(
    made_plan: Plan, target: Target, *, rate: float | None, max_time: float | None, machine: int = 0
) -> Outcome:
    """The outcome of a plan, with its progress on the terminal."""
    from pixelpact.contract_tests.client.budget import Limits
    from pixelpact.contract_tests.client.errors import BudgetSpent, ServerUnusable, UsageError
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
        except UsageError as error:
            raise Refused(str(error)) from None
        except OSError as error:
            raise Refused(f"the run ended early: {error}") from None


@contextmanager
def _progress(made_plan: Plan) -> Iterator[Callable[[Result, Spent], None]]:
    """A bar with the cost so far, where a person watches; red results are printed as they come."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from pixelpact.contract_tests.reports.terminal import cost_text

    columns = (BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        total = len(made_plan.items) + len(made_plan.lacking) + len(made_plan.beyond)
        task = bar.add_task("", total=total)

        def show(result: Result, spent: Spent) -> None:
            cost = cost_text(spent.requests, spent.paid_jobs)
            bar.update(task, advance=1, description=f"{cost}  {result.area}")
            if result.verdict.is_red and ERR.is_terminal:
                bar.console.print(f"[bold red]{result.verdict.value}[/]  {plain(result.id)}")

        yield show


def _report(
    outcome: Outcome,
    asked: Asked,
    target: Target,
    *,
    required: frozenset[str],
    verbose: bool,
    command: str = "check",
) -> int:
    """Print what a run has come to; the exit code."""
    from pixelpact.contract_tests.reports.leftovers import left_text
    from pixelpact.contract_tests.reports.summary import exit_code
    from pixelpact.contract_tests.reports.terminal import key_text, last_line, report

    found = report(outcome.results, repeat=asked.command, verbose=verbose)
    for line in (*found, *key_text(target, outcome.results)):
        OUT.print(plain(line))
    left = [*left_text(_leftovers(target), base_url=target.shown_url)]
    for line in ("", *left) if left else ():
        OUT.print(plain(line), style="bold yellow")
    OUT.print()
    line = last_line(
        outcome.results,
        command=command,
        base_url=target.shown_url,
        spent=outcome.spent,
        seconds=outcome.seconds,
    )
    OUT.print(plain(line), style="bold")
    return 130 if outcome.is_interrupted else exit_code(outcome.results, required=required)


def _report_cleaned(outcome: Outcome, target: Target) -> int:
    """Print what tidying has come to; the exit code."""
    from pixelpact.contract_tests.reports.leftovers import left_text, tidied_text
    from pixelpact.contract_tests.reports.summary import CONFORMS, DEVIATES

    OUT.print(tidied_text(outcome.tidied, requests=outcome.spent.requests))
    left = _leftovers(target)
    for line in left_text(left, base_url=target.shown_url):
        OUT.print(plain(line), style="bold yellow")
    if outcome.is_interrupted:
        return 130
    return DEVIATES if left else CONFORMS
