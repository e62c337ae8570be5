"""Free probes name what is none of the choices, and judge no answer that they can't read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pixelpact.contract_tests.suite.foreign_access import READS
from pixelpact.contract_tests.suite.results import Verdict
from tests.contract_tests.probes.test_free_probes import quick_probes
from tests.contract_tests.suite import results_of, with_their_probes
from tests.samples import sampled
from tests.wrong_servers import Change, Traffic, rewriting

_Server = Callable[[pytest.MonkeyPatch], None]


def status(code: int) -> Change:
    """An answer with another status."""

    def change(answer: Traffic) -> None:
        answer.status = code

    return change


def only(word: str, change: Change) -> Change:
    """A change of answers to requests that have this word in their body or path."""

    def maybe(answer: Traffic) -> None:
        request = answer.request
        if request is not None and word in request.body.decode(errors="replace") + request.path:
            change(answer)

    return maybe


def body(value: object) -> Change:
    """An answer 200 with this body."""

    def change(answer: Traffic) -> None:
        answer.status, answer.body = 200, json.dumps(value).encode()

    return change


def field(name: str, value: object, *path: str | int) -> Change:
    """An answer with another value of a field, which is below `path`."""

    def change(answer: Traffic) -> None:
        document: Any = answer.json
        place = document
        try:
            for step in path:
                place = place[step]
            place[name] = value
        except (LookupError, TypeError):
            return
        answer.json = document

    return change


def without(name: str) -> Change:
    """A refusal that lacks a field."""

    def change(answer: Traffic) -> None:
        if answer.status >= 400:
            answer.json = {key: value for key, value in answer.json.items() if key != name}

    return change


def replaced(names: tuple[str, ...], value: object) -> Change:
    """An answer in which these fields have another value wherever they are."""

    def changed(document: Any) -> Any:
        if isinstance(document, list):
            return [changed(item) for item in document]
        if isinstance(document, dict):
            return {key: value if key in names else changed(item) for key, item in document.items()}
        return document

    def change(answer: Traffic) -> None:
        answer.json = changed(answer.json)

    return change


def lost(answer: Traffic) -> None:
    """Chunks are answered with 500, and inputs are not listed."""
    body([])(answer) if answer.operation == "listInputs" else status(500)(answer)


def again(code: int) -> Change:
    """A second cancellation of a job that is answered with this status."""
    seen: set[str] = set()

    def change(answer: Traffic) -> None:
        path = answer.request.path if answer.request else ""
        if path in seen:
            answer.status = code
        seen.add(path)

    return change


@pytest.mark.undocumented
@pytest.mark.parametrize(
    ("entry", "wrong_server", "word"),
    sampled(
        [
            ("invalid-request", rewriting("createJob", answer=only("-7", status(500))), "(width)"),
            ("invalid-request", rewriting("updateJob", answer=only("notify_status", status(500))), "was 500"),
            ("invalid-key", rewriting("listJobs", answer=status(400)), "listJobs: was 400"),
            (
                "error-fields",
                rewriting("createJob", "updateJob", answer=without("message")),
                "has code, errors",
            ),
            (
                "error-texts",
                rewriting("createJob", answer=only("-7", field("width", 7, "errors"))),
                "'width'",
            ),
            ("error-codes", rewriting("createJob", "updateJob", answer=field("code", 17)), "code 17"),
            (
                "unknown-option",
                rewriting("addConversion", answer=only("additional", status(409))),
                "addConversion: was answered 409",
            ),
            ("trailing-newline", rewriting("addConversion", answer=only("sesame", status(500))), "password"),
            (
                "integral-number",
                rewriting("addConversion", answer=only('"seed"', status(400))),
                "option seed",
            ),
            (
                "numeric-text",
                rewriting("addConversion", answer=only('"height"', status(409))),
                "option height",
            ),
            ("unknown-target", rewriting("addConversion", answer=status(404)), "target: was answered 404"),
            (
                "duplicate-keys",
                rewriting("addConversion", answer=field("width", 128, "options")),
                "shows 128",
            ),
            ("omitted-category", rewriting("addConversion", answer=field("category", "image")), "'image'"),
            ("ratio-with-style", rewriting("addConversion", answer=status(500)), "aspect_ratio"),
            ("ratio-with-style", rewriting("createJob", answer=only("4:5", status(400))), "all pairs"),
            (
                "shown-defaults",
                rewriting("createJob", "listJobs", answer=replaced(("options",), {"cfg_scale": 7})),
                "shows cfg_scale",
            ),
            (
                "secret-options",
                rewriting("createJob", answer=field("download_password", "open", "conversion", 0, "options")),
                "unmasked",
            ),
            ("empty-body", rewriting("createJob", answer=status(409)), "without a body"),
            (
                "unknown-field",
                rewriting("updateJob", answer=only("pixelpact_field", status(400))),
                "updateJob",
            ),
            ("remote-source", rewriting("addInput", answer=only("ftp", status(201))), "ftp://"),
            ("base64-field", rewriting("addInput", answer=status(409)), "content: was answered 409"),
            (
                "timestamps",
                rewriting(
                    "createJob", "listHistory", answer=replaced(("created_at", "modified_at"), "today")
                ),
                '"today"',
            ),
            (
                "empty-objects",
                rewriting("createJob", answer=replaced(("metadata", "credentials"), "")),
                "metadata",
            ),
            ("limits-field", rewriting("createJob", answer=field("limits", 7)), "limits of a job: is 7"),
            ("foreign-job", rewriting(*READS, answer=status(200)), "getJob: was answered 200"),
            ("foreign-token", rewriting(*READS, answer=status(403)), "listHistory: was answered 403"),
            (
                "presets-without-key",
                rewriting("updatePreset", "removePreset", answer=status(200)),
                "updatePreset",
            ),
            ("uploads-without-credentials", rewriting("uploadFile", answer=status(409)), "uploadFile"),
            (
                "upload-status",
                rewriting("uploadBase64", answer=status(202)),
                "uploadBase64: was answered 202",
            ),
            ("upload-answer", rewriting("uploadFile", "uploadBase64", answer=body({"id": 7})), "the id 7"),
            ("upload-name-synonym", rewriting("listInputs", answer=body([])), "named.txt"),
            ("own-header-aliases", rewriting("uploadFile", "listInputs", answer=lost), "two chunks"),
            ("staged-status", rewriting("createJob", answer=field("code", "queued", "status")), '"queued"'),
            ("start-without-input", rewriting("updateJob", answer=status(400)), "was answered 400"),
            ("read-canceled", rewriting("getJob", answer=field("code", "ready", "status")), "'ready'"),
            ("cancel-canceled", rewriting("cancelJob", answer=again(400)), "was answered 400"),
            ("empty-listing", rewriting("listJobs", answer=status(404)), "without jobs: was answered 404"),
            ("page-past-end", rewriting("listJobs", answer=status(400)), "page 1000000: was answered 400"),
            ("no-match", rewriting("listJobs", answer=status(400)), "downloading, which no job has"),
            ("listed-statuses", rewriting("listStatuses", answer=body([{"code": "ready"}])), "['ready']"),
            ("empty-catalogue", rewriting("listConversions", answer=status(404)), "target: was answered 404"),
            ("limit-words", rewriting("listConversions", answer=body([{"options": {}}])), "no limits"),
            (
                "contracts-shape",
                rewriting("getContracts", answer=body({"credits_bought": 1000000})),
                "an object",
            ),
            ("contract-unit", rewriting("getContracts", answer=body([{"euros_bought": 1000000}])), "euros"),
            (
                "wrong-stats-date",
                rewriting("getDayStats", answer=status(404)),
                "2026-02-31: was answered 404",
            ),
            ("public-scope", rewriting("createPreset", answer=field("scope", "public")), "'public'"),
            ("omitted-scope", rewriting("createPreset", answer=field("scope", "public")), "'public'"),
            ("idempotency-conflict", rewriting("createJob", answer=only('"seed":3', status(400))), "another"),
        ],
        20,
    ),
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_an_answer_that_is_none_of_the_choices_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, wrong_server: _Server, word: str
) -> None:
    wrong_server(monkeypatch)

    results = results_of(tmp_path, with_their_probes([f"ledger/{entry}"]))

    (result,) = (one for one in results if one.id == f"ledger/{entry}")
    assert (result.verdict, result.answer) == (Verdict.UNKNOWN, "")
    assert word in result.what
    assert "the choices are" in result.what


@pytest.mark.undocumented
@pytest.mark.parametrize(
    ("entry", "wrong_server"),
    [
        ("error-fields", rewriting("createJob", answer=only("-7", body({"error": "no"})))),
        ("error-codes", rewriting("createJob", answer=only("-7", field("code", 17)))),
        (
            "shown-defaults",
            rewriting("createJob", answer=only("sesame", field("options", {}, "conversion", 0))),
        ),
        ("timestamps", rewriting("createJob", answer=field("created_at", "today"))),
        ("empty-objects", rewriting("createJob", answer=field("metadata", [], "input", 0))),
        ("limits-field", rewriting("createJob", answer=only("sesame", field("limits", {})))),
        ("upload-answer", rewriting("uploadFile", answer=body({"id": 7}))),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_one_odd_brother_fools_no_probe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, wrong_server: _Server
) -> None:
    wrong_server(monkeypatch)

    results = results_of(tmp_path, with_their_probes([f"ledger/{entry}"]))

    assert {one.verdict for one in results} == {Verdict.HOLDS}


_OPERATIONS = (
    "createJob",
    "updateJob",
    "getJob",
    "cancelJob",
    "listJobs",
    "listHistory",
    "listInputs",
    "addConversion",
    "addInput",
    "uploadFile",
    "uploadBase64",
    "listConversions",
    "createPreset",
    "updatePreset",
    "getDayStats",
)


@pytest.mark.undocumented
@pytest.mark.parametrize("value", [None, [], {}, 7, [None], [[]], {"id": 7, "options": 7, "status": 7}, "{"])
def test_no_body_breaks_a_probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: object) -> None:
    rewriting(*_OPERATIONS, answer=body(value))(monkeypatch)

    found = results_of(tmp_path, quick_probes())

    assert [one for one in found if "reading it failed" in one.what] == []
    assert len([one for one in found if one.verdict is Verdict.NOT_CONCLUSIVE]) > len(found) // 3


@pytest.mark.undocumented
def test_a_text_in_place_of_json_breaks_no_probe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def html(answer: Traffic) -> None:
        answer.body = b"<html>"

    rewriting(*_OPERATIONS, answer=html)(monkeypatch)

    assert [one for one in results_of(tmp_path, quick_probes()) if "reading it failed" in one.what] == []
