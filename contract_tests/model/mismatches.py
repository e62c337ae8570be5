"""Mismatches: where an answer differs from the model. No text here repeats a token or a password."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pixelpact.contract_tests.client.statuses import RANK
from pixelpact.contract_tests.model.job import (
    Conversion,
    Input,
    Job,
    Origin,
    Outcome,
    Output,
    origin_of,
    outcome,
    possible_statuses,
    status_of,
)
from pixelpact.schema import JSONObject, Profile, find_conversion, statuses

#: Switches of a job.
FLAGS = ("process", "fail_on_input_error", "fail_on_conversion_error", "notify_status")
_RUN = ("completed", "failed")


def job_mismatches(job: Job, document: JSONObject, profile: Profile) -> Iterator[str]:
    """Where `document` differs from the job."""
    code = status_of(document, profile)
    yield from status_mismatches(job, code, profile)
    yield from _different("server", job.server, document["server"])
    if document["token"] != job.token:
        yield "must keep its token"
    for name in FLAGS:
        yield from _different(name, job.flags[name], document[name])
    passwords = document["download_passwords"]
    yield from _different("number of download_passwords", len(job.passwords), len(passwords))
    if set(passwords) & set(job.passwords):
        yield "must not show download_passwords in clear"
    yield from _part_mismatches(job, document, profile)
    result = outcome(job, profile) if code in _RUN else Outcome()
    id_field = profile.value("message-source-field")
    for name, expected in (("errors", result.errors), ("warnings", result.warnings)):
        found = Counter((message["source"], str(message.get(id_field))) for message in document[name])
        yield from _different(name, sorted(expected), sorted(found.elements()))
    yield from _different(
        "spent", len(result.results) if profile["spent"] == "per-output" else 0, document["spent"]
    )
    yield from outputs_mismatches(job, document["output"], profile, files=result.files)


def status_mismatches(job: Job, code: str, profile: Profile) -> Iterator[str]:
    """Why the job can't have the status `code` now."""
    possible = possible_statuses(job, profile)
    if code in possible:
        return
    if job.started and RANK.get(code, -1) < RANK.get(job.last_status, -1):
        yield f"must never go back in status, went from {job.last_status} to {code}"
    else:
        yield f"must have the status {' or '.join(sorted(possible))}, has {code}"


def outputs_mismatches(
    job: Job, documents: Sequence[JSONObject], profile: Profile, *, files: Sequence[Origin]
) -> Iterator[str]:
    """Where the outputs of the job are not `files`, or differ from earlier answers."""
    origins = [origin_of(document) for document in documents]
    yield from _different("outputs (conversion, inputs)", sorted(files), sorted(origins))
    uris = [document["uri"] for document in documents]
    yield from _different("number of different uris", len(uris), len(set(uris)))
    known = {output.id: output for output in job.outputs}
    for document in documents:
        first_shown = Output(origin=origin_of(document), document=document)
        yield from output_mismatches(known.get(document["id"], first_shown), document, profile)
    for missing in known.keys() - {document["id"] for document in documents}:
        yield f"must still have the output {missing}"


def output_mismatches(output: Output, document: JSONObject, profile: Profile) -> Iterator[str]:
    """Where an output differs from earlier answers and the changes made since."""
    limit = profile.value("download-limit")
    used_up = limit is not None and output.downloads >= limit
    gone = "overuse" if profile["gone-status"] == "named" else "disabled"
    changed = {
        "status": "disabled" if output.deleted else gone if used_up else "enabled",
        "downloads_counter": output.downloads,
    }
    for name, value in {**output.document, **changed}.items():
        yield from _different(f"{name} of an output", value, document.get(name))


def input_mismatches(source: Input, document: JSONObject, profile: Profile, *, ran: bool) -> Iterator[str]:
    """Where `document` differs from an input; `ran` says whether its job has run."""
    for name in ("id", "type"):
        yield from _different(f"{name} of an input", getattr(source, name), document[name])
    for name in ("options", "parameters"):
        yield from _different(f"{name} of an input", dict(getattr(source, name)), document.get(name) or {})
    local = source.id if profile["local-source"] == "identifier" else None
    yield from _different("source of an input", source.source or local, document.get("source"))
    if ran:
        status = "failed" if source.unavailable else "ready"
        yield from _different("status of an input", status, document["status"])
    if document.get("credentials"):
        yield "must not show credentials of an input"


def conversion_mismatches(conversion: Conversion, document: JSONObject, profile: Profile) -> Iterator[str]:
    """Where `document` differs from a conversion; the profile says how it hides secret options."""
    for name in ("id", "target", "category"):
        yield from _different(f"{name} of a conversion", getattr(conversion, name), document.get(name))
    entry = find_conversion(conversion.target, conversion.category)
    secrets = entry.secrets if entry else frozenset()
    shown = dict(document["options"] or {})
    options = {name: value for name, value in conversion.options.items() if name not in secrets}
    if profile["shown-defaults"] == "all":  # which defaults apply, only the picture shows
        shown = {name: value for name, value in shown.items() if name in conversion.options}
    shown_in_clear = {name: value for name, value in shown.items() if name not in secrets}
    yield from _different("options of a conversion", options, shown_in_clear)
    masked = conversion.options.keys() & secrets if profile["secret-options"] == "masked" else set()
    yield from _different("hidden options of a conversion", sorted(masked), sorted(shown.keys() & secrets))
    for name in sorted(masked & shown.keys()):
        if shown[name] == conversion.options[name]:
            yield f"must not show {name} in clear"


def history_mismatches(job: Job, codes: Sequence[str], profile: Profile) -> Iterator[str]:
    """Why these can't be the statuses that the job has had, oldest first."""
    before = list(job.history)
    yield from _different("history as it was before, then more", before, list(codes[: len(before)]))
    if not codes:
        yield "must have a history"
        return
    yield from status_mismatches(job, codes[-1], profile)
    rest = iter(codes)
    for code in job.observed:
        if code not in rest:  # consumes `rest`, so the statuses must appear in this order
            yield f"must have in its history the status {code}, which was seen, at its place"
    for code, following in pairwise(codes):
        if code in statuses() and statuses()[code].terminal:
            yield f"must never leave the status {code}, went to {following}"


def _part_mismatches(job: Job, document: JSONObject, profile: Profile) -> Iterator[str]:
    for name, parts in (("conversion", job.conversions), ("input", job.inputs)):
        yield from _different(
            f"ids in {name}", [part.id for part in parts], [row["id"] for row in document[name]]
        )
    for conversion, row in zip(job.conversions, document["conversion"], strict=False):
        yield from conversion_mismatches(conversion, row, profile)
    ran = status_of(document, profile) in _RUN
    for source, row in zip(job.inputs, document["input"], strict=False):
        yield from input_mismatches(source, row, profile, ran=ran)


def _different(name: str, expected: object, got: object) -> Iterator[str]:
    if expected != got:
        yield f"must have {name} {expected!r}, has {got!r}"
