"""One account of an API under test: sends requests with its key, checks the answers, remembers its jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.contract_tests.client.errors import ContractBroken
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.model.departures import is_departure
from pixelpact.contract_tests.model.drafts import (
    PASSWORDS,
    ConversionDraft,
    InputDraft,
    JobDraft,
    entry_of,
    refused_options,
)
from pixelpact.contract_tests.model.job import Conversion, Input, Job, started_if_complete, with_document
from pixelpact.contract_tests.model.mismatches import FLAGS, job_mismatches
from pixelpact.schema import JSONObject, Profile, error_answers, error_key, load_document

#: Source of the model's rules; the profile answers the questions that these documents leave open.
SOURCE = "vendor OpenAPI 2.0.1 and guides; open points as the profile answers them"
#: An id that no job and no part has.
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
_SERVER_ERROR = 500
_LOWEST_ERROR = min(answer.status for answer in error_answers().values())
_REQUEST = load_document("openapi")["components"]["schemas"]["JobRequest"]["anyOf"][0]["properties"]


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A draft as an account sends it: the body, and the model of its parts, still without ids.

    `refused` holds the keys in `errors` of what the profile refuses in the request.
    """

    body: JSONObject
    conversions: tuple[Conversion, ...]
    inputs: tuple[Input, ...]
    refused: tuple[str, ...]


