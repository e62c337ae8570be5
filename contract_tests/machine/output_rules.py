"""Steps with the outputs of a job that has run: list, read, download, rename, protect, delete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from hypothesis import strategies as st
from hypothesis.stateful import rule

from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.machine.base import JOBS, Chosen, Steps, pick
from pixelpact.contract_tests.model.account import NOBODY, NOT_FOUND, success
from pixelpact.contract_tests.model.drafts import PASSWORDS, passwords
from pixelpact.contract_tests.model.job import Output, outcome, passwords_of, unlocks
from pixelpact.contract_tests.model.mismatches import output_faults, outputs_faults
from pixelpact.schema import JSONObject, headers

_NUMBERS = st.integers(0, 3)
#: A password that no output is given.
_WRONG = "none of these"
_SHOWN = "an output stays as it was, but for what was asked since"
_DOWNLOADED = "a download gives what the output tells, to those who know its password"


class OutputRules(Steps):
    """Steps with the outputs of a job that has run."""

    @rule(job=JOBS, number=_NUMBERS, by_conversion=st.booleans())
    def list_outputs(self, job: str, number: int, by_conversion: bool) -> None:
        """List the outputs of a job, or of one conversion."""
        chosen = Chosen(self.chosen(job).account, self.ended(job))
        if chosen.job.started and not chosen.job.over:
            return
        query: dict[str, str] = {}
        files = outcome(chosen.job, self.profile).files if chosen.job.outputs else ()
        conversion = pick(chosen.job.conversions, number)
        if by_conversion and conversion:
            files = tuple(each for each in files if each[0] == conversion.id)
            query = {"conversion_id": conversion.id}
        answer = chosen.account.ask("listOutputs", 200, job=chosen.job, params=query, rule=_SHOWN)
        rows = chosen.account.document(answer, "OutputFile", rule=_SHOWN, rows=True)
        known = replace(
            chosen.job, outputs=tuple(each for each in chosen.job.outputs if not query or each.made in files)
        )
        chosen.account.check(answer, outputs_faults(known, rows, self.profile, files=files), rule=_SHOWN)

    @rule(job=JOBS, number=_NUMBERS)
    def read_output(self, job: str, number: int) -> None:
        """Read an output."""
        chosen, output = self._output(job, number)
        if output is None:
            return
        answer = chosen.account.ask("getOutput", 200, path=_ids(chosen, output), rule=_SHOWN)
        row = chosen.account.document(answer, "OutputFile", rule=_SHOWN)
        chosen.account.check(answer, output_faults(output, row, self.profile), rule=_SHOWN)

    @rule(job=JOBS)
    def read_no_output(self, job: str) -> None:
        """Read, change and delete an output that does not exist."""
        chosen = self.chosen(job)
        ids, why = {"job_id": chosen.job.id, "output_id": NOBODY}, "there is no such output"
        chosen.account.ask("getOutput", NOT_FOUND, path=ids, rule=why)
        chosen.account.ask("updateOutput", NOT_FOUND, path=ids, json={"filename": "x"}, rule=why)
        chosen.account.ask("removeOutput", NOT_FOUND, path=ids, rule=why)

    @rule(
        job=JOBS,
        number=_NUMBERS,
        password=st.none() | passwords(),
        right=st.sampled_from((True, True, True, False)),
        too_often=st.sampled_from((False, False, False, False, False, True)),
    )
    def download(self, job: str, number: int, password: int | None, right: bool, too_often: bool) -> None:
        """Download an output with a password, the `right` one if it has one, after one that opens nothing."""
        chosen, output = self._output(job, number)
        if output is None:
            return
        locks = sorted(passwords_of(chosen.job, output, self.profile))
        presented = None if password is None else PASSWORDS[password]
        if right and locks:
            self._downloaded(chosen, output, _WRONG)
            presented = locks[0]
        limit = self.profile.value("download-limit")
        for _ in range(limit + 1 if too_often and limit is not None else 1):
            output = self._downloaded(chosen, output, presented)

    @rule(job=JOBS, number=_NUMBERS)
    def look_at_download(self, job: str, number: int) -> None:
        """Send HEAD for an output: what a download would say, without counting."""
        chosen, output = self._output(job, number)
        if output is None:
            return
        answer = chosen.account.api.download(output.document["uri"], operation="headOutput")
        chosen.account.judged(answer, *self._download_statuses(chosen, output, None), rule=_DOWNLOADED)
        if answer.response.status_code != success("headOutput"):
            return
        size, said = output.document["size"], answer.response.headers.get("Content-Length")
        faults = [] if said == str(size) else [f"must say Content-Length: {size}, says {said}"]
        chosen.account.check(answer, faults, rule=_DOWNLOADED)
        if self.profile["counted-downloads"] == "head":
            _kept(chosen, replace(output, downloads=output.downloads + 1))

    @rule(job=JOBS, number=_NUMBERS, name=st.sampled_from(("portrait", "fox", "prompt")))
    def rename(self, job: str, number: int, name: str) -> None:
        """Give an output another name: its extension and all else stay, the other outputs too."""
        chosen, output = self._output(job, number)
        if output is None or output.deleted:
            return
        answer, row = self._changed(chosen, output, {"filename": name})
        field = self.profile.value("output-name-field")
        old, new = PurePosixPath(output.document[field]), PurePosixPath(row[field])
        renamed = replace(output, document={**output.document, field: row[field], "uri": row["uri"]})
        faults = [*output_faults(renamed, row, self.profile)]
        if new.suffix != old.suffix or not new.stem.startswith(name):
            faults.append(f"must have the {field} {name}{old.suffix}, has {new}")
        chosen.account.check(answer, faults, rule="an output is renamed, without its extension")
        _kept(chosen, renamed)
        self.read(job)

    @rule(job=JOBS, number=_NUMBERS, password=passwords())
    def protect(self, job: str, number: int, password: int) -> None:
        """Give an output a password of its own, and try the download without it."""
        chosen, output = self._output(job, number)
        if output is None or output.deleted:
            return
        answer, row = self._changed(chosen, output, {"download_password": PASSWORDS[password]})
        chosen.account.check(answer, output_faults(output, row, self.profile), rule=_SHOWN)
        self._downloaded(chosen, _kept(chosen, replace(output, password=PASSWORDS[password])), None)

    @rule(job=JOBS, number=_NUMBERS)
    def remove_output(self, job: str, number: int) -> None:
        """Delete an output: its entry stays, its file is gone."""
        chosen, output = self._output(job, number)
        if output is None or output.deleted:
            return
        done, ids = success("removeOutput"), _ids(chosen, output)
        chosen.account.ask("removeOutput", done, path=ids, rule="an output can be deleted")
        self._downloaded(chosen, _kept(chosen, replace(output, deleted=True)), None)

    def _output(self, job: str, number: int) -> tuple[Chosen, Output | None]:
        """The output with a number, counted round, of a job that is over; `None` if it has none."""
        chosen = Chosen(self.chosen(job).account, self.ended(job))
        return chosen, pick(chosen.job.outputs, number)

    def _changed(
        self, chosen: Chosen, output: Output, body: Mapping[str, str]
    ) -> tuple[Exchange, JSONObject]:
        answer = chosen.account.ask(
            "updateOutput", 200, path=_ids(chosen, output), json=body, rule="an output can be changed"
        )
        return answer, chosen.account.document(answer, "OutputFile", rule=_SHOWN)

    def _download_statuses(self, chosen: Chosen, output: Output, presented: str | None) -> tuple[int, ...]:
        """With which statuses a download may be answered; a file that is gone may be locked as well."""
        limit = self.profile.value("download-limit")
        locks = passwords_of(chosen.job, output, self.profile)
        opened = unlocks(locks, presented, self.profile)
        refused = () if opened else (self.profile.value("download-password-refused"),)
        if output.deleted or (limit is not None and output.downloads >= limit):
            return self.profile.value("gone-output"), *refused
        return refused or (success("downloadOutput"),)

    def _downloaded(self, chosen: Chosen, output: Output, presented: str | None) -> Output:
        """The output after one more download, or the try of one."""
        value = (presented or "").strip()  # a header's value has no blanks around it
        sent = {headers().download_password[0]: value} if value else {}
        answer = chosen.account.api.download(output.document["uri"], headers=sent)
        expected = self._download_statuses(chosen, output, presented)
        chosen.account.judged(answer, *expected, rule=_DOWNLOADED)
        if answer.response.status_code != success("downloadOutput"):
            return output
        content = answer.response.content
        digest = hashlib.new(self.profile["checksum"], content, usedforsecurity=False).hexdigest()
        told = {name: output.document[name] for name in ("size", "checksum")}
        got = {"size": len(content), "checksum": digest}
        faults = [] if told == got else [f"must be as its size and checksum tell, {told}, is {got}"]
        chosen.account.check(answer, faults, rule=_DOWNLOADED)
        return _kept(chosen, replace(output, downloads=output.downloads + 1))


def _kept(chosen: Chosen, output: Output) -> Output:
    """The output, in place of what was known of it."""
    outputs = tuple(output if each.id == output.id else each for each in chosen.job.outputs)
    chosen.account.keep(replace(chosen.job, outputs=outputs))
    return output


def _ids(chosen: Chosen, output: Output) -> dict[str, str]:
    return {"job_id": chosen.job.id, "output_id": output.id}
