"""Rules about access: keys of other accounts, tokens, no key, and private presets."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from pixelpact.contract_tests.client.client import staged_job
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import NOT_FOUND, success_status
from pixelpact.contract_tests.machine.base import ACCOUNTS, JOBS, Steps, pick
from pixelpact.contract_tests.model.account import UNKNOWN_ID, Account
from pixelpact.contract_tests.model.drafts import entry_of, pictures, refused_options
from pixelpact.schema import TEXT_TO_IMAGE, JSONObject, error_answers, headers

_ACCOUNTS = st.integers(0, ACCOUNTS - 1)
_NUMBERS = st.integers(0, 3)
#: Operations on a job, with valid bodies.
_ON_A_JOB: dict[str, dict[str, Any]] = {
    "getJob": {},
    "updateJob": {"json": {"notify_status": True}},
    "cancelJob": {},
    "listHistory": {},
    "listThreads": {},
    "listInputs": {},
    "addInput": {"json": {"type": "base64", "source": "QSBmb3g="}},
    "listJobConversions": {},
    "addConversion": {"json": {"target": TEXT_TO_IMAGE}},
    "listOutputs": {},
    "updateOutputs": {"json": {"filename": "mine"}},
}
_OPERATIONS = st.sampled_from(tuple(_ON_A_JOB))
_CATEGORY = entry_of(TEXT_TO_IMAGE).category
_PRIVATE = "a private preset is its owner's alone"


class AccessRules(Steps):
    """Rules about requests that may not touch a job, and about presets that only their owner may use."""

    @rule(job=JOBS, operation=_OPERATIONS)
    def use_foreign_job(self, job: str, operation: str) -> None:
        """Send an operation on a job with the key of another account: for it, the job does not exist."""
        owned, expected = self.find(job), self.profile.value("foreign-job")
        for other in owned.account.neighbours:
            other.disclosed.add(job)
            other.ask(
                operation,
                expected,
                job=owned.job,
                rule="an account sees its own jobs only",
                **_ON_A_JOB[operation],
            )

    @rule(job=JOBS)
    def read_by_token(self, job: str) -> None:
        """Read a job, and list it, with its own token."""
        owned, why = self.find(job), "a job token opens its own job"
        token = {headers().job_token[0]: owned.job.token}
        answer = owned.account.ask("getJob", *self.readable, job=owned.job, credentials=token, rule=why)
        if answer.response.status_code == 200:
            owned.account.expect_job(answer, owned.job, rule=why)
        listed = owned.account.ask("listJobs", 200, credentials=token, rule="a token lists its own job")
        ids = [row["id"] for row in owned.account.document(listed, "Job", rule=why, rows=True)]
        if self.profile["listing-scope"] == "all" and ids != [job]:
            raise owned.account.broken(listed, f"must list {job} only, lists {ids}", rule=why)

    @rule(job=JOBS, other=JOBS, operation=_OPERATIONS)
    def use_wrong_token(self, job: str, other: str, operation: str) -> None:
        """Send an operation on a job with the token of another job, or with one that no job has."""
        owned, stranger = self.find(job), self.find(other)
        token = "0" * 32 if job == other else stranger.job.token
        stranger.account.disclosed.add(job)
        expected = error_answers()[self.profile.value("foreign-token")].status
        stranger.account.ask(
            operation,
            expected,
            job=owned.job,
            credentials={headers().job_token[0]: token},
            rule="a job token opens its own job only",
            **_ON_A_JOB[operation],
        )

    @rule(job=JOBS, operation=_OPERATIONS)
    def use_no_key(self, job: str, operation: str) -> None:
        """Send an operation on a job without a key or token: expect a refusal."""
        owned = self.find(job)
        owned.account.ask(
            operation,
            self.profile.value("invalid-key"),
            job=owned.job,
            credentials={},
            rule="a key or token is needed",
            **_ON_A_JOB[operation],
        )

    @rule(job=JOBS)
    def create_by_token(self, job: str) -> None:
        """Create a job with the token of another: expect a refusal."""
        owned = self.find(job)
        owned.account.ask(
            "createJob",
            self.profile.value("invalid-key"),
            credentials={headers().job_token[0]: owned.job.token},
            json=staged_job({}),
            rule="a job token is not a key",
        )

    @initialize(options=st.tuples(*[pictures()] * ACCOUNTS))
    def begin_presets(self, options: tuple[dict[str, Any], ...]) -> None:
        """Save a preset in each account, which the following steps use, change and delete."""
        for owner, saved in zip(self.accounts, options, strict=True):
            self._save_preset(owner, saved, scope={"scope": "private"})

    @rule(account=_ACCOUNTS, options=pictures(), named_scope=st.booleans())
    def save_preset(self, account: int, options: dict[str, Any], named_scope: bool) -> None:
        """Save options as a preset."""
        scope = {"scope": "private"} if named_scope else {}
        self._save_preset(self.accounts[account], options, scope=scope)

    @rule(account=_ACCOUNTS, number=_NUMBERS, options=pictures())
    def change_preset(self, account: int, number: int, options: dict[str, Any]) -> None:
        """Replace the options of a preset."""
        owner = self.accounts[account]
        preset = pick([*owner.presets.values()], number)
        if preset is None:
            return
        refused = self._refused_in_preset(options)
        expected = self.profile.value("invalid-request") if refused else 200
        path, body = {"preset_id": preset["id"]}, {"options": options}
        answer = owner.ask("updatePreset", expected, path=path, json=body, rule="a preset is changed")
        if not refused:
            self._expect_preset(owner, answer, {**preset, **body})

    @rule(account=_ACCOUNTS, number=_NUMBERS)
    def remove_preset(self, account: int, number: int) -> None:
        """Delete a preset, which is then no longer found."""
        owner = self.accounts[account]
        preset = pick([*owner.presets.values()], number)
        path = {"preset_id": preset["id"] if preset else UNKNOWN_ID}
        expected = success_status("removePreset") if preset else NOT_FOUND
        owner.ask("removePreset", expected, path=path, rule="a preset can be deleted")
        owner.ask("getPreset", NOT_FOUND, path=path, rule="a deleted preset is gone")
        owner.presets.pop(path["preset_id"], None)

    @rule(account=_ACCOUNTS, number=_NUMBERS)
    def read_presets(self, account: int, number: int) -> None:
        """List and read the presets of an account; for the other accounts, they do not exist."""
        owner = self.accounts[account]
        listed = owner.ask("listPresets", 200, rule=_PRIVATE)
        rows = {row["id"]: row for row in owner.document(listed, "Preset", rule=_PRIVATE, rows=True)}
        mismatches = [
            f"must list the preset {preset_id}" for preset_id in owner.presets if preset_id not in rows
        ]
        owner.check(listed, mismatches, rule="an account lists its presets")
        preset = pick([*owner.presets.values()], number)
        if preset is None:
            return
        path = {"preset_id": preset["id"]}
        self._expect_preset(owner, owner.ask("getPreset", 200, path=path, rule=_PRIVATE), preset)
        for other in owner.neighbours:
            other.disclosed.add(preset["id"])
            other.ask("getPreset", NOT_FOUND, path=path, rule=_PRIVATE)
            other.ask("updatePreset", NOT_FOUND, path=path, json={"name": "theirs"}, rule=_PRIVATE)
            other.ask("removePreset", NOT_FOUND, path=path, rule=_PRIVATE)

    def _save_preset(self, owner: Account, options: JSONObject, *, scope: JSONObject) -> None:
        body = {"name": "mine", "target": TEXT_TO_IMAGE, "category": _CATEGORY, "options": options, **scope}
        lacks_scope = not scope and self.profile["omitted-scope"] == "refuse"
        refused = lacks_scope or self._refused_in_preset(options)
        expected = self.profile.value("invalid-request") if refused else success_status("createPreset")
        answer = owner.ask("createPreset", expected, json=body, rule="a preset is saved")
        if refused:
            return
        document = owner.document(answer, "Preset", rule=_PRIVATE)
        if document["id"] in owner.presets:
            raise owner.broken(answer, "must make a new preset", rule="a preset is saved")
        self._expect_preset(owner, answer, {**body, "scope": "private", "id": document["id"]})

    def _refused_in_preset(self, options: JSONObject) -> list[tuple[str, ...]]:
        conversion = {"target": TEXT_TO_IMAGE, "category": _CATEGORY, "options": options}
        return [*refused_options(conversion, self.profile, preset_known=False)]

    def _expect_preset(self, owner: Account, answer: Exchange, expected: JSONObject) -> None:
        """Check that an answer shows the preset as `expected`, and remember it."""
        document = owner.document(answer, "Preset", rule=_PRIVATE)
        differing = [name for name, value in expected.items() if (document.get(name) or {}) != value]
        mismatches = [
            f"must have {name} {expected[name]!r}, has {document.get(name)!r}" for name in differing
        ]
        owner.check(answer, mismatches, rule="a preset is shown as it was saved")
        owner.presets[expected["id"]] = expected
