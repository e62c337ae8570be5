"""Steps across the borders of accounts: foreign keys, tokens, no key, and presets of their owner alone."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pixelpact.contract_tests.client.client import staged_job
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.machine.base import ACCOUNTS, JOBS, Steps, pick
from pixelpact.contract_tests.model.account import NOBODY, NOT_FOUND, Account, success
from pixelpact.contract_tests.model.drafts import entry_of, pictures, refused_options
from pixelpact.schema import TEXT_TO_IMAGE, JSONObject, error_answers, headers

_ACCOUNTS = st.integers(0, ACCOUNTS - 1)
_NUMBERS = st.integers(0, 3)
#: Operations on a job, each with a body that would be taken.
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
    """Steps of those who may not, and with what nobody else may use."""

    @rule(job=JOBS, operation=_OPERATIONS)
    def use_foreign_job(self, job: str, operation: str) -> None:
        """Do something to a job with the key of another account: there is no such job."""
        chosen, expected = self.chosen(job), self.profile.value("foreign-job")
        for other in chosen.account.neighbours:
            other.told.add(job)
            other.ask(
                operation,
                expected,
                job=chosen.job,
                rule="an account sees its own jobs only",
                **_ON_A_JOB[operation],
            )

    @rule(job=JOBS)
    def read_by_token(self, job: str) -> None:
        """Read a job, and list it, with its own token."""
        chosen, rule_ = self.chosen(job), "a job token opens its own job"
        token = {headers().job_token[0]: chosen.job.token}
        answer = chosen.account.ask("getJob", *self.readable, job=chosen.job, credentials=token, rule=rule_)
        if answer.response.status_code == 200:
            chosen.account.shows(answer, chosen.job, rule=rule_)
        listed = chosen.account.ask("listJobs", 200, credentials=token, rule="a token lists its own job")
        ids = [row["id"] for row in listed.response.json()]
        if self.profile["listing-scope"] == "all" and ids != [job]:
            raise chosen.account.broken(listed, f"must list {job} only, lists {ids}", rule=rule_)

    @rule(job=JOBS, other=JOBS, operation=_OPERATIONS)
    def use_wrong_token(self, job: str, other: str, operation: str) -> None:
        """Do something to a job with another job's token, or with one that nobody has."""
        chosen, stranger = self.chosen(job), self.chosen(other)
        token = "0" * 32 if job == other else stranger.job.token
        stranger.account.told.add(job)
        expected = error_answers()[self.profile.value("foreign-token")].status
        stranger.account.ask(
            operation,
            expected,
            job=chosen.job,
            credentials={headers().job_token[0]: token},
            rule="a job token opens its own job only",
            **_ON_A_JOB[operation],
        )

    @rule(job=JOBS, operation=_OPERATIONS)
    def use_no_key(self, job: str, operation: str) -> None:
        """Do something to a job without a key or token: refused."""
        chosen = self.chosen(job)
        chosen.account.ask(
            operation,
            self.profile.value("invalid-key"),
            job=chosen.job,
            credentials={},
            rule="a key or token is needed",
            **_ON_A_JOB[operation],
        )

    @rule(job=JOBS)
    def create_by_token(self, job: str) -> None:
        """Create a job with the token of another: refused."""
        chosen = self.chosen(job)
        chosen.account.ask(
            "createJob",
            self.profile.value("invalid-key"),
            credentials={headers().job_token[0]: chosen.job.token},
            json=staged_job({}),
            rule="a job token is no key",
        )

    @rule(account=_ACCOUNTS, options=pictures())
    def save_preset(self, account: int, options: dict[str, Any]) -> None:
        """Save options as a preset."""
        owner = self.accounts[account]
        body = {"name": "mine", "target": TEXT_TO_IMAGE, "category": _CATEGORY, "options": options}
        refused = self._refused_in_preset(options)
        expected = self.profile.value("invalid-request") if refused else success("createPreset")
        answer = owner.ask("createPreset", expected, json=body, rule="a preset is saved")
        if refused:
            return
        document = owner.document(answer, "Preset", rule=_PRIVATE)
        if document["id"] in owner.presets:
            raise owner.broken(answer, "must make a new preset", rule="a preset is saved")
        self._same(owner, answer, {**body, "scope": "private", "id": document["id"]})

    @rule(account=_ACCOUNTS, number=_NUMBERS, options=pictures())
    def change_preset(self, account: int, number: int, options: dict[str, Any]) -> None:
        """Give a preset other options."""
        owner = self.accounts[account]
        preset = pick([*owner.presets.values()], number)
        if preset is None:
            return
        refused = self._refused_in_preset(options)
        expected = self.profile.value("invalid-request") if refused else 200
        path, body = {"preset_id": preset["id"]}, {"options": options}
        answer = owner.ask("updatePreset", expected, path=path, json=body, rule="a preset is changed")
        if not refused:
            self._same(owner, answer, {**preset, **body})

    @rule(account=_ACCOUNTS, number=_NUMBERS)
    def remove_preset(self, account: int, number: int) -> None:
        """Delete a preset: it is not found any more."""
        owner = self.accounts[account]
        preset = pick([*owner.presets.values()], number)
        path = {"preset_id": preset["id"] if preset else NOBODY}
        expected = success("removePreset") if preset else NOT_FOUND
        owner.ask("removePreset", expected, path=path, rule="a preset can be deleted")
        owner.ask("getPreset", NOT_FOUND, path=path, rule="a deleted preset is gone")
        owner.presets.pop(path["preset_id"], None)

    @rule(account=_ACCOUNTS, number=_NUMBERS)
    def read_presets(self, account: int, number: int) -> None:
        """List and read the presets of an account; to the others, they do not exist."""
        owner = self.accounts[account]
        listed = owner.ask("listPresets", 200, rule=_PRIVATE)
        rows = {row["id"]: row for row in owner.document(listed, "Preset", rule=_PRIVATE, rows=True)}
        faults = [f"must list the preset {each}" for each in owner.presets if each not in rows]
        owner.check(listed, faults, rule="an account lists its presets")
        preset = pick([*owner.presets.values()], number)
        if preset is None:
            return
        path = {"preset_id": preset["id"]}
        self._same(owner, owner.ask("getPreset", 200, path=path, rule=_PRIVATE), preset)
        for other in owner.neighbours:
            other.told.add(preset["id"])
            other.ask("getPreset", NOT_FOUND, path=path, rule=_PRIVATE)
            other.ask("updatePreset", NOT_FOUND, path=path, json={"name": "theirs"}, rule=_PRIVATE)
            other.ask("removePreset", NOT_FOUND, path=path, rule=_PRIVATE)

    def _refused_in_preset(self, options: JSONObject) -> list[str]:
        conversion = {"target": TEXT_TO_IMAGE, "category": _CATEGORY, "options": options}
        return [*refused_options(conversion, self.profile, preset_known=False)]

    def _same(self, owner: Account, answer: Exchange, expected: JSONObject) -> None:
        """Judge the preset that an answer shows, and know it from now on."""
        document = owner.document(answer, "Preset", rule=_PRIVATE)
        differing = [name for name, value in expected.items() if (document.get(name) or {}) != value]
        faults = [f"must have {name} {expected[name]!r}, has {document.get(name)!r}" for name in differing]
        owner.check(answer, faults, rule="a preset is shown as it was saved")
        owner.presets[expected["id"]] = expected
