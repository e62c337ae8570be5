"""One account of an API under test: asks with its key, judges the answers, and knows its jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pixelpact.contract_tests.client.client import Api
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.findings import ContractBroken
from pixelpact.contract_tests.model.drafts import (
    PASSWORDS,
    ConversionDraft,
    InputDraft,
    JobDraft,
    entry_of,
    refused_options,
)
from pixelpact.contract_tests.model.job import Conversion, Input, Job, settled, with_seen
from pixelpact.contract_tests.model.mismatches import FLAGS, job_faults
from pixelpact.schema import (
    JSONObject,
    Profile,
    error_answers,
    load_document,
    operations,
)

#: Where the model is from; what these leave open, the profile says.
SOURCE = "vendor OpenAPI 2.0.1 and guides; open points as the profile answers them"
CONFLICT = error_answers()["Conflict"].status
NOT_FOUND = error_answers()["NotFound"].status
#: An id that nobody has.
NOBODY = "00000000-0000-4000-8000-000000000000"
_SERVER_ERRORS = 500
_REQUEST = load_document("openapi")["components"]["schemas"]["JobRequest"]["anyOf"][0]["properties"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A draft as this account sends it: the body, and what the model knows of its parts beside their ids."""

    body: JSONObject
    conversions: tuple[Conversion, ...]
    inputs: tuple[Input, ...]
    refused: tuple[str, ...]


