"""Servers that are wrong about inputs and conversions, and changes of jobs."""

from __future__ import annotations

from pixelpact.contract_tests.model.drafts import JobDraft
from pixelpact.schema import headers
from tests.changes import put, replaced, with_header, with_json, with_status
from tests.contract_tests.machine.wrong.steps import (
    GET,
    MAKE,
    RUN,
    SMALL,
    STAGED,
    UNKNOWN,
    Wrong,
    on,
    picture,
    text,
)
from tests.wrong_servers import rewriting

PARTS = {
    "input-added-wrongly": Wrong(rewriting("addInput", answer=put("type", to="remote")), on(STAGED, lambda machine, job: machine.add_inputs(job, [text()], False)), "must have type of an input"),
    "second-input-lost": Wrong(rewriting("addInput", answer=with_json(lambda rows: rows[:1])), on(STAGED, lambda machine, job: machine.add_inputs(job, [text(), text()], True)), "must answer with all 2 new inputs, answers with 1"),
    "late-input-added": Wrong(rewriting("addInput", answer=with_status(201)), on(RUN, lambda machine, job: machine.add_inputs(job, [text()], False)), "addInput must answer 409, got 201"),
    "invalid-input-added": Wrong(rewriting("addInput", request=replaced({"type": "base64", "source": "QQ=="})), on(STAGED, lambda machine, job: machine.add_invalid_input(job, [7])), "addInput must answer 400, got 201"),
    "late-upload-taken": Wrong(rewriting("uploadFile", answer=with_status(200)), on(RUN, lambda machine, job: machine.upload(job, "A fox", True)), "uploadFile must answer 409, got 200"),
    "upload-names-another-input": Wrong(rewriting("uploadFile", answer=put("id", "input", to=UNKNOWN)), on(STAGED, lambda machine, job: machine.upload(job, "A fox", False), lambda machine, job: machine.read_job(job)), "must have ids in input"),
    "another-input-read": Wrong(rewriting("getInput", answer=put("id", to=UNKNOWN)), on(STAGED, lambda machine, job: machine.read_input(job, 0)), "must have id of an input"),
    "unknown-input-read": Wrong(rewriting("getInput", answer=with_status(200)), on(JobDraft(), lambda machine, job: machine.read_input(job, 0)), "getInput must answer 404, got 200"),
    "input-not-changed": Wrong(rewriting("updateInput", answer=put("parameters", to={})), on(STAGED, lambda machine, job: machine.change_input(job, 0, True)), "must have parameters of an input {'delete_after_use': True}, has {}"),
    "late-input-changed": Wrong(rewriting("updateInput", answer=with_status(200)), on(RUN, lambda machine, job: machine.change_input(job, 0, True)), "updateInput must answer 409, got 200"),
    "input-not-removed": Wrong(rewriting("removeInput", answer=with_status(404)), on(STAGED, lambda machine, job: machine.remove_input(job, 0)), "removeInput must answer 204, got 404"),
    "late-input-removed": Wrong(rewriting("removeInput", answer=with_status(204)), on(RUN, lambda machine, job: machine.remove_input(job, 0)), "removeInput must answer 409, got 204"),
    "conversion-added-wrongly": Wrong(rewriting("addConversion", answer=put("options", to={})), on(STAGED, lambda machine, job: machine.add_conversion(job, picture())), "must have options of a conversion"),
    "late-conversion-added": Wrong(rewriting("addConversion", answer=with_status(201)), on(RUN, lambda machine, job: machine.add_conversion(job, picture())), "addConversion must answer 409, got 201"),
    "conversion-not-changed": Wrong(rewriting("updateConversion", answer=put("options", to=SMALL)), on(STAGED, lambda machine, job: machine.change_conversion(job, 0, picture(seed=7))), "must have options of a conversion"),
    "another-conversion-changed": Wrong(rewriting("updateConversion", answer=put("id", to=UNKNOWN)), on(STAGED, lambda machine, job: machine.change_conversion(job, 0, picture())), "must have id of a conversion"),
    "change-of-conversion-forgotten": Wrong(rewriting("updateConversion", request=put("options", to=SMALL), answer=put("options", to={**SMALL, "seed": 7})), on(STAGED, lambda machine, job: machine.change_conversion(job, 0, picture(seed=7)), lambda machine, job: machine.read_job(job)), "getJob must have options of a conversion"),
    "late-conversion-changed": Wrong(rewriting("updateConversion", answer=with_status(200)), on(RUN, lambda machine, job: machine.change_conversion(job, 0, picture())), "updateConversion must answer 409, got 200"),
    "late-conversion-removed": Wrong(rewriting("removeConversion", answer=with_status(204)), on(RUN, lambda machine, job: machine.remove_conversion(job, 0)), "removeConversion must answer 409, got 204"),
    "unknown-conversion-removed": Wrong(rewriting("removeConversion", answer=with_status(204)), on(JobDraft(), lambda machine, job: machine.remove_conversion(job, 0)), "removeConversion must answer 404, got 204"),
    "change-of-job-ignored": Wrong(rewriting("updateJob", request=replaced({})), on(STAGED, lambda machine, job: machine.change(job, {"notify_status": True}, None)), "updateJob must have notify_status True, has False"),
    "new-passwords-ignored": Wrong(rewriting("updateJob", request=replaced({})), on(STAGED, lambda machine, job: machine.change(job, {}, [0, 1])), "updateJob must have number of download_passwords 2, has 1"),
    "start-ignored": Wrong(rewriting("updateJob", request=replaced({})), on(STAGED, lambda machine, job: machine.start(job)), "updateJob must have the status"),
    "late-change": Wrong(rewriting("updateJob", answer=with_status(200)), on(RUN, lambda machine, job: machine.read_job(job), lambda machine, job: machine.change(job, {"notify_status": True}, None)), "updateJob must answer 409, got 200"),
    "cancel-ignored": Wrong(rewriting(*GET, answer=put("status", "code", to="ready")), on(STAGED, lambda machine, job: machine.cancel(job), lambda machine, job: machine.read_job(job)), "must have the status canceled, has ready"),
    "canceled-twice": Wrong(rewriting("cancelJob", answer=with_status(204)), on(STAGED, lambda machine, job: machine.cancel(job), lambda machine, job: machine.cancel(job)), "cancelJob must answer 409, got 204"),
    "idempotency-key-ignored": Wrong(rewriting(*MAKE, request=with_header(headers().idempotency_key, None)), lambda machine: (machine.create(0, RUN, True), machine.repeat(0)), "createJob must show the job"),
    "idempotency-conflict-ignored": Wrong(rewriting(*MAKE, request=with_header(headers().idempotency_key, None)), lambda machine: (machine.create(0, RUN, True), machine.create(0, STAGED, True)), "createJob must answer 409, got 201"),
}  # fmt: skip