class Account:
    """An account: its `jobs` by id in the order of creation, and its `presets` by id.

    `repeatable` holds the request that was sent with the account's idempotency key first, and the id of its
    job. `earlier` are the ids of jobs that the account had before. No answer may name an id or token of the
    `neighbours`, the other accounts, unless it is in `disclosed`: this account has sent it.
    """

    def __init__(self, base_url: str, api_key: str, *, profile: Profile) -> None:
        self.api = ApiClient(base_url, api_key)
        self.profile = profile
        self.jobs: dict[str, Job] = {}
        self.presets: dict[str, JSONObject] = {}
        self.repeatable: tuple[JobRequest, str] | None = None
        self.earlier: frozenset[str] = frozenset()
        self.neighbours: tuple[Account, ...] = ()
        self.disclosed: set[str] = set()
        self._key = api_key

    def ask(
        self, operation: str, *expected: int, rule: str, job: Job | None = None, **request: Any
    ) -> Exchange:
        """The answer to an operation (on `job`, if one is given), checked as `expect` does.

        Raises:
            ContractBroken: see `expect`.
        """
        path = {**({"job_id": job.id} if job else {}), **request.pop("path", {})}
        return self.expect(self.api.call(operation, path=path, **request), *expected, rule=rule)

    def expect(self, answer: Exchange, *expected: int, rule: str) -> Exchange:
        """The answer, if it has one of the `expected` statuses and discloses nothing secret.

        Raises:
            ContractBroken: it has another status, is a refusal without the API's error body, repeats the
                key, or names an id or token of another account.
        """
        status = answer.response.status_code
        if status >= _SERVER_ERROR:
            raise self.broken(answer, f"must never answer 5xx, got {status}", rule=rule)
        if status not in expected:
            allowed = " or ".join(str(code) for code in sorted(set(expected)))
            raise self.broken(answer, f"must answer {allowed}, got {status}", rule=rule)
        if status >= _LOWEST_ERROR and answer.response.text:
            self.document(answer, "Error", rule=rule)
        self._expect_secrecy(answer)
        return answer

    def document(self, answer: Exchange, component: str, *, rule: str, rows: bool = False) -> Any:
        """The body of an answer, if it follows a schema of `openapi.json`, or if each of its `rows` does.

        Where the profile departs from that document, so may the answer.

        Raises:
            ContractBroken: it does not, or is not JSON, or has no rows.
        """
        return answer.document(
            component, rule=rule, rows=rows, allows=lambda violation: is_departure(violation, self.profile)
        )

    def check(self, answer: Exchange, mismatches: Iterable[str], *, rule: str) -> None:
        """Check that an answer has no mismatches.

        Raises:
            ContractBroken: it has some; the failure names them all.
        """
        found = list(mismatches)
        if found:
            raise self.broken(answer, "; ".join(found), rule=rule)

    def expect_named(self, answer: Exchange, *keys: str) -> None:
        """Check that the `errors` of a refusal has one of `keys`.

        Raises:
            ContractBroken: it has none of them.
        """
        if self.profile["error-fields"] == "message":
            return
        rule = "a refusal names the invalid option"
        named = self.document(answer, "Error", rule=rule)["errors"]
        if named.keys().isdisjoint(keys):
            raise self.broken(answer, f"must name {' or '.join(map(repr, keys))} in `errors`", rule=rule)

    def broken(self, answer: Exchange, what: str, *, rule: str) -> ContractBroken:
        """The failure that says `what` is wrong with an answer."""
        return answer.broken(what, rule=rule, source=SOURCE)

    def observe(self, answer: Exchange, document: JSONObject, *, rule: str) -> Job:
        """The job that `document`, a part of an answer, shows, with its new status and outputs.

        Raises:
            ContractBroken: the document differs from the model.
        """
        job = self.jobs[document["id"]]
        self.check(answer, job_mismatches(job, document, self.profile), rule=rule)
        return self.remember(with_document(job, document, self.profile))

    def expect_job(self, answer: Exchange, job: Job, *, rule: str) -> Job:
        """The job updated from an answer, which must be the document of `job`.

        Raises:
            ContractBroken: it shows another job, or differs from the model.
        """
        document = self.document(answer, "Job", rule=rule)
        if document["id"] != job.id:
            raise self.broken(answer, f"must show the job {job.id}, shows {document['id']}", rule=rule)
        return self.observe(answer, document, rule=rule)

    def observe_new_job(self, answer: Exchange, job_request: JobRequest) -> Job:
        """The job that an answer to `createJob` shows for the first time.

        Raises:
            ContractBroken: it is an older one, or differs from the request.
        """
        rule = "a job is created as requested"
        document: JSONObject = self.document(answer, "Job", rule=rule)
        if document["id"] in self.jobs:
            raise self.broken(answer, "must make a new job, shows an older one", rule=rule)
        job = Job(
            id=document["id"],
            token=document["token"],
            server=document["server"],
            flags={name: job_request.body.get(name, _REQUEST[name]["default"]) for name in FLAGS},
            passwords=tuple(job_request.body.get("download_passwords", ())),
            conversions=with_ids(job_request.conversions, document["conversion"]),
            inputs=with_ids(job_request.inputs, document["input"]),
        )
        self.remember(started_if_complete(job))
        return self.observe(answer, document, rule=rule)

    def remember(self, job: Job) -> Job:
        """The job, after it has replaced the one with its id in the model."""
        self.jobs[job.id] = job
        return job

    def private(self) -> Iterator[tuple[str, str]]:
        """Pairs of a kind and an id or token that no other account may see."""
        for job in self.jobs.values():
            yield from (("a job", job.id), ("a token", job.token))
            yield from (("an input", source.id) for source in job.inputs)
            yield from (("a conversion", conversion.id) for conversion in job.conversions)
            yield from (("an output", output.id) for output in job.outputs)
        yield from (("a preset", preset_id) for preset_id in self.presets)

    def job_request(self, draft: JobDraft) -> JobRequest:
        """A draft of a job as this account sends it."""
        inputs = self.input_requests(draft.inputs)
        conversions = [self.conversion_request(conversion) for conversion in draft.conversions]
        body: dict[str, Any] = {
            **draft.flags,
            "conversion": [body for body, _ in conversions],
            "input": [body for body, _ in inputs],
        }
        if draft.passwords:
            body["download_passwords"] = [PASSWORDS[place] for place in draft.passwords]
        return JobRequest(
            body,
            conversions=tuple(conversion for _, conversion in conversions),
            inputs=tuple(source for _, source in inputs),
            refused=tuple(
                error_key(("conversion", number, *path))
                for number, request in enumerate(conversions)
                for path in self.refused_options(*request)
            ),
        )

    def refused_options(self, body: JSONObject, conversion: Conversion) -> list[tuple[str, ...]]:
        """Paths of the options (or the category) of a valid conversion that the profile refuses."""
        return [*refused_options(body, self.profile, preset_known=conversion.preset is not None)]

    def input_requests(self, drafts: Sequence[InputDraft]) -> list[tuple[JSONObject, Input]]:
        """Descriptors of inputs with their models; an input of another account is unavailable."""
        own = [source for job in self.jobs.values() for source in job.inputs]
        foreign = [
            source for other in self.neighbours for job in other.jobs.values() for source in job.inputs
        ]
        known, requests = [*own, *foreign], []
        for draft in drafts:
            named = known[draft.source % len(known)] if known else None
            body = draft.request(named.id if named else UNKNOWN_ID)
            empty, unavailable = draft.type == "base64" and not draft.text.strip(), False
            if draft.type == "input_id":
                found = named if named in own else None
                empty, unavailable = bool(found and found.empty), found is None or found.unavailable
                self.disclosed.add(body["source"])
            source = Input(
                id="",
                type=draft.type,
                source=None if draft.type == "base64" else body["source"],
                empty=empty,
                unavailable=unavailable,
                options=draft.options,
            )
            requests.append((body, source))
        return requests

    def conversion_request(self, draft: ConversionDraft) -> tuple[JSONObject, Conversion]:
        """The body of a conversion, and its model; for it, a preset of another account does not exist."""
        foreign = [preset_id for other in self.neighbours for preset_id in other.presets]
        known = [*self.presets, *foreign]
        named = known[draft.preset % len(known)] if known and draft.preset is not None else None
        body = draft.request(named)
        preset = self.presets.get(body["options"].get("preset", ""), {}).get("options")
        self.disclosed.add(body["options"].get("preset", UNKNOWN_ID))
        category = entry_of(draft.target).category
        return body, Conversion(
            id="", target=draft.target, category=category, options=body["options"], preset=preset
        )

    def _expect_secrecy(self, answer: Exchange) -> None:
        """Check that an answer repeats neither the key nor an id or token of another account."""
        text = answer.response.text
        if self._key in text or any(self._key in value for value in answer.response.headers.values()):
            raise self.broken(answer, "must not repeat the key", rule="keys are secret")
        for neighbour in self.neighbours:
            for kind, word in neighbour.private():
                if word in text and word not in self.disclosed:
                    what = f"must not disclose another account, names {kind} of one"
                    raise self.broken(answer, what, rule="an account sees its own")


def with_ids(parts: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """The parts of a job with the ids that an answer gives them; a part without a row keeps none."""
    ids = [row["id"] for row in rows[: len(parts)]]
    return tuple(
        replace(part, id=part_id) for part, part_id in zip(parts, [*ids, *[""] * len(parts)], strict=False)
    )