class Account:
    """An account: `jobs` by id in the order of creation, its `presets` by id, what an idempotency key made.

    `neighbours` are the other accounts, of which no answer may tell; what this one was `told` of them, since
    it asked for it, may stand in an answer.
    """

    def __init__(self, base_url: str, api_key: str, *, profile: Profile) -> None:
        self.api = Api(base_url, api_key)
        self.profile = profile
        self.jobs: dict[str, Job] = {}
        self.presets: dict[str, JSONObject] = {}
        self.repeatable: dict[str, tuple[Asked, str]] = {}
        self.earlier: frozenset[str] = frozenset()
        self.neighbours: tuple[Account, ...] = ()
        self.told: set[str] = set()
        self._key = api_key

    def ask(
        self, operation: str, *expected: int, rule: str, job: Job | None = None, **request: Any
    ) -> Exchange:
        """The answer to an operation (of `job`, if one is given), judged as `judged` does.

        Raises:
            ContractBroken: see `judged`.
        """
        path = {**({"job_id": job.id} if job else {}), **request.pop("path", {})}
        return self.judged(self.api.call(operation, path=path, **request), *expected, rule=rule)

    def judged(self, answer: Exchange, *expected: int, rule: str) -> Exchange:
        """The answer, if it has one of the statuses that were expected, and tells nothing it must not tell.

        Raises:
            ContractBroken: it has another one, is a refusal without the API's error body, repeats the key, or
                names an id or token of another account.
        """
        status, text = answer.response.status_code, answer.response.text
        if status >= _SERVER_ERRORS:
            raise self.broken(answer, f"must never answer 5xx, got {status}", rule=rule)
        if status not in expected:
            allowed = " or ".join(str(each) for each in sorted(set(expected)))
            raise self.broken(answer, f"must answer {allowed}, got {status}", rule=rule)
        if status >= min(each.status for each in error_answers().values()) and text:
            self.document(answer, "Error", rule=rule)
        if self._key in text or any(self._key in value for value in answer.response.headers.values()):
            raise self.broken(answer, "must not repeat the key", rule="keys are secret")
        for neighbour in self.neighbours:
            for what, word in neighbour.private():
                if word in text and word not in self.told:
                    said = f"must not tell of another account, names {what} of one"
                    raise self.broken(answer, said, rule="an account sees its own")
        return answer

    def document(self, answer: Exchange, component: str, *, rule: str, rows: bool = False) -> Any:
        """The body of an answer, which follows a schema of `openapi.json`; or its `rows` do.

        With answers of its own to the ledger a server may write otherwise than that document: then it is not
        judged by it.

        Raises:
            ContractBroken: it does not, or is no JSON.
        """
        body: Any = answer.json(rule=rule, source=SOURCE)
        if self.profile == Profile():
            for row in body if rows else [body]:
                answer.expect_component(row, component, rule=rule)
        return body

    def check(self, answer: Exchange, faults: Iterable[str], *, rule: str) -> None:
        """Raise ContractBroken, naming all faults, where there are some."""
        found = list(faults)
        if found:
            raise self.broken(answer, "; ".join(found), rule=rule)

    def names(self, answer: Exchange, *options: str) -> None:
        """Raise ContractBroken, where a refusal names none of `options` in its `errors`."""
        if self.profile["error-fields"] == "message":
            return
        rule = "a refusal names what is wrong"
        named = answer.json(rule=rule, source=SOURCE)["errors"]
        if not any(name == option or name.endswith(f".{option}") for name in named for option in options):
            raise self.broken(answer, f"must name {' or '.join(options)} in `errors`", rule=rule)

    def broken(self, answer: Exchange, what: str, *, rule: str) -> ContractBroken:
        """The failure that says `what` is wrong with an answer."""
        return answer.broken(what, rule=rule, source=SOURCE)

    def seen(self, answer: Exchange, document: JSONObject, *, rule: str) -> Job:
        """The job that a document shows, judged by the model, which then knows more.

        Raises:
            ContractBroken: the document differs from the model.
        """
        job = self.jobs[document["id"]]
        self.check(answer, job_faults(job, document, self.profile), rule=rule)
        return self.keep(with_seen(job, document, self.profile))

    def shows(self, answer: Exchange, job: Job, *, rule: str) -> Job:
        """The same for an answer that must be the document of `job`."""
        document = self.document(answer, "Job", rule=rule)
        if document["id"] != job.id:
            raise self.broken(answer, f"must show the job {job.id}, shows {document['id']}", rule=rule)
        return self.seen(answer, document, rule=rule)

    def keep(self, job: Job) -> Job:
        """The job, in place of what was known of it."""
        self.jobs[job.id] = job
        return job

    def private(self) -> Iterator[tuple[str, str]]:
        """What no other account may see of this one, each with what it is."""
        for job in self.jobs.values():
            yield from (("a job", job.id), ("a token", job.token))
            yield from (("an input", each.id) for each in job.inputs)
            yield from (("a conversion", each.id) for each in job.conversions)
            yield from (("an output", each.id) for each in job.outputs)
        yield from (("a preset", preset_id) for preset_id in self.presets)

    def asked(self, draft: JobDraft) -> Asked:
        """A job as this account sends it."""
        inputs, conversions = (
            self.inputs_of(draft.inputs),
            [self.conversion_of(each) for each in draft.conversions],
        )
        body: dict[str, Any] = {
            **draft.flags,
            "conversion": [body for body, _ in conversions],
            "input": [body for body, _ in inputs],
        }
        if draft.passwords:
            body["download_passwords"] = [PASSWORDS[place] for place in draft.passwords]
        refused = [name for body, made in conversions for name in self.refused(body, made)]
        return Asked(
            body, tuple(made for _, made in conversions), tuple(made for _, made in inputs), tuple(refused)
        )

    def refused(self, body: JSONObject, made: Conversion) -> Iterator[str]:
        """What of a valid conversion the profile refuses."""
        return refused_options(body, self.profile, preset_known=made.preset is not None)

    def inputs_of(self, drafts: Sequence[InputDraft]) -> list[tuple[JSONObject, Input]]:
        """Descriptors of inputs, and what the model knows of each: those of other accounts are lost."""
        own = [each for job in self.jobs.values() for each in job.inputs]
        foreign = [each for other in self.neighbours for job in other.jobs.values() for each in job.inputs]
        known, made = [*own, *foreign], []
        for draft in drafts:
            named = known[draft.source % len(known)] if known else None
            body = draft.request(named.id if named else NOBODY)
            empty, lost = draft.type == "base64" and not draft.text.strip(), False
            if draft.type == "input_id":
                found = named if named in own else None
                empty, lost = bool(found and found.empty), found is None or found.lost
                self.told.add(body["source"])
            source = None if draft.type == "base64" else body["source"]
            each = Input(id="", type=draft.type, source=source, empty=empty, lost=lost, options=draft.options)
            made.append((body, each))
        return made

    def conversion_of(self, draft: ConversionDraft) -> tuple[JSONObject, Conversion]:
        """A conversion, and what the model knows of it: presets of other accounts are none."""
        foreign = [preset_id for other in self.neighbours for preset_id in other.presets]
        known = [*self.presets, *foreign]
        named = known[draft.preset % len(known)] if known and draft.preset is not None else None
        body = draft.request(named)
        preset = self.presets.get(body["options"].get("preset", ""), {}).get("options")
        self.told.add(body["options"].get("preset", NOBODY))
        category = entry_of(draft.target).category
        return body, Conversion(
            id="", target=draft.target, category=category, options=body["options"], preset=preset
        )

    def created(self, answer: Exchange, asked: Asked) -> Job:
        """The job that an answer to `createJob` shows for the first time.

        Raises:
            ContractBroken: it is not as it was asked for.
        """
        rule = "a job is created as asked for"
        document: JSONObject = self.document(answer, "Job", rule=rule)
        if document["id"] in self.jobs:
            raise self.broken(answer, "must make a new job, shows an older one", rule=rule)
        job = Job(
            id=document["id"],
            token=document["token"],
            server=document["server"],
            flags={name: asked.body.get(name, _REQUEST[name]["default"]) for name in FLAGS},
            passwords=tuple(asked.body.get("download_passwords", ())),
            conversions=with_ids(asked.conversions, document["conversion"]),
            inputs=with_ids(asked.inputs, document["input"]),
        )
        self.keep(settled(job))
        return self.seen(answer, document, rule=rule)


def with_ids(parts: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """The parts of a job with the ids that they were given; those without a row keep none."""
    ids = [row["id"] for row in rows[: len(parts)]]
    return tuple(
        replace(part, id=part_id) for part, part_id in zip(parts, [*ids, *[""] * len(parts)], strict=False)
    )


def success(operation: str) -> int:
    """The status with which an operation succeeds."""
    return operations()[operation].success_status
