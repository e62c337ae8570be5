"""Mutants in the inputs of jobs, and in what inputs and conversions have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pixelpact.mockserver.mutants.base import mutant
from pixelpact.mockserver.mutants.rewriting import (
    UNKNOWN_ID,
    Condition,
    after,
    answered,
    at_first,
    each,
    edited,
    found_after,
    is_success,
    is_unknown,
    job_id,
    put,
    requested,
    sent,
)
from pixelpact.mockserver.mutants.traffic import Traffic
from pixelpact.schema import headers


def _lacks_a_part(response: Traffic) -> bool:
    return response.status == 404 and bool(sent(response)) and job_id(response) != UNKNOWN_ID


def _is_type(kind: str) -> Condition:
    return lambda request: isinstance(request.json, dict) and request.json.get("type") == kind


def _answers_type(kind: str) -> Condition:
    return lambda response: (
        is_success(response) and bool(response.request and _is_type(kind)(response.request))
    )


def _is_array(response: Traffic) -> bool:
    return isinstance(response.json, list)


#: For each type of input, the field that its mutant keeps otherwise, and the value that is kept.
_KEPT = {
    "remote": ("engine", "video"),
    "base64": ("options", {"position": 2}),
    "cloud": ("filename", "other.txt"),
    "gdrive_picker": ("source", "another-drive-file"),
    "input_id": ("source", UNKNOWN_ID),
    "output": ("options", {"position": 2}),
}
for _kind, (_field, _value) in _KEPT.items():
    mutant(
        f"inputs/{_kind}-added".replace("_", "-"),
        f"answers a new input of the type {_kind} with 200 instead of 201",
        operations=("addInput",),
        word="201",
        response=answered(200, _answers_type(_kind)),
    )
    mutant(
        f"inputs/{_kind}-kept".replace("_", "-"),
        f"keeps another {_field} of inputs of the type {_kind}",
        operations=("addInput",),
        word=_field,
        request=requested(put(**{_field: _value}), _is_type(_kind)),
    )


def _in_metadata(body: Any, _: Traffic) -> None:
    body["metadata"] = {"seen": body["credentials"]}


for _kind in ("cloud", "gdrive_picker"):
    mutant(
        f"inputs/{_kind}-credentials-hidden".replace("_", "-"),
        f"shows the credentials of inputs of the type {_kind} in their metadata",
        operations=("addInput",),
        word="credentials",
        request=requested(_in_metadata, _is_type(_kind)),
        also=("inputs/upload-decrypt-password",),
        why="their job is the one that must show no secret of an upload",
    )
mutant(
    "inputs/array-answered",
    "answers an array of inputs with its first one only",
    operations=("addInput",),
    word="inputs",
    response=edited(lambda rows, _: rows[:1], _is_array),
)
mutant(
    "inputs/array-kept",
    "forgets the options of all inputs of an array but the first",
    operations=("addInput",),
    word="options",
    response=edited(each("", put(options={}), lambda row: row["type"] == "remote"), _is_array),
)
mutant(
    "inputs/array-kept",
    "answers an array of inputs in the reverse order",
    operations=("addInput",),
    word="order",
    response=edited(lambda rows, _: rows[::-1], _is_array),
    id="inputs/array-kept~order",
    also=("inputs/type-by-default",),
    why="the input without a type comes first",
)
mutant(
    "inputs/type-by-default",
    "shows inputs without a type as cloud",
    operations=("addInput",),
    word="type",
    response=edited(each("", put(type="cloud"), lambda row: row["type"] == "remote"), _is_array),
)
mutant(
    "inputs/base64-content",
    "shows the size of the base64 text of an input",
    operations=("listInputs", "getJob"),
    word="size",
    response=edited(each("input", put(size=1), lambda row: row["type"] == "base64")),
)
mutant(
    "inputs/change-leaves-others",
    "changes the options of all inputs at once",
    operations=("updateInputs",),
    word="options",
    response=edited(each("", put(options={"position": 7}), lambda _: True)),
)
mutant(
    "inputs/change-moves-modified-at",
    "leaves modified_at of an input alone in a change of its parameters",
    operations=("updateInput",),
    word="modified_at",
    response=edited(lambda row, _: row.update(modified_at=row["created_at"])),
)
mutant(
    "inputs/shape",
    "lists inputs with a status that no document has",
    operations=("listInputs",),
    word="status",
    response=edited(lambda rows, message: [put(status="loading")(row, message) for row in rows] and None),
)


mutant(
    "inputs/listed-as-in-job",
    "shows no parameters of inputs in jobs",
    operations=("getJob",),
    word="parameters",
    response=edited(each("input", put(parameters={}), lambda row: bool(row["parameters"]))),
)


mutant(
    "inputs/read-as-listed",
    "reads an input with other metadata than it lists, until it is changed",
    operations=("getInput", "updateInput"),
    word="metadata",
    changes=at_first("getInput", "updateInput", put(metadata={"wrong": 1})),
)
mutant(
    "inputs/listed-as-added",
    "lists remote inputs without their metadata",
    operations=("listInputs", "getJob"),
    word="metadata",
    response=edited(each("input", put(metadata={}), lambda row: row["type"] == "remote")),
    also=("inputs/change-leaves-others",),
    why="an input that is not changed is compared with its row in the list",
)
mutant(
    "inputs/change-parameters",
    "ignores the parameters in a PATCH of an input",
    operations=("updateInput",),
    word="parameters",
    request=requested(put(parameters={}), lambda request: isinstance(request.json.get("parameters"), dict)),
)
mutant(
    "inputs/change-options",
    "ignores the options in a PATCH of inputs",
    operations=("updateInputs",),
    word="options",
    request=requested(lambda rows, _: [{"id": row["id"]} for row in rows]),
)
mutant(
    "inputs/change-is-kept",
    "forgets the parameters of an input when options are changed",
    operations=("getInput", "updateInputs"),
    word="parameters",
    changes=after("getInput", "updateInputs", put(parameters={})),
)
mutant(
    "inputs/removed-listed",
    "removes two inputs instead of one from the list",
    operations=("listInputs", "removeInput"),
    word="all inputs",
    changes=after("listInputs", "removeInput", lambda rows, _: rows[1:]),
)
mutant(
    "conversions/change-leaves-others",
    "gives all conversions new metadata when one is removed",
    operations=("listJobConversions", "removeConversion"),
    word="metadata",
    changes=after("listJobConversions", "removeConversion", each("", put(metadata={}), lambda _: True)),
)
mutant(
    "conversions/removed-listed",
    "removes all conversions instead of one from the list",
    operations=("listJobConversions", "removeConversion"),
    word="conversions",
    changes=after("listJobConversions", "removeConversion", lambda *_: []),
)
for _area, _noun in (("inputs", "Input"), ("conversions", "Conversion")):
    mutant(
        f"{_area}/removed-status",
        f"answers the removal of an {_noun.lower()} with 200 instead of 204",
        operations=(f"remove{_noun}",),
        word="204",
        response=answered(200),
    )
    mutant(
        f"{_area}/removed-read",
        f"reads an {_noun.lower()} that was removed",
        operations=(f"get{_noun}", f"remove{_noun}"),
        word="404",
        changes=found_after(f"get{_noun}", f"remove{_noun}"),
    )
    for _verb in ("get", "update", "remove"):
        mutant(
            f"{_area}/unknown-{_verb}",
            f"answers {_verb}{_noun} of one that does not exist with 400 instead of 404",
            operations=(f"{_verb}{_noun}",),
            word="404",
            response=answered(400, is_unknown),
        )


def _way(message: Traffic) -> str:
    """How a file is uploaded, as the checks name it."""
    if message.operation == "uploadBase64":
        return "array" if isinstance(message.json, list) else "base64"
    if message.header(headers().content_range.lower()):
        return "chunks"
    return "key" if any(message.header(name.lower()) for name in headers().api_key) else "token"


def _uploaded(way: str) -> Condition:
    return lambda response: response.request is not None and _way(response.request) == way


def _of_another_job(body: Any, _: Traffic) -> None:
    for receipt in body if isinstance(body, list) else [body]:
        receipt["id"]["job"] = UNKNOWN_ID


_FILES = {
    "key": "With-Key.TXT",
    "token": "with-token.bin",
    "chunks": "chunked.txt",
    "base64": "output",
    "array": "Zweiter Bär.txt",
}


def _is_row(way: str) -> Callable[[Any], bool]:
    """Says of an input whether it was uploaded in this way; base64 uploads name no content type."""
    return lambda row: (
        row.get("filename") == _FILES[way] and (way in ("base64", "array") or "content_type" in row)
    )


for _name in _FILES:
    _operation = "uploadBase64" if _name in ("base64", "array") else "uploadFile"
    mutant(
        f"inputs/upload-{_name}-answer",
        f"names another job in the receipt of an upload ({_name})",
        operations=(_operation,),
        word="id.job",
        response=edited(_of_another_job, _uploaded(_name)),
    )
    for _word, _field, _wrong in (
        ("size", "size", 1),
        ("checksum", "checksum", "0" * 32),
        ("name", "filename", "wrong.txt"),
        ("type", "status", "downloading"),
    ):
        mutant(
            f"inputs/upload-{_name}-{_word}",
            f"shows another {_field} of an uploaded file ({_name})",
            operations=("getJob",),
            word=_field,
            response=edited(each("input", put(**{_field: _wrong}), _is_row(_name))),
        )
mutant(
    "inputs/upload-content-type",
    "shows binary uploads as text",
    operations=("getJob",),
    word="content_type",
    response=edited(
        each("input", put(content_type="text/plain"), lambda row: row.get("filename") == _FILES["token"])
    ),
)
mutant(
    "inputs/upload-array-options",
    "forgets the options of files that are uploaded as base64 texts",
    operations=("getJob",),
    word="options",
    response=edited(each("input", put(options={}), _is_row("array"))),
)
mutant(
    "inputs/upload-decrypt-password",
    "refuses an upload with the field decrypt_password",
    operations=("uploadFile",),
    word="decrypt_password",
    response=answered(
        400, lambda response: bool(response.request and b"decrypt_password" in response.request.body)
    ),
    also=("inputs/upload-key-answer",),
    why="the upload with a key has that field",
)
mutant(
    "inputs/upload-chunk-waits",
    "says completed after the first chunk of a file",
    operations=("uploadFile",),
    word="completed",
    response=edited(put(completed=True), _uploaded("chunks")),
)
mutant(
    "inputs/unknown-in-list",
    "answers a change of an input that does not exist, in a list, with 400 instead of 404",
    operations=("updateInputs",),
    word="404",
    response=answered(400, _lacks_a_part),
)
