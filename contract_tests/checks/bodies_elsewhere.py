"""Checks of invalid bodies on other routes than the creation of jobs: each wrong field is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import Step, check
from pixelpact.contract_tests.suite.refusals import (
    REFUSAL_ENTRIES,
    errors_of,
    expect_named,
    expect_refused,
    id_of_operation,
)
from pixelpact.contract_tests.suite.routes import closed_job, closed_preset, request_to
from pixelpact.schema import JSONObject, load_document

_SCHEMAS = load_document("openapi")["components"]["schemas"]
#: The operations whose bodies are asked, each with the component that describes it and the step it needs.
_ROUTES: Mapping[str, tuple[str, tuple[Step[Any], ...]]] = {
    "updateJob": ("JobUpdate", (closed_job,)),
    "addInput": ("InputRequest", (closed_job,)),
    "updateInput": ("InputUpdate", (closed_job,)),
    "updateConversion": ("ConversionUpdate", (closed_job,)),
    "uploadBase64": ("Base64Upload", (closed_job,)),
    "createPreset": ("PresetRequest", ()),
    "updatePreset": ("PresetUpdate", (closed_preset,)),
}
#: What careless code takes for a value of the type.
_WRONG: Mapping[str, object] = {"boolean": 1, "string": 7, "array": 7, "object": "text"}
#: None of the values of a field that has only some.
_NO_MEMBER = "no-such-value"


def _properties(component: str) -> Mapping[str, JSONObject]:
    schema = _SCHEMAS[component]
    found: Mapping[str, JSONObject] = (schema if "properties" in schema else schema["anyOf"][0])["properties"]
    return found


def _wrong(spec: JSONObject) -> tuple[object, str]:
    """A wrong value of a field, and what follows the field's name where the refusal names it."""
    if "enum" in spec:
        return _NO_MEMBER, ""
    if "pattern" in spec.get("items", {}):
        return ["\x01"], "[0]"
    if "anyOf" in spec:
        return _WRONG["object"], ""
    return _WRONG[spec["type"]], ""


def _faults(operation: str) -> Mapping[str, tuple[str, object]]:
    """The wrong fields of a body, by the names that a refusal gives them: each with its name and value."""
    component, _ = _ROUTES[operation]
    found = {}
    for name, spec in _properties(component).items():
        value, place = _wrong(spec)
        found[name + place] = (name, value)
    return found


def _register(operation: str) -> None:
    _, needed = _ROUTES[operation]
    faults = _faults(operation)

    @check(
        f"options/{id_of_operation(operation)}-fields",
        operation=operation,
        rule=f"each field of {operation} that has another type or value than documented is refused",
        source="vendor OpenAPI 2.0.1",
        requests=1,
        uses=needed,
        depends=REFUSAL_ENTRIES,
    )
    def verify(context: Context) -> None:
        """All fields are wrong at once; one that the refusal does not name is asked for alone."""
        answer = request_to(context, operation, json=dict(faults.values()))
        expect_refused(context, answer, f"{', '.join(faults)} in {operation}")
        errors = errors_of(context, answer)
        missing = [] if errors is None else [name for name in faults if name not in errors]
        if missing:
            alone = request_to(context, operation, json=_alone(operation, *faults[missing[0]]))
            expect_refused(context, alone, f"a wrong {missing[0]} in {operation}")
            expect_named(context, alone, missing[0])


def _alone(operation: str, name: str, value: object) -> JSONObject:
    """A body with one wrong field, and a valid value of each that is required."""
    component, _ = _ROUTES[operation]
    valid: Mapping[str, object] = {
        "source": "https://example.com/fox.txt",
        "content": "QQ==",
        "name": "pixelpact: wrong",
        "target": "png",
        "options": {},
    }
    required = _SCHEMAS[component].get("required", ())
    return {**{field: valid[field] for field in required}, name: value}


@check(
    "options/create-preset-empty-texts",
    operation="createPreset",
    rule="each text of createPreset that must not be empty is refused if it is",
    source="vendor OpenAPI 2.0.1",
    requests=1,
    depends=REFUSAL_ENTRIES,
)
def empty_texts(context: Context) -> None:
    """All such texts are empty at once; one that the refusal does not name is asked for alone."""
    names = [name for name, spec in _properties("PresetRequest").items() if spec.get("minLength")]
    answer = request_to(context, "createPreset", json={**dict.fromkeys(names, ""), "options": {}})
    expect_refused(context, answer, f"an empty {' and '.join(names)} in createPreset")
    errors = errors_of(context, answer)
    for name in names:
        if errors is not None and name not in errors:
            alone = request_to(context, "createPreset", json=_alone("createPreset", name, ""))
            expect_refused(context, alone, f"an empty {name} in createPreset")
            expect_named(context, alone, name)


for _operation in _ROUTES:
    _register(_operation)
