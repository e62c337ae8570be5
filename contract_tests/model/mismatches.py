"""Where an answer shows a job otherwise than the model has it. No text here repeats a token or a password."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pixelpact.contract_tests.model.job import (
    RANK,
    Conversion,
    Input,
    Job,
    Outcome,
    Output,
    made_of,
    outcome,
    possible_statuses,
    status_of,
)
from pixelpact.schema import JSONObject, Profile, find_conversion, statuses

#: Switches of a job.
FLAGS = ("process", "fail_on_input_error", "fail_on_conversion_error", "notify_status")
_RUN = ("completed", "failed")


def job_faults(job: Job, document: JSONObject, profile: Profile) -> Iterator[str]:
    """Where `document` is not the job."""
    code = status_of(document, profile)
    yield from status_faults(job, code, profile)
    for name in ("id", "server"):
        yield from _different(name, getattr(job, name), document[name])
    if document["token"] != job.token:
        yield "must keep its token"
    for name in FLAGS:
        yield from _different(name, job.flags[name], document[name])
    passwords = document["download_passwords"]
    yield from _different("number of download_passwords", len(job.passwords), len(passwords))
    if set(passwords) & set(job.passwords):
        yield "must not show download_passwords in clear"
    yield from _parts_faults(job, document, profile)
    result = outcome(job, profile) if code in _RUN else Outcome()
    id_field = profile.value("message-source-field")
    for name, expected in (("errors", result.errors), ("warnings", result.warnings)):
        found = Counter((each["source"], each[id_field]) for each in document[name])
        yield from _different(name, sorted(expected), sorted(found.elements()))
    yield from _different(
        "spent", len(result.results) if profile["spent"] == "per-output" else 0, document["spent"]
    )
    yield from outputs_faults(job, document["output"], profile, files=result.files)


def status_faults(job: Job, code: str, profile: Profile) -> Iterator[str]:
    """Why the job can't have the status `code` now."""
    possible = possible_statuses(job, profile)
    if code in possible:
        return
    if job.started and RANK.get(code, -1) < RANK.get(job.seen, -1):
        yield f"must never go back in status, went from {job.seen} to {code}"
    else:
        yield f"must have the status {' or '.join(sorted(possible))}, has {code}"


def outputs_faults(
    job: Job, documents: Sequence[JSONObject], profile: Profile, *, files: Sequence[tuple[str, Sequence[str]]]
) -> Iterator[str]:
    """Where the outputs of the job are not `files`, or not as they were before."""
    made = [made_of(document) for document in documents]
    yield from _different("outputs (conversion, inputs)", sorted(files), sorted(made))
    uris = [document["uri"] for document in documents]
    yield from _different("number of different uris", len(uris), len(set(uris)))
    known = {output.id: output for output in job.outputs}
    for document in documents:
        first_seen = Output(made=made_of(document), document=document)
        yield from output_faults(known.get(document["id"], first_seen), document, profile)
    for missing in known.keys() - {document["id"] for document in documents}:
        yield f"must still have the output {missing}"


def output_faults(output: Output, document: JSONObject, profile: Profile) -> Iterator[str]:
    """Where an output is not as it was before, but for what was asked since."""
    limit = profile.value("download-limit")
    used_up = limit is not None and output.downloads >= limit
    gone = "overuse" if profile["gone-status"] == "named" else "disabled"
    changed = {
        "status": "disabled" if output.deleted else gone if used_up else "enabled",
        "downloads_counter": output.downloads,
    }
    for name, value in {**output.document, **changed}.items():
        yield from _different(f"{name} of an output", value, document[name])


def input_faults(each: Input, document: JSONObject, *, ran: bool) -> Iterator[str]:
    """Where an input is not shown as the model has it; `ran` says whether its job has been through it."""
    for name in ("id", "type"):
        yield from _different(f"{name} of an input", getattr(each, name), document[name])
    for name in ("options", "parameters"):
        yield from _different(f"{name} of an input", dict(getattr(each, name)), document[name] or {})
    if each.source is not None:
        yield from _different("source of an input", each.source, document["source"])
    if ran:
        yield from _different("status of an input", "failed" if each.lost else "ready", document["status"])
    if document["credentials"]:
        yield "must not show credentials of an input"


def conversion_faults(each: Conversion, document: JSONObject, profile: Profile) -> Iterator[str]:
    """Where a conversion is not shown as the model has it: secret options are hidden as the profile says."""
    for name in ("id", "target", "category"):
        yield from _different(f"{name} of a conversion", getattr(each, name), document[name])
    entry = find_conversion(each.target, each.category)
    secrets = entry.secrets if entry else frozenset()
    shown = dict(document["options"] or {})
    options = {name: value for name, value in each.options.items() if name not in secrets}
    if profile["shown-defaults"] == "all":  # which ones is told by the picture
        shown = {name: value for name, value in shown.items() if name in each.options}
    open_to_all = {name: value for name, value in shown.items() if name not in secrets}
    yield from _different("options of a conversion", options, open_to_all)
    masked = each.options.keys() & secrets if profile["secret-options"] == "masked" else set()
    yield from _different("hidden options of a conversion", sorted(masked), sorted(shown.keys() & secrets))
    for name in sorted(masked & shown.keys()):
        if shown[name] == each.options[name]:
            yield f"must not show {name} in clear"


def history_faults(job: Job, codes: Sequence[str], profile: Profile) -> Iterator[str]:
    """Why a job can't have had these statuses, oldest first."""
    before = list(job.history)
    yield from _different("history as it was before, then more", before, list(codes[: len(before)]))
    if not codes:
        yield "must have a history"
        return
    yield from status_faults(job, codes[-1], profile)
    left = iter(codes)
    for code in job.shown:
        if code not in left:  # reads on: they must stand there in this order
            yield f"must have in its history the status {code}, which was seen, at its place"
    for number, code in enumerate(codes[:-1]):
        if code in statuses() and statuses()[code].terminal:
            yield f"must never leave the status {code}, went to {codes[number + 1]}"


def _parts_faults(job: Job, document: JSONObject, profile: Profile) -> Iterator[str]:
    for name, parts in (("conversion", job.conversions), ("input", job.inputs)):
        yield from _different(
            f"ids in {name}", [each.id for each in parts], [row["id"] for row in document[name]]
        )
    for conversion, row in zip(job.conversions, document["conversion"], strict=False):
        yield from conversion_faults(conversion, row, profile)
    ran = status_of(document, profile) in _RUN
    for each, row in zip(job.inputs, document["input"], strict=False):
        yield from input_faults(each, row, ran=ran)


def _different(what: str, expected: object, got: object) -> Iterator[str]:
    if expected != got:
        yield f"must have {what} {expected!r}, has {got!r}"
