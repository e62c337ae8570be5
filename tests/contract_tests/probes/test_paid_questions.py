"""Probes with jobs of their own: on a server with other answers, exactly those are named."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pixelpact.contract_tests.client.budget import Limits
from pixelpact.contract_tests.runs.plan import EXTRA_READS, SURPRISES, make_plan, needs_of, steps_of
from pixelpact.contract_tests.runs.run import Run
from pixelpact.contract_tests.runs.selection import all_items
from pixelpact.contract_tests.runs.session import Target, session
from pixelpact.contract_tests.runs.state import RunFiles
from pixelpact.contract_tests.suite.items import Probe
from pixelpact.contract_tests.suite.results import Result, Verdict
from pixelpact.mockserver import Server, Settings
from pixelpact.schema import Profile, headers, ledger
from tests.contract_tests.suite import KEYS, results_of, with_their_probes
from tests.samples import sampled
from tests.wrong_servers import Change, Traffic, rewriting

_MODULES = {
    "archives",
    "callbacks",
    "credits",
    "downloads",
    "lifecycle",
    "pages",
    "passwords",
    "pictures",
    "prompts",
    "retention",
}
PROBES = [
    item
    for item in all_items()
    if isinstance(item, Probe) and item.ask.__module__.rpartition(".")[2] in _MODULES
]
ENTRIES = {probe.entry for probe in PROBES}
OTHER_ANSWERS = [
    (entry.id, answer) for entry in ledger().values() for answer in entry.choices if answer != entry.default
]
SECRET = "sesame"
#: What a server must be given so that some questions can be asked, and what the run is told of it.
GIVEN: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "overdraft": ({"credits": 2}, {"few_credits": True}),
    "retry-after": ({"max_concurrent": 1}, {"concurrency_limit": True}),
}
#: The questions that an answer hides.
HIDDEN = {
    ("conversions-times-inputs", "pairs"): {"several-results", "archive-format"},
    ("pictures-per-job", "one"): {"several-results", "archive-format"},
    ("several-results", "files"): {"archive-format"},
    ("seed-repeats", "never"): {"default-settings"},
    ("callback-signature", "never"): {"signature-aliases"},
}


def observed(folder: Path, answers: Mapping[str, str], **settings: Any) -> list[Result]:
    """What the probes see of a server with these answers."""
    given = {"callback_secret": SECRET, "profile": Profile(answers), **settings}
    return results_of(folder, PROBES, settings=given, secret=SECRET)


def changed(results: list[Result]) -> dict[str, str]:
    return {one.id.removeprefix("ledger/"): one.answer for one in results if one.verdict is Verdict.CHANGED}


def unclear(results: list[Result]) -> set[str]:
    return {one.id.removeprefix("ledger/") for one in results if one.verdict is Verdict.NOT_CONCLUSIVE}


def wrong(results: list[Result]) -> list[Result]:
    allowed = {Verdict.HOLDS, Verdict.CHANGED, Verdict.NOT_CONCLUSIVE, Verdict.NOT_ASKED}
    return [one for one in results if one.verdict not in allowed]


def test_they_cost_what_they_say(tmp_path: Path) -> None:
    with Server(Settings(pace="instant", callback_secret=SECRET)) as server:
        target = Target(server.base_url, *KEYS, secret=SECRET, given=Profile())
        plan = make_plan(PROBES, available=target.available)
        limits = Limits(plan.cost.requests, plan.cost.paid_jobs)
        with session(target, limits, RunFiles(tmp_path, "run")) as context:
            results = list(Run(context, plan, profile_given=True).results())
            assert context.api.budget is not None
            spent = context.api.budget.spent()

    assert {one.verdict for one in results} == {Verdict.HOLDS, Verdict.NOT_ASKED}
    assert spent.requests + spent.kept_back == plan.cost.requests - EXTRA_READS - SURPRISES.requests
    assert spent.paid_jobs == plan.cost.paid_jobs
    assert (plan.cost.requests - EXTRA_READS - SURPRISES.requests, plan.cost.paid_jobs) < (130, 24)


@pytest.mark.undocumented
@pytest.mark.parametrize(("entry", "answer"), sampled(OTHER_ANSWERS, 5))
def test_another_answer_is_named_and_nothing_else(tmp_path: Path, entry: str, answer: str) -> None:
    results = observed(tmp_path, {entry: answer})

    named = {entry: answer} if entry in ENTRIES - GIVEN.keys() else {}
    assert (wrong(results), changed(results)) == ([], named)
    assert unclear(results) == HIDDEN.get((entry, answer), set())


@pytest.mark.parametrize("entry", GIVEN)
@pytest.mark.parametrize("is_default", [True, False])
def test_what_a_server_must_be_given_something_for(tmp_path: Path, entry: str, is_default: bool) -> None:
    settings, told = GIVEN[entry]
    other = next(answer for answer in ledger()[entry].choices if answer != ledger()[entry].default)
    answers = {} if is_default else {entry: other}

    results = results_of(tmp_path, PROBES, settings={**settings, "profile": Profile(answers)}, **told)

    assert (wrong(results), changed(results)) == ([], answers)
    assert entry not in unclear(results)


@pytest.mark.undocumented
@pytest.mark.parametrize(
    "answers",
    sampled(
        [
            {"conversions-times-inputs": "pairs", "pictures-per-job": "one"},
            {"conversions-times-inputs": "pairs", "single-archived": "always"},
            {"callback-canceled": "never", "callback-past": "told"},
            {"callback-past": "told", "staged-status": "incomplete"},
            {"callback-redirect": "retry", "callback-spacing": "constant"},
            {"download-limit": "unlimited", "gone-status": "disabled"},
            {"output-retention": "1-hour", "job-retention": "24-hours"},
            {"cancel-running": "refuse", "concurrent-jobs": "five"},
            {"picture-format": "webp", "default-settings": "detailed"},
            {"default-size": "512x512", "single-side": "default"},
            {
                "cloud-without-credentials": "accept",
                "cloud-trouble": "17",
                "message-source-field": "idSource",
            },
            {"password-list": "exact", "password-cookie": "header", "download-password-refused": "403"},
            {"counted-downloads": "head", "download-limit": "unlimited"},
            {"prompt-inputs": "all", "pictures-per-job": "one"},
            {"history-order": "newest-first", "processing-word": "running", "pending-status": "shown"},
            {"single-archived": "always", "archive-format": "tar"},
        ],
        6,
    ),
    ids=" ".join,
)
def test_answers_that_interact_are_all_named(tmp_path: Path, answers: dict[str, str]) -> None:
    results = observed(tmp_path, answers)

    named = {entry: answer for entry, answer in answers.items() if entry in ENTRIES}
    assert (wrong(results), changed(results)) == ([], named)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.entry)
def test_they_need_what_the_ledger_says(probe: Probe) -> None:
    needs = {need.name.lower().replace("_", "-") for need in needs_of(probe)}
    is_paid = bool(probe.cost.paid_jobs) or any(step.cost.paid_jobs for step in steps_of(probe.uses))

    assert sorted(needs) == sorted(ledger()[probe.entry].needs)
    assert ledger()[probe.entry].cost == ("paid" if is_paid else "free")


def status(code: int) -> Change:
    def change(answer: Traffic) -> None:
        answer.status = code

    return change


def in_output(name: str, value: object) -> Change:
    """Another value of a field of each output of a job."""

    def change(answer: Traffic) -> None:
        job = answer.json
        for output in job.get("output", ()):
            output[name] = value
        answer.json = job

    return change


def in_job(name: str, value: object) -> Change:
    def change(answer: Traffic) -> None:
        answer.json = {**answer.json, name: value}

    return change


def spaceless(request: Traffic) -> None:
    """The server does not find passwords in lists."""
    given = dict(request.headers).get(headers().download_password[0].lower(), "")
    request.set_header(headers().download_password[0], given if "," not in given else "none")


def shortened(answer: Traffic) -> None:
    """Listings end after 20 rows."""
    answer.json = answer.json[:20]


def wide(request: Traffic) -> None:
    """A width is taken for another one."""
    body = json.loads(request.body)
    for conversion in body["conversion"]:
        if "width" in conversion["options"]:
            conversion["options"]["width"] = conversion["options"]["width"] + 8
    request.json = body


@pytest.mark.parametrize(
    ("entry", "wrong_server", "word"),
    [
        ("late-input", rewriting("addInput", answer=status(418)), "418"),
        ("cancel-ended", rewriting("cancelJob", answer=status(403)), "403"),
        ("restart-ended", rewriting("updateJob", answer=status(400)), "400"),
        ("spent", rewriting("getJob", answer=in_job("spent", 77)), "`spent` 77"),
        ("checksum", rewriting("getJob", answer=in_output("checksum", "none")), "`checksum` 'none'"),
        ("password-list", rewriting("downloadOutput", request=spaceless), "list"),
        ("paged-listings", rewriting("listInputs", answer=shortened), "lists 20 of 51 inputs"),
        ("single-side", rewriting("createJob", request=wide), "`width` 96"),
        ("fractional-pixels", rewriting("createJob", request=wide), "`width` 64.5"),
        ("counted-downloads", rewriting("getOutput", answer=in_job("downloads_counter", 9)), "counter"),
        ("gone-status", rewriting("getOutput", answer=in_job("status", "lost")), "'lost'"),
        ("unknown-encoding", rewriting("downloadOutput", answer=status(500)), "500"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_an_answer_that_is_none_of_the_choices_is_unknown(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: str,
    wrong_server: Callable[[pytest.MonkeyPatch], None],
    word: str,
) -> None:
    wrong_server(monkeypatch)

    results = results_of(tmp_path, with_their_probes([f"ledger/{entry}"]))

    (result,) = (one for one in results if one.id == f"ledger/{entry}")
    assert result.verdict is Verdict.UNKNOWN
    assert word in result.what


def in_each_body(answer: Traffic) -> None:
    answer.body = b"<html>"


@pytest.mark.parametrize(
    "wrong_server",
    [
        rewriting("getJob", answer=in_job("output", None)),
        rewriting("getJob", answer=in_job("conversion", None)),
        rewriting("getJob", answer=in_job("input", [])),
        rewriting("getJob", answer=in_output("uri", None)),
        rewriting("getJob", answer=in_output("source", None)),
        rewriting("createJob", answer=in_each_body),
        rewriting("createPreset", answer=in_each_body),
        rewriting("getJob", answer=status(500)),
    ],
    ids=["output", "conversion", "input", "uri", "source", "html", "preset", "500"],
)
def test_what_lacks_something_is_not_conclusive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong_server: Callable[[pytest.MonkeyPatch], None]
) -> None:
    wrong_server(monkeypatch)

    results = results_of(tmp_path, PROBES)

    assert (wrong(results), changed(results)) == ([], {})
    assert unclear(results)


@pytest.mark.parametrize(
    ("operation", "refused"), [("createPreset", "preset-precedence"), ("createJob", "fractional-pixels")]
)
def test_what_is_refused_as_invalid_leaves_the_other_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, refused: str
) -> None:
    def strict(request: Traffic) -> None:
        if b"64.5" in request.body or operation == "createPreset":
            request.body = b'{"conversion": 1}'

    rewriting(operation, request=strict)(monkeypatch)

    results = results_of(tmp_path, with_their_probes([f"ledger/{refused}", "ledger/ratio-sizes"]))

    assert {one.id: one.verdict for one in results} == {
        f"ledger/{refused}": Verdict.NOT_CONCLUSIVE,
        "ledger/ratio-sizes": Verdict.HOLDS,
    }
