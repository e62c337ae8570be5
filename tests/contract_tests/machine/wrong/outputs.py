"""Servers that are wrong about outputs and downloads."""

from __future__ import annotations

from pixelpact.contract_tests.model.drafts import PASSWORDS, JobDraft
from pixelpact.schema import Profile, headers
from tests.changes import first_again, from_the_second, put, replaced, with_body, with_header, with_status
from tests.contract_tests.machine.wrong.steps import GET, PROTECTED, RUN, Wrong, downloaded, on, picture, text
from tests.wrong_servers import rewriting

#: The place of a password of blanks.
BLANK = PASSWORDS.index(next(password for password in PASSWORDS if not password.strip() and password))

OUTPUTS = {
    "no-outputs-listed": Wrong(rewriting("listOutputs", answer=replaced([])), on(RUN, lambda machine, job: machine.list_outputs(job, 0, False)), "listOutputs must have outputs (conversion, inputs)"),
    "outputs-of-all-conversions": Wrong(rewriting("listOutputs", answer=first_again(only="listOutputs")), on(JobDraft(conversions=(picture(), picture(seed=7)), inputs=(text(),)), lambda machine, job: machine.list_outputs(job, 0, False), lambda machine, job: machine.list_outputs(job, 0, True)), "listOutputs must have outputs (conversion, inputs)"),
    "output-read-wrongly": Wrong(rewriting("getOutput", answer=put("size", to=1)), on(RUN, lambda machine, job: machine.read_output(job, 0)), "getOutput must have size of an output"),
    "unknown-output-read": Wrong(rewriting("getOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.read_unknown_output(job)), "getOutput must answer 404, got 200"),
    "unknown-output-changed": Wrong(rewriting("updateOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.read_unknown_output(job)), "updateOutput must answer 404, got 200"),
    "unknown-output-deleted": Wrong(rewriting("removeOutput", answer=with_status(204)), on(RUN, lambda machine, job: machine.read_unknown_output(job)), "removeOutput must answer 404, got 204"),
    "damaged-download": Wrong(rewriting("downloadOutput", answer=lambda answer: with_body(answer.body[:-1] + b"x")(answer)), on(RUN, downloaded), "must have the announced size and checksum"),
    "wrong-length": Wrong(rewriting("headOutput", answer=with_header("Content-Length", "1")), on(RUN, lambda machine, job: machine.request_head(job, 0)), "must say Content-Length: "),
    "head-without-password": Wrong(rewriting("headOutput", answer=with_status(200)), on(PROTECTED, lambda machine, job: machine.request_head(job, 0)), "headOutput must answer 401, got 200"),
    "any-password": Wrong(rewriting("downloadOutput", request=with_header(headers().download_password[0], PASSWORDS[0])), on(PROTECTED, downloaded), "downloadOutput must answer 401, got 200"),
    "no-password": Wrong(rewriting("downloadOutput", request=with_header(headers().download_password[0], None)), on(PROTECTED, downloaded), "downloadOutput must answer 200, got 401"),
    "blanks-unlock": Wrong(rewriting("updateOutput", request=put("download_password", to="")), on(RUN, lambda machine, job: machine.protect(job, 0, BLANK)), "downloadOutput must answer 401, got 200"),
    "not-counted": Wrong(rewriting("getOutput", answer=put("downloads_counter", to=0)), on(RUN, downloaded, lambda machine, job: machine.read_output(job, 0)), "must have downloads_counter of an output 1, has 0"),
    "refusal-not-counted": Wrong(rewriting("getOutput", answer=put("downloads_counter", to=1)), on(PROTECTED, downloaded, lambda machine, job: machine.read_output(job, 0)), "must have downloads_counter of an output 2, has 1", {"profile": Profile({"counted-downloads": "refused"})}),
    "no-limit": Wrong(rewriting("downloadOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.download(job, 0, password=None, right=True, too_often=True)), "downloadOutput must answer 404, got 200"),
    "overuse-not-shown": Wrong(rewriting("getOutput", answer=put("status", to="enabled")), on(RUN, lambda machine, job: machine.download(job, 0, password=None, right=True, too_often=True), lambda machine, job: machine.read_output(job, 0)), "must have status of an output 'overuse', has 'enabled'"),
    "extension-lost": Wrong(rewriting("updateOutput", answer=put("filename", to="fox")), on(RUN, lambda machine, job: machine.rename(job, 0, "fox")), "must have the filename fox.png, has fox"),
    "not-renamed": Wrong(rewriting("updateOutput", request=replaced({})), on(RUN, lambda machine, job: machine.rename(job, 0, "portrait")), "must have the filename portrait.png, has"),
    "renaming-changes-more": Wrong(rewriting("updateOutput", answer=put("size", to=1)), on(RUN, lambda machine, job: machine.rename(job, 0, "fox")), "updateOutput must have size of an output"),
    "name-forgotten": Wrong(rewriting(*GET, answer=from_the_second(put("output", 0, "filename", to="prompt.png"))), on(RUN, lambda machine, job: machine.rename(job, 0, "fox")), "getJob must have filename of an output 'fox.png', has 'prompt.png'"),
    "protecting-changes-more": Wrong(rewriting("updateOutput", answer=put("size", to=1)), on(RUN, lambda machine, job: machine.protect(job, 0, 0)), "updateOutput must have size of an output"),
    "protection-ignored": Wrong(rewriting("updateOutput", request=replaced({})), on(RUN, lambda machine, job: machine.protect(job, 0, 0)), "downloadOutput must answer 401, got 200"),
    "deleted-file-stays": Wrong(rewriting("downloadOutput", answer=with_status(200)), on(RUN, lambda machine, job: machine.remove_output(job, 0)), "downloadOutput must answer 404, got 200"),
    "deletion-not-shown": Wrong(rewriting("getOutput", answer=put("status", to="enabled")), on(RUN, lambda machine, job: machine.remove_output(job, 0), lambda machine, job: machine.read_output(job, 0)), "must have status of an output 'disabled', has 'enabled'"),
}  # fmt: skip
