"""Servers that are wrong about whole jobs and their histories."""

from __future__ import annotations

from pixelpact.contract_tests.model.drafts import PASSWORDS, JobDraft
from pixelpact.schema import Profile
from tests.changes import from_the_second, put, replaced, swapped, with_json
from tests.contract_tests.machine.wrong.steps import (
    FAILING,
    GET,
    LOCKED,
    REMOTE,
    RUN,
    STAGED,
    TWO,
    UNKNOWN,
    WARNED,
    Wrong,
    history,
    on,
    read,
    started_later,
    waited,
)
from tests.wrong_servers import rewriting

JOBS = {
    "status-goes-back": Wrong(rewriting(*GET, answer=from_the_second(put("status", "code", to="processing"))), read(RUN, times=2), "must never go back in status, went from completed to processing"),
    "status-too-early": Wrong(rewriting(*GET, answer=put("status", "code", to="completed")), read(STAGED), "must have the status ready, has completed"),
    "server": Wrong(rewriting(*GET, answer=put("server", to="http://127.0.0.1:1")), read(STAGED), "must have server"),
    "token": Wrong(rewriting(*GET, answer=put("token", to="0" * 32)), read(STAGED), "must keep its token"),
    "process": Wrong(rewriting(*GET, answer=put("process", to=True)), read(STAGED), "must have process False, has True"),
    "fail_on_input_error": Wrong(rewriting(*GET, answer=put("fail_on_input_error", to=False)), read(STAGED), "must have fail_on_input_error True, has False"),
    "fail_on_conversion_error": Wrong(rewriting(*GET, answer=put("fail_on_conversion_error", to=False)), read(STAGED), "must have fail_on_conversion_error True, has False"),
    "notify_status": Wrong(rewriting(*GET, answer=put("notify_status", to=True)), read(STAGED), "must have notify_status False, has True"),
    "passwords-lost": Wrong(rewriting(*GET, answer=put("download_passwords", to=[])), read(STAGED), "must have number of download_passwords 1, has 0"),
    "passwords-in-clear": Wrong(rewriting(*GET, answer=put("download_passwords", to=[PASSWORDS[0]])), read(STAGED), "must not show download_passwords in clear"),
    "conversion-lost": Wrong(rewriting(*GET, answer=put("conversion", to=[])), read(STAGED), "must have ids in conversion"),
    "input-lost": Wrong(rewriting(*GET, answer=put("input", to=[])), read(STAGED), "must have ids in input"),
    "target": Wrong(rewriting(*GET, answer=put("conversion", 0, "target", to="zip")), read(STAGED), "must have target of a conversion 'text-to-image', has 'zip'"),
    "category": Wrong(rewriting(*GET, answer=put("conversion", 0, "category", to="image")), read(STAGED), "must have category of a conversion"),
    "options": Wrong(rewriting(*GET, answer=put("conversion", 0, "options", "width", to=65)), read(STAGED), "must have options of a conversion"),
    "hidden-options-shown": Wrong(rewriting(*GET, answer=put("conversion", 0, "options", "download_password", to="***")), read(STAGED), "must have hidden options of a conversion [], has ['download_password']"),
    "masked-option-in-clear": Wrong(rewriting(*GET, answer=put("conversion", 0, "options", "download_password", to=PASSWORDS[0])), read(JobDraft(conversions=(LOCKED,))), "must not show download_password in clear", {"profile": Profile({"secret-options": "masked"})}),
    "input-type": Wrong(rewriting(*GET, answer=put("input", 0, "type", to="remote")), read(STAGED), "must have type of an input"),
    "input-options": Wrong(rewriting(*GET, answer=put("input", 0, "options", to={})), read(STAGED), "must have options of an input {'type': 'prompt'}, has {}"),
    "input-parameters": Wrong(rewriting(*GET, answer=put("input", 0, "parameters", to={"x": 1})), read(STAGED), "must have parameters of an input {}, has {'x': 1}"),
    "input-source": Wrong(rewriting(*GET, answer=put("input", 0, "source", to="https://example.com/")), read(REMOTE), "must have source of an input"),
    "input-status": Wrong(rewriting(*GET, answer=put("input", 0, "status", to="failed")), read(RUN), "must have status of an input 'ready', has 'failed'"),
    "input-credentials": Wrong(rewriting(*GET, answer=put("input", 0, "credentials", to={"user": "x"})), read(STAGED), "must not show credentials of an input"),
    "errors-lost": Wrong(rewriting(*GET, answer=put("errors", to=[])), read(FAILING), "must have errors [('conversion',"),
    "warnings-lost": Wrong(rewriting(*GET, answer=put("warnings", to=[])), read(WARNED), "must have warnings [('conversion',"),
    "nothing-spent": Wrong(rewriting(*GET, answer=put("spent", to=0)), read(RUN), "must have spent 1, has 0"),
    "no-outputs": Wrong(rewriting(*GET, answer=put("output", to=[])), read(RUN), "must have outputs (conversion, inputs)"),
    "one-uri-for-two": Wrong(rewriting(*GET, answer=with_json(lambda job: {**job, "output": [{**output, "uri": job["output"][0]["uri"]} for output in job["output"]]})), read(TWO), "must have number of different uris 2, has 1"),
    "output-changes": Wrong(rewriting(*GET, answer=from_the_second(put("output", 0, "size", to=1))), read(RUN, times=2), "must have size of an output"),
    "output-disabled": Wrong(rewriting(*GET, answer=put("output", 0, "status", to="disabled")), read(RUN), "must have status of an output 'enabled', has 'disabled'"),
    "download-counted-early": Wrong(rewriting(*GET, answer=put("output", 0, "downloads_counter", to=1)), read(RUN), "must have downloads_counter of an output 0, has 1"),
    "another-output": Wrong(rewriting(*GET, answer=from_the_second(put("output", 0, "id", to=UNKNOWN))), read(RUN, times=2), "must still have the output"),
}  # fmt: skip

HISTORY = {
    "rewritten": Wrong(rewriting("listHistory", answer=from_the_second(with_json(swapped))), on(STAGED, started_later, history, history), "must have history as it was before, then more"),
    "empty": Wrong(rewriting("listHistory", answer=replaced([])), on(STAGED, history), "must have a history"),
    "behind": Wrong(rewriting("listHistory", answer=put(-1, "status", to="incomplete")), on(STAGED, history), "must have the status ready, has incomplete"),
    "status-lost": Wrong(rewriting("listHistory", answer=with_json(lambda rows: rows[-1:])), on(STAGED, started_later, history), "must have in its history the status ready, which was seen, at its place"),
    "out-of-order": Wrong(rewriting("listHistory", answer=with_json(lambda rows: [*swapped(rows[:-1]), rows[-1]])), on(STAGED, started_later, waited, history), "which was seen, at its place", {"pace": "polls=3"}),
    "goes-on-after-the-end": Wrong(rewriting("listHistory", answer=with_json(lambda rows: [*rows, rows[-1]])), on(RUN, waited, history), "must never leave the status completed, went to completed"),
}  # fmt: skip
