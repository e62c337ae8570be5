"""Rules about the outputs of a job that has run: list, read, download, rename, protect, delete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.client.statuses import NOT_FOUND, success_status
from pixelpact.contract_tests.machine.base import JOBS, LAUNCHED, OwnedJob, Steps, pick
from pixelpact.contract_tests.model.account import UNKNOWN_ID
from pixelpact.contract_tests.model.drafts import PASSWORDS, passwords
from pixelpact.contract_tests.model.job import Output, outcome, passwords_of, unlocks
from pixelpact.contract_tests.model.mismatches import output_mismatches, outputs_mismatches
from pixelpact.schema import JSONObject, headers

#: Only jobs that have run have outputs, so every other step takes a job that was created to run.
_MOSTLY_LAUNCHED = LAUNCHED | JOBS
_NUMBERS = st.integers(0, 3)
#: A password that no output has.
_WRONG = "none of these"
_SHOWN = "an output stays as it was, except for requested changes"
_DOWNLOADED = "a download has the documented size and checksum, and needs the password"


class OutputRules(Steps):
    """Rules about the outputs of a job that has run."""

    @rule(job=JOBS, number=_NUMBERS, by_conversion=st.booleans())
    def list_outputs(self, job: str, number: int, by_conversion: bool) -> None:
        """List the outputs of a job, or of one conversion."""
        owned = self._waited(job)
        if owned.job.started and not owned.job.over:
            return
        query: dict[str, str] = {}
        files = outcome(owned.job, self.profile).files if owned.job.outputs else ()
        conversion = pick(owned.job.conversions, number)
        if by_conversion and conversion:
            files = tuple(file for file in files if file[0] == conversion.id)
            query = {"conversion_id": conversion.id}
        answer = owned.account.ask("listOutputs", 200, job=owned.job, params=query, rule=_SHOWN)
        rows = owned.account.document(answer, "OutputFile", rule=_SHOWN, rows=True)
        listed = tuple(output for output in owned.job.outputs if not query or output.origin in files)
        known = replace(owned.job, outputs=listed)
        owned.account.check(answer, outputs_mismatches(known, rows, self.profile, files=files), rule=_SHOWN)

    @rule(job=_MOSTLY_LAUNCHED, number=_NUMBERS)
    def read_output(self, job: str, number: int) -> None:
        """Read an output."""
        owned, output = self._find_output(job, number)
        if output is None:
            return
        answer = owned.account.ask("getOutput", 200, path=_ids(owned, output), rule=_SHOWN)
        row = owned.account.document(answer, "OutputFile", rule=_SHOWN)
        owned.account.check(answer, output_mismatches(output, row, self.profile), rule=_SHOWN)

    @rule(job=JOBS)
    def read_unknown_output(self, job: str) -> None:
        """Read, change and delete an output that does not exist."""
        owned = self.find(job)
        ids, why = {"job_id": owned.job.id, "output_id": UNKNOWN_ID}, "the output does not exist"
        owned.account.ask("getOutput", NOT_FOUND, path=ids, rule=why)
        owned.account.ask("updateOutput", NOT_FOUND, path=ids, json={"filename": "x"}, rule=why)
        owned.account.ask("removeOutput", NOT_FOUND, path=ids, rule=why)

    @rule(
        job=_MOSTLY_LAUNCHED,
        number=_NUMBERS,
        password=st.none() | passwords(),
        right=st.sampled_from((True, True, True, False)),
        too_often=st.sampled_from((False, False, False, False, False, True)),
    )
    def download(self, job: str, number: int, password: int | None, right: bool, too_often: bool) -> None:
        """Download an output with a password: if `right` and protected, with a wrong one, then its own."""
        owned, output = self._find_output(job, number)
        if output is None:
            return
        locks = sorted(passwords_of(owned.job, output, self.profile))
        presented = None if password is None else PASSWORDS[password]
        if right and locks:
            output = self._download(owned, output, _WRONG)
            presented = locks[0]
        limit = self.profile.value("download-limit")
        for _ in range(limit + 1 if too_often and limit is not None else 1):
            output = self._download(owned, output, presented)

    @rule(job=_MOSTLY_LAUNCHED, number=_NUMBERS)
    def request_head(self, job: str, number: int) -> None:
        """Send HEAD for an output: expect the headers of a download, which is not counted."""
        owned, output = self._find_output(job, number)
        if output is None:
            return
        answer = owned.account.api.download(output.document["uri"], operation="headOutput")
        owned.account.expect(answer, *self._download_statuses(owned, output, None), rule=_DOWNLOADED)
        if answer.response.status_code != success_status("headOutput"):
            return
        size, length = output.document["size"], answer.response.headers.get("Content-Length")
        mismatches = [] if length == str(size) else [f"must say Content-Length: {size}, says {length}"]
        owned.account.check(answer, mismatches, rule=_DOWNLOADED)
        if self.profile["counted-downloads"] == "head":
            _remember(owned, replace(output, downloads=output.downloads + 1))

    @rule(job=_MOSTLY_LAUNCHED, number=_NUMBERS, name=st.sampled_from(("portrait", "fox", "prompt")))
    def rename(self, job: str, number: int, name: str) -> None:
        """Rename an output: its extension, its other fields and the other outputs stay as they are."""
        owned, output = self._find_output(job, number)
        if output is None or output.deleted:
            return
        answer, row = self._change(owned, output, {"filename": name})
        field = self.profile.value("output-name-field")
        old, new = PurePosixPath(output.document[field]), PurePosixPath(row[field])
        renamed = replace(output, document={**output.document, field: row[field], "uri": row["uri"]})
        mismatches = [*output_mismatches(renamed, row, self.profile)]
        if new.suffix != old.suffix or not new.stem.startswith(name):
            mismatches.append(f"must have the {field} {name}{old.suffix}, has {new}")
        owned.account.check(answer, mismatches, rule="an output is renamed, without its extension")
        _remember(owned, renamed)
        self.read(job)

    @rule(job=_MOSTLY_LAUNCHED, number=_NUMBERS, password=passwords())
    def protect(self, job: str, number: int, password: int) -> None:
        """Set the password of an output, and try to download it without."""
        owned, output = self._find_output(job, number)
        if output is None or output.deleted:
            return
        answer, row = self._change(owned, output, {"download_password": PASSWORDS[password]})
        owned.account.check(answer, output_mismatches(output, row, self.profile), rule=_SHOWN)
        protected = _remember(owned, replace(output, password=PASSWORDS[password]))
        self._download(owned, protected, None)

    @rule(job=_MOSTLY_LAUNCHED, number=_NUMBERS)
    def remove_output(self, job: str, number: int) -> None:
        """Delete an output: its entry stays, its file is gone."""
        owned, output = self._find_output(job, number)
        if output is None or output.deleted:
            return
        done, ids = success_status("removeOutput"), _ids(owned, output)
        owned.account.ask("removeOutput", done, path=ids, rule="an output can be deleted")
        self._download(owned, _remember(owned, replace(output, deleted=True)), None)

    def _waited(self, job: str) -> OwnedJob:
        return OwnedJob(self.find(job).account, self.ended(job))

    def _find_output(self, job: str, number: int) -> tuple[OwnedJob, Output | None]:
        """The output with a number, which wraps around, of a job that has ended; `None` if it has none."""
        owned = self._waited(job)
        return owned, pick(owned.job.outputs, number)

    def _change(
        self, owned: OwnedJob, output: Output, body: Mapping[str, str]
    ) -> tuple[Exchange, JSONObject]:
        answer = owned.account.ask(
            "updateOutput", 200, path=_ids(owned, output), json=body, rule="an output can be changed"
        )
        return answer, owned.account.document(answer, "OutputFile", rule=_SHOWN)

    def _download_statuses(self, owned: OwnedJob, output: Output, presented: str | None) -> tuple[int, ...]:
        """The statuses that may answer a download; a file that is gone may be protected as well."""
        limit = self.profile.value("download-limit")
        locks = passwords_of(owned.job, output, self.profile)
        opened = unlocks(locks, presented, self.profile)
        refused = () if opened else (self.profile.value("download-password-refused"),)
        if output.deleted or (limit is not None and output.downloads >= limit):
            return self.profile.value("gone-output"), *refused
        return refused or (success_status("downloadOutput"),)

    def _download(self, owned: OwnedJob, output: Output, presented: str | None) -> Output:
        """The output after one more attempt to download it."""
        value = (presented or "").strip()  # a header's value has no blanks around it
        sent = {headers().download_password[0]: value} if value else {}
        answer = owned.account.api.download(output.document["uri"], headers=sent)
        expected = self._download_statuses(owned, output, presented)
        owned.account.expect(answer, *expected, rule=_DOWNLOADED)
        counted = replace(output, downloads=output.downloads + 1)
        status = answer.response.status_code
        if status != success_status("downloadOutput"):
            is_counted = self.profile["counted-downloads"] == "refused"
            is_refused = status == self.profile.value("download-password-refused")
            return _remember(owned, counted) if is_counted and is_refused else output
        content = answer.response.content
        digest = hashlib.new(self.profile["checksum"], content, usedforsecurity=False).hexdigest()
        announced = {name: output.document[name] for name in ("size", "checksum")}
        got = {"size": len(content), "checksum": digest}
        mismatches = (
            [] if announced == got else [f"must have the announced size and checksum {announced}, has {got}"]
        )
        owned.account.check(answer, mismatches, rule=_DOWNLOADED)
        return _remember(owned, counted)


def _remember(owned: OwnedJob, output: Output) -> Output:
    """The output, after it has replaced the one with its id in the model."""
    outputs = tuple(output if known.id == output.id else known for known in owned.job.outputs)
    owned.account.remember(replace(owned.job, outputs=outputs))
    return output


def _ids(owned: OwnedJob, output: Output) -> dict[str, str]:
    return {"job_id": owned.job.id, "output_id": output.id}
