"""Payloads of options, drawn and enumerated, valid and with exactly one fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

from pixelpact.schema import JSONObject
from pixelpact.strategies.numbers import number_corners, number_faults, numbers
from pixelpact.strategies.specs import OptionSpec, option_specs
from pixelpact.strategies.texts import text_corners, text_faults, texts

Payload: TypeAlias = dict[str, Any]

#: One value of each JSON type, for an option that has another.
_OF_TYPE: dict[str, object] = {
    "null": None,
    "boolean": True,
    "number": 1.5,
    "string": "text",
    "array": [7],
    "object": {"value": 7},
}
#: What each type takes for its own besides itself.
_COUNTS_AS = {"integer": "number"}
#: Words that careless code takes for a boolean.
_TRUTHY = (("true", "true"), ("yes", "yes"), ("one-as-text", "1"), ("zero", 0), ("one", 1))


@dataclass(frozen=True, slots=True)
class Valid:
    """A valid payload at a corner: `option` (`None`: several) and `case` say which."""

    payload: Payload
    option: str | None
    case: str

    @property
    def id(self) -> str:
        """A stable name for `pytest.mark.parametrize`."""
        return f"{self.option or 'payload'}-{self.case}"


@dataclass(frozen=True, slots=True)
class Invalid:
    """A payload with exactly one fault: which option (`None`: the whole), which keyword, which case."""

    payload: Any
    option: str | None
    keyword: str
    case: str

    @property
    def id(self) -> str:
        """A stable name for `pytest.mark.parametrize`."""
        return f"{'payload' if self.option is None else self.option or 'empty'}-{self.keyword}-{self.case}"


def valid_options(schema: JSONObject | None = None) -> st.SearchStrategy[Payload]:
    """Valid options of `schema` (by default text-to-image), often at a corner of what is valid.

    Raises:
        SchemaNotSupported: when called, if the schema says something that is not handled.
    """
    specs = option_specs(schema)
    return _payloads(specs, {spec.name: _values(spec) for spec in specs})


def invalid_options(schema: JSONObject | None = None) -> st.SearchStrategy[Invalid]:
    """Options with exactly one fault, among other valid ones; each kind of fault is as likely as any other.

    Raises:
        SchemaNotSupported: when called, if the schema says something that is not handled.
    """
    specs = option_specs(schema)
    values = {spec.name: _values(spec) for spec in specs}
    return st.sampled_from(_faults(specs)).flatmap(lambda fault: _among_others(fault, specs, values))


def boundaries(schema: JSONObject | None = None) -> tuple[Valid, ...]:
    """The corners of what is valid, always the same, in the order of the schema.

    >>> next(valid.payload for valid in boundaries() if valid.id == "seed-whole-float")
    {'seed': 20.0}
    """
    specs = option_specs(schema)
    base = {spec.name: _usual(spec) for spec in specs if spec.required}
    corners = [Valid(base, None, "as-little-as-possible")]
    corners += [Valid({**base, s.name: value}, s.name, case) for s in specs for case, value in _corners(s)]
    corners.append(Valid({spec.name: _usual(spec) for spec in specs}, None, "all-options"))
    return tuple(corners)


def single_faults(schema: JSONObject | None = None) -> tuple[Invalid, ...]:
    """Every kind of single fault, always the same, in the order of the schema.

    >>> next(fault for fault in single_faults() if fault.case == "trailing-newline").option
    'download_password'
    """
    return _faults(option_specs(schema))


@st.composite
def _payloads(
    draw: st.DrawFn, specs: tuple[OptionSpec, ...], values: dict[str, st.SearchStrategy[Any]]
) -> Payload:
    """Some of the options: mostly any, sometimes one alone or all of them."""
    names = [spec.name for spec in specs if not spec.required]
    mode = draw(st.sampled_from(("some", "some", "one", "all")))
    if mode == "one" and names:
        chosen = {draw(st.sampled_from(names))}
    elif mode == "all":
        chosen = set(names)
    else:
        chosen = {name for name in names if draw(st.booleans())}
    return {spec.name: draw(values[spec.name]) for spec in specs if spec.required or spec.name in chosen}


def _among_others(
    fault: Invalid, specs: tuple[OptionSpec, ...], values: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Invalid]:
    if not isinstance(fault.payload, dict) or fault.keyword == "required":
        return st.just(fault)
    others = tuple(spec for spec in specs if spec.name != fault.option)
    return _payloads(others, values).map(
        lambda payload: Invalid({**payload, **fault.payload}, fault.option, fault.keyword, fault.case)
    )


def _values(spec: OptionSpec) -> st.SearchStrategy[Any]:
    """Valid values of an option: a corner as often as not."""
    if spec.members is not None:
        return st.sampled_from(spec.members)
    corners = st.sampled_from([value for _, value in _corners(spec)])
    match spec.type:
        case "integer" | "number":
            return corners | numbers(spec)
        case "string":
            return corners | texts(spec)
        case _:
            return corners


def _corners(spec: OptionSpec) -> Iterator[tuple[str, Any]]:
    if spec.members is not None:
        yield from ((f"is-{member}".lower(), member) for member in spec.members)
        return
    match spec.type:
        case "boolean":
            yield from (("false", False), ("true", True))
        case "null":
            yield "null", None
        case "string":
            yield from text_corners(spec)
        case _:
            yield from number_corners(spec)


def _usual(spec: OptionSpec) -> object:
    return next(_corners(spec))[1]


def _faults(specs: tuple[OptionSpec, ...]) -> tuple[Invalid, ...]:
    base = {spec.name: _usual(spec) for spec in specs if spec.required}
    found = [
        Invalid(value, None, "type", f"is-{kind}") for kind, value in _OF_TYPE.items() if kind != "object"
    ]
    found += [
        Invalid({**base, name: 7}, name, "additionalProperties", case) for case, name in _foreign_names(specs)
    ]
    for spec in specs:
        found += [
            Invalid({**base, spec.name: value}, spec.name, keyword, case)
            for keyword, case, value in _value_faults(spec)
        ]
        if spec.required:
            without = {name: value for name, value in base.items() if name != spec.name}
            found.append(Invalid(without, spec.name, "required", "missing"))
    return tuple(found)


def _value_faults(spec: OptionSpec) -> Iterator[tuple[str, str, object]]:
    own = _COUNTS_AS.get(spec.type, spec.type)
    for kind, value in _OF_TYPE.items():
        if kind != own:
            yield "type", f"is-{kind}", value
    if spec.members is not None:
        yield from _member_faults(spec)
    elif spec.type == "boolean":
        for case, value in _TRUTHY:
            yield "type", f"truthy-{case}", value
    elif spec.type == "string":
        yield from text_faults(spec)
    elif spec.type in ("integer", "number"):
        yield from number_faults(spec)


def _member_faults(spec: OptionSpec) -> Iterator[tuple[str, str, object]]:
    members = spec.members or ()
    keyword = "const" if "const" in spec.keywords else "enum"
    if spec.type != "string":
        return
    first = next(member for member in members)
    candidates = [("foreign", "no-such-member"), ("empty", ""), ("padded", f" {first} ")]
    candidates += [
        (case, changed) for case, changed in (("upper-case", first.upper()), ("title-case", first.title()))
    ]
    for case, value in candidates:
        if value not in members:
            yield keyword, case, value


def _foreign_names(specs: tuple[OptionSpec, ...]) -> Iterator[tuple[str, str]]:
    """Names that no option has: one unlike any, the empty one, and one near each way of missing."""
    names = [spec.name for spec in specs]
    longest = max(names, key=lambda name: (name.count("_"), len(name)), default="option")
    candidates = (
        ("unknown", "no_such_option"),
        ("empty-name", ""),
        ("near-miss-case", longest.title()),
        ("near-miss-dash", longest.replace("_", "-")),
        ("near-miss-plural", f"{longest}s"),
        ("near-miss-space", f"{longest} "),
    )
    yield from ((case, name) for case, name in candidates if name not in names)
