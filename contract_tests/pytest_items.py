"""The checks and probes as pytest items. One run answers them all, whatever their order.

In one process, an item is asked when its turn comes, after those that come before it in the plan. The
processes of pytest-xdist share a run: the first that is asked for an item asks all of them, the others read
its results.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from typing import Any

import pytest
from filelock import FileLock, Timeout

from pixelpact.contract_tests.client.budget import Budget, Limits, Spent
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import ContractTestsError, ServerUnusable, UsageError
from pixelpact.contract_tests.client.findings import RedactedExchange
from pixelpact.contract_tests.reports.leftovers import damaged_text, left_text
from pixelpact.contract_tests.reports.summary import NOTHING_ASKED, UNUSABLE, Group
from pixelpact.contract_tests.reports.terminal import finding_text, key_text, last_line, learned_text
from pixelpact.contract_tests.runs import preflight
from pixelpact.contract_tests.runs.leftovers import Leftovers, leftovers
from pixelpact.contract_tests.runs.plan import make_plan
from pixelpact.contract_tests.runs.request import Asked, check_limits, chosen
from pixelpact.contract_tests.runs.run import Run
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.runs.session import end_run, session
from pixelpact.contract_tests.runs.state import files_of, new_run_id
from pixelpact.contract_tests.runs.tidying import Things
from pixelpact.contract_tests.suite.results import Result, Verdict

#: How long a process of pytest-xdist waits for the one that asks.
_PATIENCE_S = 3600.0
_PREFIX = "--pixelpact-"
_LIMITS = ("max_requests", "max_paid_jobs", "rate", "max_time")
_WITHOUT_PLUGIN = (
    "The contract tests need the pytest plugin of pixelpact: leave out `-p no:pixelpact`, or add "
    "`-p pixelpact.pytest_plugin` where plugins are not loaded by themselves."
)
_WITHOUT_URL = (
    "The contract tests need the URL of an API: --pixelpact-base-url http://127.0.0.1:8010/v2 "
    "(`pixelpact serve` starts one there)"
)


class ContractFile(pytest.File):
    """All checks and probes."""

    def collect(self) -> Iterator[pytest.Item]:
        """An item for each."""
        for item in all_items():
            yield ContractItem.from_parent(self, name=item.id)


class ContractItem(pytest.Item):
    """A check or probe: passes where it holds or was learned, is skipped where it was not asked."""

    def runtest(self) -> None:
        """Report what became of it."""
        run = self.config.stash.get(_SHARED_RUN, None)
        if run is None:
            raise _Red(_WITHOUT_PLUGIN)
        try:
            result = run.result(self.name)
        except (UsageError, OSError) as error:  # in a process of pytest-xdist, or later than at the start
            raise _Red(str(error)) from None
        if result.verdict.is_red:
            raise _Red("\n".join(finding_text(Group((result,)), repeat=run.repeat)))
        if result.verdict not in (Verdict.HOLDS, Verdict.LEARNED):
            pytest.skip(f"{result.verdict.value}: {result.what}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002  # the signature of pytest
        """The finding, without a traceback; a traceback is without arguments and locals: they hold keys."""
        if isinstance(excinfo.value, _Red):
            return str(excinfo.value)
        return excinfo.getrepr(style="short", showlocals=False)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """The file, and the id."""
        return self.path, None, self.name


class _Red(ContractTestsError):
    """A check or probe that fails the run."""


class SharedRun:
    """The run that all items of a pytest session share."""

    def __init__(self, config: pytest.Config, asked: Asked, run_id: str, *, is_shared: bool) -> None:
        self.target = asked.target(run_id)
        self.files = files_of(self.target.base_url, run_id)
        self.results: dict[str, Result] = {}
        self.repeat = asked.command
        self._config = config
        self._is_shared = is_shared
        self._plan = make_plan((), available=())
        self._run: Run | None = None
        self._open = ExitStack()
        self._begin = time.monotonic()
        self.spent = Spent()
        self.tidied = Things()
        self.seconds = 0.0
        #: What earlier runs have left, and after the end, what is left at all.
        self.before = self.left = Leftovers()

    @property
    def limits(self) -> Limits:
        """What the plan costs, and the limits of time that were given."""
        return Limits(
            self._plan.cost.requests,
            self._plan.cost.paid_jobs,
            _option(self._config, "rate"),
            _option(self._config, "max_time"),
        )

    def plan(self, ids: list[str]) -> None:
        """Plan to ask these items."""
        self.before = leftovers(self.target.base_url, self.target.keys.values())
        self._plan = make_plan(
            chosen(ids),
            available=self.target.available,
            profile_given=self.target.given is not None,
            max_requests=_option(self._config, "max_requests"),
            max_paid_jobs=_option(self._config, "max_paid_jobs"),
            leftovers=self.before.requests,
        )

    def result(self, item_id: str) -> Result:
        """What became of an item; asks it, if nobody has."""
        if item_id not in self.results:
            if self._is_shared:
                self._share()
            else:
                self._ask(item_id)
        return self.results[item_id]

    def look(self) -> None:
        """Look at the server before the other processes start; from then on the run lives."""
        self._open.enter_context(self.files.held(is_shared=True))
        api = ApiClient(
            self.target.base_url, self.target.api_key, budget=Budget(self.limits, self.files.budget)
        )
        with _exit_if_unusable():
            preflight.look(api)
        api.close()

    def finish(self) -> None:
        """Tidy up, and remove the files of the run; of a shared run, read the results before."""
        if self._is_shared:
            self._read_results()
            with suppress(Timeout):
                self.spent = end_run(self.target, self.limits, self.files)
        self._open.close()
        self.seconds = time.monotonic() - self._begin
        self.left = leftovers(self.target.base_url, self.target.keys.values())

    def _ask(self, item_id: str) -> None:
        """Ask the items of the plan up to this one: later ones may change what earlier ones look at."""
        if self._run is None:
            with _exit_if_unusable():
                context = self._open.enter_context(
                    session(self.target, self.limits, self.files, account=self)
                )
            self._run = Run(context, self._plan, profile_given=self.target.given is not None)
            self._keep(self._run.not_asked())
        for item in self._plan.items:
            if item.id not in self.results:
                self._keep([self._run.ask(item)])
            if item.id == item_id:
                return

    def _share(self) -> None:
        """Read the results of the process that asks all items; be that process, if there is none."""
        with FileLock(f"{self.files.results}.lock", timeout=_PATIENCE_S):
            self._read_results()
            missing = [item for item in self._plan.items if item.id not in self.results]
            if not missing:
                return
            with session(self.target, self.limits, self.files, look=False, keep_files=True) as context:
                run = Run(context, self._plan, profile_given=self.target.given is not None)
                context.observed.update(_observed(self.results))
                self._keep(run.not_asked())
                for item in missing:
                    self._keep([run.ask(item)])

    def _keep(self, results: Any) -> None:
        for result in results:
            self.results[result.id] = result
            if self._is_shared:
                with self.files.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(result) | {"verdict": result.verdict.value}) + "\n")

    def _read_results(self) -> None:
        if self._is_shared and self.files.results.exists():
            for line in self.files.results.read_text(encoding="utf-8").splitlines():
                with suppress(ValueError):  # the last line of a process that was killed
                    result = _result(json.loads(line))
                    self.results[result.id] = result


_SHARED_RUN = pytest.StashKey[SharedRun]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Report a missing plugin, URL or key in one line, instead of as an error of every check."""
    _start(session.config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a process of pytest-xdist that lacks the plugin, keep one item, to say so: no error may leave it."""
    if hasattr(config, "workerinput") and _lacks_plugin(config):
        own = [item for item in items if isinstance(item, ContractItem)]
        items[:] = [item for item in items if item not in own[1:]]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Plan to ask the collected items: those that were not deselected."""
    ids = [item.name for item in session.items if isinstance(item, ContractItem)]
    if ids and not (hasattr(session.config, "workerinput") and _lacks_plugin(session.config)):
        _start(session.config).plan(ids)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process of pytest-xdist which run it is part of."""
    node.workerinput["pixelpact_run"] = _start(node.config).files.run_id


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the run in the main process; a run that asked nothing is not a success."""
    run = session.config.stash.get(_SHARED_RUN, None)
    if run is None or hasattr(session.config, "workerinput"):
        return
    run.finish()
    asked = [result for result in run.results.values() if result.verdict not in _NOT_ASKED]
    if run.results and not asked and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = NOTHING_ASKED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was learned, and a last line with the cost."""
    run = config.stash.get(_SHARED_RUN, None)
    if run is None or not run.results:
        return
    results = list(run.results.values())
    learned = learned_text([result for result in results if result.verdict is Verdict.LEARNED])
    base_url = run.target.shown_url
    cost = last_line(results, base_url=base_url, spent=run.spent, seconds=run.seconds)
    left = left_text(run.left, base_url=base_url)
    for line in (*learned, *damaged_text(run.before), *left, *key_text(run.target, results), cost):
        terminalreporter.write_line(line)


def _start(config: pytest.Config) -> SharedRun:
    """The run of a session, made of its options at the first call.

    Raises:
        pytest.UsageError: the plugin, the URL or the key is missing, or an option makes no sense.
    """
    if _SHARED_RUN in config.stash:
        return config.stash[_SHARED_RUN]
    if _lacks_plugin(config):
        raise pytest.UsageError(_WITHOUT_PLUGIN)
    base_url = _option(config, "base_url")
    if not base_url:
        raise pytest.UsageError(_WITHOUT_URL)
    worker = getattr(config, "workerinput", {})
    is_shared = bool(worker) or config.getoption("numprocesses", default=None) not in (None, 0)
    run_id = worker.get("pixelpact_run") or new_run_id()
    try:
        check_limits(_PREFIX, **{name: _option(config, name) for name in _LIMITS})
        run = SharedRun(config, _asked(config, base_url), run_id, is_shared=is_shared)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_SHARED_RUN] = run
    if is_shared and not worker:
        run.look()
    return run


def _asked(config: pytest.Config, base_url: str) -> Asked:
    return Asked(
        base_url,
        _option(config, "api_key_env"),
        _option(config, "profile"),
        _option(config, "listener_url"),
        _option(config, "listener_port"),
        tuple(_option(config, "has") or ()),
        _PREFIX,
    )


_MISSING = object()


def _lacks_plugin(config: pytest.Config) -> bool:
    return config.getoption("--pixelpact-base-url", default=_MISSING) is _MISSING


_NOT_ASKED = (Verdict.NOT_ASKED, Verdict.NOT_REACHED, Verdict.NOT_CONCLUSIVE)


def _option(config: pytest.Config, name: str) -> Any:
    return config.getoption(f"pixelpact_{name}", default=None)


@contextmanager
def _exit_if_unusable() -> Iterator[None]:
    """End pytest with a message of a few lines, if nothing can be asked of the server."""
    try:
        yield
    except ServerUnusable as error:
        pytest.exit(str(error), returncode=UNUSABLE)
    except UsageError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)


def _observed(results: Mapping[str, Result]) -> dict[str, str]:
    """The answers that probes have seen, by entry."""
    return {
        name.removeprefix("ledger/"): result.answer
        for name, result in results.items()
        if result.answer and name.startswith("ledger/")
    }


def _result(row: Mapping[str, Any]) -> Result:
    exchange = RedactedExchange(**row["exchange"]) if row["exchange"] else None
    return Result(**{**row, "verdict": Verdict(row["verdict"]), "exchange": exchange})
