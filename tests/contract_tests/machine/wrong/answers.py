"""Servers that are wrong about answers: statuses, bodies, secrets."""

from __future__ import annotations

from tests.changes import first_again, leaking, put, replaced, with_body, with_header, with_json, with_status
from tests.contract_tests.machine.wrong.steps import (
    GET,
    MAKE,
    NO_OPTIONS,
    RUN,
    SECOND_UNNAMED,
    STAGED,
    STRICT_CATEGORY,
    WIDTH,
    Wrong,
    in_both_accounts,
    listing,
    on,
    output_then_job,
    preset_then_job,
    read,
    two_jobs,
)
from tests.wrong_servers import rewriting

ANSWERS = {
    "crash": Wrong(rewriting(*GET, answer=with_status(500)), read(RUN), "getJob must never answer 5xx, got 500"),
    "another-status": Wrong(rewriting(*MAKE, answer=with_status(200)), read(RUN), "createJob must answer 201, got 200"),
    "no-error-body": Wrong(rewriting(*MAKE, answer=replaced({"message": "m"})), lambda machine: machine.create_without_json(0, b"{"), "the fields code, message, errors of Error"),
    "key-in-body": Wrong(rewriting(*GET, answer=put("callback", to="pixelpact-machine-0")), read(RUN), "must not repeat the key"),
    "key-in-header": Wrong(rewriting(*GET, answer=with_header("X-Echo", "key=pixelpact-machine-0;")), read(RUN), "must not repeat the key"),
    "foreign-job-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["id"])), in_both_accounts, "names a job of one"),
    "foreign-token-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["token"])), in_both_accounts, "names a token of one"),
    "foreign-input-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["input"][0]["id"])), in_both_accounts, "names an input of one"),
    "foreign-conversion-named": Wrong(rewriting(*GET, *MAKE, answer=leaking(lambda job: job["conversion"][0]["id"])), in_both_accounts, "names a conversion of one"),
    "foreign-output-named": Wrong(rewriting(*GET, answer=leaking(lambda job: job["output"][0]["id"])), output_then_job, "names an output of one"),
    "foreign-preset-named": Wrong(rewriting(*GET, "createPreset", answer=leaking(lambda preset: preset["id"])), preset_then_job, "names a preset of one"),
    "field-missing": Wrong(rewriting(*GET, answer=with_json(lambda job: {name: value for name, value in job.items() if name != "callback"})), read(RUN), "callback is required"),
    "row-invalid": Wrong(rewriting("listJobs", answer=put(0, "spent", to="none")), listing(RUN), "spent must be"),
    "not-json": Wrong(rewriting(*GET, answer=with_body(b"<html>")), read(RUN), "must answer with JSON"),
    "wrong-option-named": Wrong(rewriting(*MAKE, answer=put("errors", to={"height": ["x"], "awidth": ["x"], "conversion[0].options.width": ["x"]})), lambda machine: machine.create_with_a_fault(0, WIDTH), "must name 'width' in `errors`"),
    "fault-accepted": Wrong(rewriting(*MAKE, request=put("conversion", 0, "options", to={})), lambda machine: machine.create_with_a_fault(0, WIDTH), "createJob must answer 400, got 201"),
    "fault-in-conversion-accepted": Wrong(rewriting("addConversion", request=put("options", to={})), on(STAGED, lambda machine, job: machine.add_conversion_with_a_fault(job, WIDTH)), "addConversion must answer 400, got 201"),
    "wrong-option-of-conversion-named": Wrong(rewriting("addConversion", answer=put("errors", to={"height": ["x"]})), on(STAGED, lambda machine, job: machine.add_conversion_with_a_fault(job, WIDTH)), "must name 'width' in `errors`"),
    "options-not-named": Wrong(rewriting(*MAKE, answer=put("errors", to={"options": ["x"], "body": ["x"]})), lambda machine: machine.create_with_a_fault(0, NO_OPTIONS), "must name 'conversion[0].options' in `errors`"),
    "options-of-conversion-not-named": Wrong(rewriting("addConversion", answer=put("errors", to={"conversion[0].options": ["x"], "body": ["x"]})), on(STAGED, lambda machine, job: machine.add_conversion_with_a_fault(job, NO_OPTIONS)), "must name 'options' in `errors`"),
    "category-of-no-conversion-named": Wrong(rewriting(*MAKE, answer=put("errors", to={"category": ["x"], "conversion[0].category": ["x"]})), lambda machine: machine.launch(0, SECOND_UNNAMED), "must name 'conversion[1].category' in `errors`", {"profile": STRICT_CATEGORY}),
    "another-job-shown": Wrong(rewriting(*GET, *MAKE, answer=first_again(only="getJob")), two_jobs, "must show the job"),
    "older-job-created": Wrong(rewriting(*MAKE, answer=first_again(only="createJob")), two_jobs, "must make a new job, shows an older one"),
}  # fmt: skip
