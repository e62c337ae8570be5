"""A run gives each check and probe its verdict; nothing that a server answers can break it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pixelpact.contract_tests.client.budget import Limits
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.reports.summary import Group
from pixelpact.contract_tests.reports.terminal import finding_text
from pixelpact.contract_tests.runs.plan import make_plan
from pixelpact.contract_tests.runs.run import Run
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.runs.session import Target, session
from pixelpact.contract_tests.runs.state import RunFiles
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Check, Cost, Item, Probe, Step
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.contract_tests.suite.steps import refused_option
from pixelpact.schema import Profile
from tests.contract_tests.suite import KEYS, results_of
from tests.hostile_servers import Answer, cut_off, plain, serving
from tests.samples import sampled


def check(verify: Callable[[Context], None], **facts: Any) -> Check:
    """A check that is not registered."""
    known = {
        "id": "area/one",
        "operation": "createJob",
        "rule": "it is so",
        "source": "a document",
        "cost": Cost(9),
    }
    return Check(**{**known, "verify": verify, **facts})


def probe(ask: Callable[[Context], str], entry: str = "error-codes", **facts: Any) -> Probe:
    """A probe that is not registered."""
    return Probe(**{"entry": entry, "operation": "createJob", "ask": ask, "cost": Cost(9), **facts})


def verdicts(folder: Path, *items: Item, **options: Any) -> list[Result]:
    """What becomes of these items at a mock server."""
    return results_of(folder, items, **options)


def broken(context: Context) -> None:
    """Break the contract."""
    raise refused_option(context).broken("must be otherwise")


def test_a_check_holds_or_breaks(tmp_path: Path) -> None:
    held, failed = verdicts(
        tmp_path, check(lambda _: None), check(broken, id="area/two", uses=(refused_option,))
    )

    assert held.verdict is Verdict.HOLDS
    assert (failed.verdict, failed.what, failed.rule) == (Verdict.BREAKS, "must be otherwise", "it is so")
    assert failed.exchange is not None
    assert failed.exchange.status == 400
    assert failed.exchange.curl.startswith("curl")


def test_a_finding_names_one_operation(tmp_path: Path) -> None:
    (failed,) = verdicts(tmp_path, check(broken, operation="downloadOutput", uses=(refused_option,)))

    first = [*finding_text(Group((failed,)), repeat="again")][1]
    assert first == "  createJob must be otherwise"


@pytest.mark.parametrize(
    ("profile_given", "answer", "verdict"),
    [
        (False, "status", Verdict.LEARNED),
        (False, "zero", Verdict.LEARNED),
        (True, "status", Verdict.HOLDS),
        (True, "zero", Verdict.CHANGED),
    ],
)
def test_an_answer_is_learned_or_changed(
    tmp_path: Path, profile_given: bool, answer: str, verdict: Verdict
) -> None:
    (result,) = verdicts(tmp_path, probe(lambda _: answer), profile_given=profile_given)

    assert (result.verdict, result.answer) == (verdict, answer)


def test_a_learned_answer_says_where_it_contradicts_a_document(tmp_path: Path) -> None:
    (result,) = verdicts(tmp_path, probe(lambda _: "403", entry="invalid-key"), profile_given=False)

    assert "a document says 401" in result.what


def test_an_answer_that_is_none_of_the_choices_is_red_also_without_a_profile(tmp_path: Path) -> None:
    def ask(context: Context) -> str:
        return context.which("invalid-request", 418, refused_option(context))

    (result,) = verdicts(
        tmp_path, probe(ask, entry="invalid-request", uses=(refused_option,)), profile_given=False
    )

    assert result.verdict is Verdict.UNKNOWN
    assert result.verdict.is_red
    assert "418" in result.what
    assert "400 or 422" in result.what


def test_what_builds_on_an_unknown_answer_is_not_conclusive(tmp_path: Path) -> None:
    def ask(context: Context) -> str:
        raise context.unknown("error-codes", "was odd", refused_option(context))

    unknown, dependent, free = verdicts(
        tmp_path,
        probe(ask, uses=(refused_option,)),
        check(broken, depends=("error-codes",)),
        check(lambda _: None, id="area/free"),
    )

    assert unknown.verdict is Verdict.UNKNOWN
    assert (dependent.verdict, dependent.what) == (
        Verdict.NOT_CONCLUSIVE,
        "depends on error-codes, which is not known",
    )
    assert free.verdict is Verdict.HOLDS


def test_a_question_that_another_answer_hides_names_it(tmp_path: Path) -> None:
    _, hidden = verdicts(
        tmp_path,
        probe(lambda _: "message", entry="error-fields"),
        probe(lambda _: "zero", hidden_by={"error-fields": frozenset({"message"})}),
    )

    assert (hidden.verdict, hidden.what) == (Verdict.NOT_CONCLUSIVE, "hidden by error-fields: message")


def test_checks_expect_what_was_observed(tmp_path: Path) -> None:
    seen: list[str] = []

    verdicts(
        tmp_path,
        probe(lambda _: "zero"),
        check(lambda context: seen.append(context.profile["error-codes"])),
    )

    assert seen == ["zero"]


def test_the_first_surprise_ends_its_kind(tmp_path: Path) -> None:
    first, second, other = verdicts(
        tmp_path,
        check(broken, kind="width-maximum"),
        check(broken, id="area/two", kind="width-maximum"),
        check(broken, id="area/three", kind="height-maximum"),
    )

    assert (first.verdict, other.verdict) == (Verdict.BREAKS, Verdict.BREAKS)
    assert second.verdict is Verdict.NOT_CONCLUSIVE
    assert "area/one" in second.what


def test_a_step_that_fails_is_one_finding(tmp_path: Path) -> None:
    step = Step("a.step", "a step is taken", broken, Cost(1), (refused_option,))
    checks = [check(step, id=f"area/{number}", uses=(step,)) for number in range(3)]  # type: ignore[arg-type]

    results = verdicts(tmp_path, *checks)

    assert [result.verdict for result in results] == [Verdict.BREAKS, *[Verdict.NOT_CONCLUSIVE] * 2]
    assert results[0].rule == "a step is taken"
    assert "a step is taken" in results[1].what


@pytest.mark.parametrize(
    "error", [KeyError("id"), TypeError("x"), ValueError("x"), AttributeError("x"), RecursionError()]
)
def test_an_answer_that_can_not_be_read_is_a_finding(tmp_path: Path, error: Exception) -> None:
    def verify(context: Context) -> None:
        refused_option(context)
        raise error

    (result,) = verdicts(tmp_path, check(verify, uses=(refused_option,)))

    assert result.verdict is Verdict.BREAKS
    assert type(error).__name__ in result.what
    assert result.exchange is not None
    assert "curl" in result.exchange.curl


def test_what_does_not_tell_is_not_conclusive(tmp_path: Path) -> None:
    def verify(_: Context) -> None:
        raise NotConclusive("there is no job to look at")

    (result,) = verdicts(tmp_path, check(verify))

    assert (result.verdict, result.what) == (Verdict.NOT_CONCLUSIVE, "there is no job to look at")


def surrogates(body: bytes) -> bytes:
    """The body, with a lone surrogate in each of its texts."""
    return body.replace(b'"id"', b'"id": "\\ud800", "was"')


HOSTILE = {
    "empty objects": plain(200, b"{}"),
    "created with nothing": plain(201, b"{}"),
    "null": plain(200, b"null"),
    "numbers": plain(201, b'{"id": 7, "token": 7, "server": 7, "status": 7, "output": 7, "conversion": 7}'),
    "texts": plain(201, b'{"id": "x", "token": "x", "server": "x", "status": "x", "output": "x"}'),
    "surrogates": plain(
        201, b'{"id": "\\ud800", "token": "\\ud800", "message": "\\ud800", "errors": "\\ud800"}'
    ),
    "deep": plain(200, b"[" * 100_000),
    "10 MB": plain(201, b'{"id": "x", "more": "' + b"y" * 10_000_000 + b'"}'),
    "latin-1": plain(200, b'{"message": "\xe9"}'),
    "cut off": cut_off,
    "500": plain(500, b"<h1>", content_type="text/html"),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_that_a_server_answers_breaks_a_run(
    tmp_path: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pixelpact.contract_tests.runs.preflight.look", lambda _: None)
    with serving(answer) as base_url:
        target = Target(base_url, *KEYS, given=Profile())
        items = sampled(all_items(), 80)
        plan = make_plan(items, available=target.available)
        limits = Limits(plan.cost.requests, plan.cost.paid_jobs)
        with session(target, limits, RunFiles(tmp_path, "run")) as context:
            context.sleep = lambda _: None
            results = list(Run(context, plan, profile_given=True).results())

    assert len(results) == len(items)
    red = [result for result in results if result.verdict.is_red]
    assert red
    for result in red:
        assert result.rule
        assert result.source
        (result.what + str(result.exchange)).encode()  # can be written to any file
        if result.exchange is not None:
            assert "curl" in result.exchange.curl or "no request can be made" in result.exchange.curl
