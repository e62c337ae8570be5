"""Servers that are wrong in one thing, the check that notices it, and what the check then says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from PIL import Image

from pixelpact.contract_tests.checks import (
    test_authentication,
    test_creation,
    test_lifecycle,
    test_passwords,
    test_refusals,
)
from pixelpact.contract_tests.client import client
from pixelpact.contract_tests.client.client import ApiClient
from pixelpact.schema import headers
from pixelpact.strategies import boundaries, raw_faults, single_faults
from tests.changes import (
    first_again,
    from_the_second,
    only_first,
    put,
    replaced,
    with_body,
    with_header,
    with_json,
    with_status,
    without,
)
from tests.wrong_servers import Change, Patch, Traffic, rewriting, setting

KEY = "pixelpact-checks"
API_KEY, TOKEN = headers().api_key[0], headers().job_token[0]

#: What a check is given, besides the API.
Given = Callable[[ApiClient], Mapping[str, object]]


class Wrong(NamedTuple):
    """A wrong server, a check that notices it, and what it then says."""

    break_it: Callable[[Patch], None]
    check: Callable[..., None]
    says: str
    given: Given = lambda _: {}


def finished(api: ApiClient) -> Mapping[str, object]:
    return {"finished": lambda: test_lifecycle.lighthouse(api)}


def constant(**given: object) -> Given:
    return lambda _: given


def protected(by: Callable[[ApiClient], str], **given: object) -> Given:
    return lambda api: {"protected": lambda: by(api), **given}


def all_of(*changes: Callable[[Patch], None]) -> Callable[[Patch], None]:
    def apply(patch: Patch) -> None:
        for change in changes:
            change(patch)

    return apply


def key_repeated(repeat: Callable[[str], Change]) -> Change:
    """Repeat the key of the request somewhere in the answer."""

    def change(answer: Traffic) -> None:
        assert answer.request is not None
        repeat(dict(answer.request.headers)[API_KEY.lower()])(answer)

    return change


def with_picture(width_px: int, height_px: int) -> Change:
    content = BytesIO()
    Image.new("RGB", (width_px, height_px)).save(content, "PNG")
    return with_body(content.getvalue())


def with_first_token() -> Change:
    tokens: list[str] = []

    def change(answer: Traffic) -> None:
        tokens.append(answer.json["token"])
        put("token", to=tokens[0])(answer)

    return change


def twice(job: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**job, "output": job["output"] * 2}


WIDTH = next(valid for valid in boundaries() if valid.option == "width")
FAULT = next(fault for fault in single_faults() if fault.option == "width")
NO_OPTIONS = next(fault for fault in single_faults() if fault.option is None)
RAW = next(raw for raw in raw_faults() if raw.ledger is None and raw.body.strip())
UNKNOWN_TARGET = {"conversion": [{"target": "no-such-target"}]}
GET, MAKE, UPLOAD, DOWNLOAD = ("getJob",), ("createJob",), ("uploadFile",), ("downloadOutput",)

AUTHENTICATION = {
    "no-key-needed": Wrong(rewriting(*MAKE, request=with_header(API_KEY, KEY)), test_authentication.test_a_key_is_needed, "createJob must answer 401, got 201", constant(operation="createJob")),
    "no-key-needed-to-list": Wrong(rewriting("listJobs", request=with_header(API_KEY, KEY)), test_authentication.test_a_key_is_needed, "listJobs must answer 401, got 204", constant(operation="listJobs")),
    "no-key-400": Wrong(rewriting(*MAKE, answer=with_status(400)), test_authentication.test_a_key_is_needed, "createJob must answer 401, got 400", constant(operation="createJob")),
    "wrong-key-accepted": Wrong(rewriting(*MAKE, request=with_header(API_KEY, KEY)), test_authentication.test_a_wrong_key_is_refused_and_not_repeated, "createJob must answer 401, got 201", constant(name=API_KEY)),
    "key-repeated-in-body": Wrong(rewriting(*MAKE, answer=key_repeated(lambda key: put("message", to=f"{key} is wrong"))), test_authentication.test_a_wrong_key_is_refused_and_not_repeated, "must not repeat the key", constant(name=API_KEY)),
    "key-repeated-in-header": Wrong(rewriting(*MAKE, answer=key_repeated(lambda key: with_header("X-Echo", f"key={key};"))), test_authentication.test_a_wrong_key_is_refused_and_not_repeated, "must not repeat the key", constant(name=API_KEY)),
    "token-opens-nothing": Wrong(rewriting(*GET, request=with_header(TOKEN, None)), test_authentication.test_a_token_opens_its_own_job, "getJob must answer 200, got 401", constant(name=TOKEN)),
    "token-opens-other-jobs": Wrong(rewriting(*GET, request=with_header(API_KEY, KEY)), test_authentication.test_a_token_opens_no_other_job, "getJob must answer 401, got 200"),
    "token-creates-jobs": Wrong(rewriting(*MAKE, request=with_header(API_KEY, KEY)), test_authentication.test_a_token_creates_no_job, "createJob must answer 401, got 201"),
    "information-needs-a-key": Wrong(rewriting("listStatuses", answer=with_status(401)), test_authentication.test_information_needs_no_key, "listStatuses must answer 200, got 401", constant(operation="listStatuses")),
}  # fmt: skip

CREATION = {
    "created-200": Wrong(rewriting(*MAKE, answer=with_status(200)), test_creation.test_created_job_has_every_documented_field, "createJob must answer 201, got 200"),
    "field-missing": Wrong(rewriting(*MAKE, answer=without("callback")), test_creation.test_created_job_has_every_documented_field, "callback is required"),
    "token-missing": Wrong(rewriting(*MAKE, answer=without("token")), test_creation.test_created_job_has_every_documented_field, "token is required"),
    "token-malformed": Wrong(rewriting(*MAKE, answer=put("token", to="")), test_creation.test_created_job_has_every_documented_field, "token must match"),
    "server-missing": Wrong(rewriting(*MAKE, answer=without("server")), test_creation.test_created_job_has_every_documented_field, "server is required"),
    "upload-refused": Wrong(rewriting(*UPLOAD, answer=with_status(409)), test_creation.test_created_job_can_be_uploaded_to, "uploadFile must answer 200, got 409"),
    "upload-without-receipt": Wrong(rewriting(*UPLOAD, answer=replaced({"completed": True})), test_creation.test_created_job_can_be_uploaded_to, "fields id, completed of UploadReceipt: id is required"),
    **{f"{flag}-by-default": Wrong(rewriting(*MAKE, answer=with_json(lambda job, flag=flag: {**job, flag: not job[flag]})), test_creation.test_flags_have_their_documented_defaults, f"must default {flag} to") for flag in ("fail_on_input_error", "fail_on_conversion_error", "notify_status")},
    "one-job-for-two": Wrong(rewriting(*MAKE, answer=first_again(only="createJob")), test_creation.test_two_jobs_are_two, "must give each job its own id"),
    "one-token-for-two": Wrong(rewriting(*MAKE, answer=with_first_token()), test_creation.test_two_jobs_are_two, "must give each job its own token"),
    "valid-option-refused": Wrong(rewriting(*MAKE, request=put("conversion", 0, "options", "width", to=0)), test_creation.test_valid_options_are_accepted_and_shown, "createJob must answer 201, got 400", constant(valid=WIDTH)),
    "option-lost": Wrong(rewriting(*MAKE, answer=put("conversion", 0, "options", to={})), test_creation.test_valid_options_are_accepted_and_shown, "must show width as it was sent", constant(valid=WIDTH)),
    "conversion-lost": Wrong(rewriting(*MAKE, answer=put("conversion", to=[])), test_creation.test_valid_options_are_accepted_and_shown, "must have one conversion, has 0", constant(valid=WIDTH)),
    "password-of-job-shown": Wrong(rewriting(*MAKE, answer=put("download_passwords", to=["open-sesame-5417"])), test_creation.test_passwords_are_not_shown_in_clear, "must not show a download_password in clear"),
    "password-of-conversion-shown": Wrong(rewriting(*MAKE, answer=put("conversion", 0, "options", "download_password", to="open-sesame-5417")), test_creation.test_passwords_are_not_shown_in_clear, "must not show a download_password in clear"),
}  # fmt: skip

LIFECYCLE = {
    "upload-of-prompt-refused": Wrong(rewriting(*UPLOAD, answer=with_status(409)), test_lifecycle.test_a_job_completes_with_one_picture, "uploadFile must answer 200, got 409", finished),
    "start-refused": Wrong(rewriting("updateJob", answer=with_status(409)), test_lifecycle.test_a_job_completes_with_one_picture, "updateJob must answer 200, got 409", finished),
    "read-refused": Wrong(rewriting(*GET, answer=with_status(404)), test_lifecycle.test_a_job_completes_with_one_picture, "getJob must answer 200, got 404", finished),
    "never-ends": Wrong(all_of(rewriting(*GET, answer=put("status", "code", to="processing")), setting(client, "_PATIENCE_S", lambda _: -1)), test_lifecycle.test_a_job_completes_with_one_picture, "must reach a terminal status, is still processing", finished),
    "job-fails": Wrong(rewriting(*GET, answer=put("status", "code", to="failed")), test_lifecycle.test_a_job_completes_with_one_picture, "must be completed, is failed", finished),
    "no-output": Wrong(rewriting(*GET, answer=put("output", to=[])), test_lifecycle.test_a_job_completes_with_one_picture, "must have one output, has 0", finished),
    "two-outputs": Wrong(rewriting(*GET, answer=with_json(twice)), test_lifecycle.test_a_job_completes_with_one_picture, "must have one output, has 2", finished),
    "status-goes-back": Wrong(rewriting(*GET, answer=only_first(put("status", "code", to="failed"))), test_lifecycle.test_status_never_goes_back, "status must never go back"),
    "outputs-not-listed": Wrong(rewriting("listOutputs", answer=replaced([])), test_lifecycle.test_outputs_are_listed_as_in_the_job, "must list the outputs of the job", finished),
    "download-needs-a-key": Wrong(rewriting(*DOWNLOAD, answer=with_status(401)), test_lifecycle.test_download_is_what_the_output_says, "downloadOutput must answer 200, got 401", finished),
    "longer-download": Wrong(rewriting(*DOWNLOAD, answer=lambda answer: with_body(answer.body + b"x")(answer)), test_lifecycle.test_download_is_what_the_output_says, "must have the size", finished),
    "damaged-download": Wrong(rewriting(*DOWNLOAD, answer=lambda answer: with_body(answer.body[:-1] + b"x")(answer)), test_lifecycle.test_download_is_what_the_output_says, "must have the checksum", finished),
    "no-picture": Wrong(rewriting(*DOWNLOAD, answer=with_body(b"a fox")), test_lifecycle.test_picture_has_the_requested_size, "must be a picture", finished),
    "narrower-picture": Wrong(rewriting(*DOWNLOAD, answer=with_picture(191, 128)), test_lifecycle.test_picture_has_the_requested_size, "must be 192 pixels in width, is 191", finished),
    "lower-picture": Wrong(rewriting(*DOWNLOAD, answer=with_picture(192, 127)), test_lifecycle.test_picture_has_the_requested_size, "must be 128 pixels in height, is 127", finished),
    "seed-ignored": Wrong(rewriting(*DOWNLOAD, answer=from_the_second(with_picture(192, 128))), test_lifecycle.test_same_seed_gives_the_same_picture, "must repeat the picture for the same seed", finished),
    "cancel-refused": Wrong(rewriting("cancelJob", answer=with_status(409)), test_lifecycle.test_a_staged_job_is_canceled_once, "cancelJob must answer 204, got 409"),
    "cancel-ignored": Wrong(rewriting(*GET, answer=put("status", "code", to="ready")), test_lifecycle.test_a_staged_job_is_canceled_once, "must have the status canceled"),
    "canceled-job-gone": Wrong(rewriting(*GET, answer=with_status(404)), test_lifecycle.test_a_staged_job_is_canceled_once, "getJob must answer 200, got 404"),
    "canceled-twice": Wrong(rewriting("cancelJob", answer=with_status(204)), test_lifecycle.test_a_staged_job_is_canceled_once, "cancelJob must answer 409, got 204"),
    "late-upload-accepted": Wrong(rewriting(*UPLOAD, answer=with_status(200)), test_lifecycle.test_an_upload_after_the_start_is_refused, "uploadFile must answer 409, got 200", finished),
}  # fmt: skip

BY_CONVERSION, BY_JOB = test_passwords.protected_by_conversion, test_passwords.protected_by_job
PASSWORD = headers().download_password[0]
PASSWORDS = {
    "password-not-needed": Wrong(rewriting(*DOWNLOAD, answer=with_status(200)), test_passwords.test_download_needs_the_password, "downloadOutput must answer 401, got 200", protected(BY_CONVERSION, given=None)),
    "any-password-unlocks": Wrong(rewriting(*DOWNLOAD, request=with_header(PASSWORD, "sesame 41")), test_passwords.test_download_needs_the_password, "downloadOutput must answer 401, got 200", protected(BY_CONVERSION, given="wrong")),
    "password-of-job-not-needed": Wrong(rewriting(*MAKE, request=put("download_passwords", to=[])), test_passwords.test_download_needs_the_password, "downloadOutput must answer 401, got 200", protected(BY_JOB, given="wrong")),
    "password-ignored": Wrong(rewriting(*DOWNLOAD, request=with_header(PASSWORD, None)), test_passwords.test_password_opens_the_download, "downloadOutput must answer 200, got 401", protected(BY_JOB, name=PASSWORD, value="sesame 41")),
    "password-list-ignored": Wrong(rewriting(*DOWNLOAD, request=with_header(PASSWORD, "wrong")), test_passwords.test_password_opens_the_download, "downloadOutput must answer 200, got 401", protected(BY_CONVERSION, name=PASSWORD, value="wrong, sesame 41")),
    "cookie-ignored": Wrong(rewriting(*DOWNLOAD, request=with_header("Cookie", None)), test_passwords.test_password_as_a_cookie_opens_the_download, "downloadOutput must answer 200, got 401", protected(BY_CONVERSION)),
}  # fmt: skip

REFUSALS = {
    "fault-accepted": Wrong(rewriting(*MAKE, request=put("conversion", 0, "options", to={})), test_refusals.test_invalid_options_are_refused, "createJob must answer 400, got 201", constant(invalid=FAULT)),
    "other-option-named": Wrong(rewriting(*MAKE, answer=put("errors", to={"height": ["is wrong"]})), test_refusals.test_invalid_options_are_refused, "must name 'width' in `errors`", constant(invalid=FAULT)),
    "option-named-by-place": Wrong(rewriting(*MAKE, answer=put("errors", to={"conversion[0].options.width": ["is wrong"]})), test_refusals.test_invalid_options_are_refused, "must name 'width' in `errors`", constant(invalid=FAULT)),
    "options-not-named": Wrong(rewriting(*MAKE, answer=put("errors", to={"body": ["is wrong"]})), test_refusals.test_invalid_options_are_refused, "must name 'conversion[0].options' in `errors`", constant(invalid=NO_OPTIONS)),
    "no-message": Wrong(rewriting(*MAKE, answer=put("message", to="")), test_refusals.test_invalid_options_are_refused, "must describe the error in `message`", constant(invalid=FAULT)),
    "no-error-body": Wrong(rewriting(*MAKE, answer=replaced("wrong")), test_refusals.test_invalid_options_are_refused, "fields code, message, errors of Error", constant(invalid=FAULT)),
    "no-json-accepted": Wrong(rewriting(*MAKE, request=replaced({"process": False})), test_refusals.test_a_body_that_is_not_json_is_refused, "createJob must answer 400, got 201", constant(raw=RAW)),
    "unknown-target-accepted": Wrong(rewriting(*MAKE, request=replaced({"process": False})), test_refusals.test_invalid_jobs_are_refused, "createJob must answer 400, got 201", constant(job=UNKNOWN_TARGET, field="conversion[0].target")),
    "other-field-named": Wrong(rewriting(*MAKE, answer=put("errors", to={"conversion": ["is wrong"]})), test_refusals.test_invalid_jobs_are_refused, "must name 'conversion[0].target' in `errors`", constant(job=UNKNOWN_TARGET, field="conversion[0].target")),
    "unknown-job-found": Wrong(rewriting(*GET, answer=with_status(200)), test_refusals.test_an_unknown_job_is_not_found, "getJob must answer 404, got 200", constant(operation="getJob")),
    "unknown-job-refused": Wrong(rewriting("addInput", answer=with_status(400)), test_refusals.test_an_unknown_job_is_not_found, "addInput must answer 404, got 400", constant(operation="addInput")),
}  # fmt: skip

TABLES: Iterable[Mapping[str, Wrong]] = (AUTHENTICATION, CREATION, LIFECYCLE, PASSWORDS, REFUSALS)
WRONG = {name: wrong for table in TABLES for name, wrong in table.items()}
