"""The fast validator of requests and the one that explains agree on everything that JSON can express."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixelpact.schema import component_validator, find_violations, follows_component, violations
from pixelpact.strategies import boundaries, single_faults

CONVERSION = {
    "category": "operation",
    "target": "text-to-image",
    "options": {"seed": 7, "style": "anime", "cfg_scale": 7.5, "download_password": "sesame"},
    "metadata": {"note": "a"},
    "output_target": [{"type": "amazons3", "parameters": {"bucket": "b"}, "credentials": {"secret": "s"}}],
}
INPUT = {"type": "remote", "source": "https://example.com/a.txt", "filename": "a.txt", "options": {}}
#: A valid request of each component.
REQUESTS: dict[str, Any] = {
    "JobRequest": {"process": True, "conversion": [CONVERSION], "input": [INPUT], "callback": "http://a.b/c"},
    "ConversionRequest": CONVERSION,
    "InputRequests": [INPUT, {"type": "base64", "source": "QQ=="}],
    "JobUpdate": {"process": False, "download_passwords": ["a"]},
    "OutputUpdate": {"filename": "a.png", "download_password": "b"},
    "PresetRequest": {"name": "a", "target": "png", "category": "image", "scope": "private", "options": {}},
}
EDGES = [
    None,
    True,
    0,
    1,
    1.0,
    -0.0,
    60.000000000000001,
    2**63,
    10**40,
    1e300,
    "",
    "a\n",
    "é",
    "\x00",
    "🦊",
    " ",
    "1",
    [],
    {},
    [[]],
]
VALUES = st.sampled_from(EDGES) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


#: Schemas that say the same in several places, as `then` and `anyOf` of our own do.
SCHEMAS = st.recursive(
    st.sampled_from(
        [
            {"required": ["a", "b"]},
            {"required": ["b", "c"], "properties": {"a": {"minimum": 2}}},
            {"type": "object"},
            {"type": ["object", "array"], "minItems": 1},
            {"properties": {"a": {"type": "integer"}, "b": {}}, "additionalProperties": False},
            {"properties": {"a": {"anyOf": [{"type": "object"}, {"type": "array", "maxItems": 0}]}}},
            {"items": {"type": "string", "maxLength": 1}, "uniqueItems": True},
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda schemas: {"allOf": schemas}),
        st.lists(inner, min_size=1, max_size=3).map(lambda schemas: {"anyOf": schemas}),
        inner.map(lambda schema: {"properties": {"a": schema, "c": schema}}),
        st.tuples(inner, inner).map(lambda pair: {"if": pair[0], "then": pair[1], "else": pair[1]}),
    ),
    max_leaves=4,
)
SMALL_VALUES = st.recursive(
    st.sampled_from([None, True, 1, 2.5, "", "ab"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)
    ),
    max_leaves=6,
)


def assert_agree(component: str, value: Any) -> None:
    """Assert that both validators say the same of a request, and that each fault is named once."""
    found = find_violations(component_validator(component), value)
    assert follows_component(component, value) is (found == [])
    assert len(set(found)) == len(found)


@st.composite
def changed(draw: st.DrawFn, value: Any) -> Any:
    """The value with something in it replaced, added or left out."""
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(value)))
        rest = {key: item for key, item in value.items() if key != name}
        how: Callable[[], dict[str, Any]] = draw(
            st.sampled_from(
                [
                    lambda: {**rest, name: draw(changed(value[name]))},
                    lambda: rest,
                    lambda: {**value, draw(st.text(max_size=9)): draw(VALUES)},
                ]
            )
        )
        return how()
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        return [draw(changed(value[0])), *value[1:]]
    return draw(VALUES)


@pytest.mark.parametrize("component", REQUESTS)
def test_a_valid_request_is_valid_by_both(component: str) -> None:
    assert follows_component(component, REQUESTS[component])
    assert_agree(component, REQUESTS[component])


@pytest.mark.parametrize("component", REQUESTS)
@settings(max_examples=150)
@given(data=st.data())
def test_the_validators_agree_on_requests(component: str, data: st.DataObject) -> None:
    value = data.draw(changed(REQUESTS[component]))

    assert_agree(component, value)


@settings(max_examples=500)
@given(schema=SCHEMAS, value=SMALL_VALUES)
def test_no_fault_is_named_twice_by_any_schema(schema: Any, value: Any) -> None:
    found = violations(value, schema=schema)

    assert len(set(found)) == len(found)
    assert jsonschema_rs.validator_for(schema).is_valid(value) is (found == [])


@pytest.mark.parametrize(
    "payload", [each.payload for each in (*boundaries(), *single_faults())], ids=json.dumps
)
def test_the_validators_agree_on_every_corner_and_fault_of_the_options(payload: Any) -> None:
    assert_agree("ConversionRequest", {**CONVERSION, "options": payload})
