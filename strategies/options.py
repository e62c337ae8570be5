"""Payloads of options, drawn or enumerated: valid ones, and ones with exactly one fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace

from hypothesis import strategies as st

from pixelpact.schema import JSONObject, options_schema
from pixelpact.strategies.cases import Fault, Invalid, Payload, Valid, as_invalid, suffixes
from pixelpact.strategies.objects import Choice, object_boundaries, objects
from pixelpact.strategies.specs import Spec, read_spec
from pixelpact.strategies.values import boundaries_of, choices, faults


def valid_options(schema: JSONObject | None = None) -> st.SearchStrategy[Payload]:
    """Valid options of `schema` (default: text-to-image), often at a boundary of their range.

    Raises:
        SchemaNotSupported: when called, if the schema uses something that is not supported.
    """
    spec = _spec(schema)
    return objects(spec, choices(spec))


def invalid_options(schema: JSONObject | None = None) -> st.SearchStrategy[Invalid]:
    """Options of which exactly one has a fault; all kinds of fault are equally likely.

    Raises:
        SchemaNotSupported: when called, if the schema uses something that is not supported.
    """
    spec = _spec(schema)
    return faulty_objects(spec, unique_faults(spec)).map(as_invalid)


def boundaries(schema: JSONObject | None = None) -> tuple[Valid, ...]:
    """Valid payloads at all boundaries, always the same ones, in the order of the schema.

    >>> next(valid.payload for valid in boundaries() if valid.id == "seed-whole-float")
    {'seed': 20.0}
    """
    spec = _spec(schema)
    by_name = {name: boundaries_of(option) for name, option in spec.properties.items()}
    found = [Valid(value, name, case) for name, (case, value) in object_boundaries(spec, by_name)]
    unique = zip(found, suffixes(valid.id for valid in found), strict=True)
    return tuple(replace(valid, case=f"{valid.case}{suffix}") for valid, suffix in unique)


def single_faults(schema: JSONObject | None = None) -> tuple[Invalid, ...]:
    """A payload for every kind of single fault, always the same ones, in the order of the schema.

    >>> next(fault for fault in single_faults() if fault.case == "trailing-newline").option
    'download_password'
    """
    return tuple(map(as_invalid, unique_faults(_spec(schema))))


def unique_faults(spec: Spec, label: Callable[[Fault], Invalid] = as_invalid) -> tuple[Fault, ...]:
    """Every kind of single fault; no two that `label` labels have the same id."""
    found = tuple(faults(spec))
    unique = zip(found, suffixes(label(fault).id for fault in found), strict=True)
    return tuple(replace(fault, case=f"{fault.case}{suffix}") for fault, suffix in unique)


def faulty_objects(
    spec: Spec, found: Sequence[Fault], *, among: Mapping[str, Choice] | None = None
) -> st.SearchStrategy[Fault]:
    """Objects with one of the faults; other properties are drawn from `among` (default: valid ones)."""
    among = choices(spec) if among is None else among
    others = {
        name: objects(spec, among, without=name)
        for name in dict.fromkeys(str(fault.path[0]) for fault in found if fault.path)
    }

    @st.composite
    def faulty_object(draw: st.DrawFn) -> Fault:
        fault = draw(st.sampled_from(found))
        if not fault.path:
            return replace(fault, value=deepcopy(fault.value))
        name = str(fault.path[0])
        wrong = {name: deepcopy(fault.value[name])} if name in fault.value else {}
        return replace(fault, value={**draw(others[name]), **wrong})

    return faulty_object()


def _spec(schema: JSONObject | None) -> Spec:
    return read_spec(options_schema() if schema is None else schema)
