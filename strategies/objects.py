"""Objects: any selection of their properties, their boundaries, and their faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from hypothesis import strategies as st

from pixelpact.strategies.cases import Boundary, Fault, Payload
from pixelpact.strategies.specs import Spec

#: Optional properties of an object, by weight: none, any of them, most of them, or exactly one.
_MODES = ("none", *["any"] * 8, *["most"] * 4, *["one"] * 3)
#: Placeholders for a value: the property is absent, or its value is drawn from the whole range.
_ABSENT, _DRAWN = object(), object()


class Choice(NamedTuple):
    """Valid values: the `boundaries`, and a strategy for the `whole` range if there are others."""

    boundaries: tuple[Any, ...]
    whole: st.SearchStrategy[Any] | None


class _Property(NamedTuple):
    """A property, with the strategies for its value.

    It is always present in `there`, as likely as not in `any`, and usually in `most`. Absence comes first,
    which makes payloads shrink.
    """

    name: str
    required: bool
    there: st.SearchStrategy[Any]
    any: st.SearchStrategy[Any]
    most: st.SearchStrategy[Any]
    whole: st.SearchStrategy[Any] | None


def objects(
    spec: Spec, choices: Mapping[str, Choice], *, without: str | None = None
) -> st.SearchStrategy[Payload]:
    """Valid objects, always without the property `without`.

    A single draw decides on the presence and the boundary of a property, which makes this fast.
    """
    names = [name for name in spec.properties if name != without]
    properties = [_property(name, choices[name], name in spec.required) for name in names]
    optional = [one.name for one in properties if not one.required]

    @st.composite
    def valid_object(draw: st.DrawFn) -> Payload:
        mode = draw(_MODE) if optional else "none"
        chosen = draw(st.sampled_from(optional)) if mode == "one" else None
        picked = {one.name: _pick(draw, one, mode, chosen) for one in properties}
        payload = {name: value for name, value in picked.items() if value is not _ABSENT}
        # Whole ranges are drawn last, so that leaving one out doesn't shift the other draws while shrinking.
        for name, _, _, _, _, whole in properties:
            if picked[name] is _DRAWN and whole is not None:
                payload[name] = draw(whole)
            elif isinstance(picked[name], (list, dict)):  # the caller may change it
                payload[name] = deepcopy(picked[name])
        return payload

    return valid_object()


def _pick(draw: st.DrawFn, wanted: _Property, mode: str, chosen: str | None) -> Any:
    if wanted.required or wanted.name == chosen:
        return draw(wanted.there)
    match mode:
        case "any":
            return draw(wanted.any)
        case "most":
            return draw(wanted.most)
        case _:
            return _ABSENT


_MODE = st.sampled_from(_MODES)


def _property(name: str, choice: Choice, required: bool) -> _Property:
    """The strategies of a property; three quarters of its values are boundaries."""
    boundaries = choice.boundaries
    there = (*[_DRAWN] * (0 if choice.whole is None else max(1, (len(boundaries) + 2) // 3)), *boundaries)
    absent = [_ABSENT] * max(0, len(there) * 4 // 5 - 1)
    return _Property(
        name,
        required,
        there=st.sampled_from(there),
        any=st.sampled_from((_ABSENT, *there, *absent)),
        most=st.sampled_from((_ABSENT, *there, *there, *there)),
        whole=choice.whole,
    )


def object_boundaries(
    spec: Spec, boundaries: Mapping[str, Sequence[Boundary]]
) -> Iterator[tuple[str | None, Boundary]]:
    """The smallest object, one for each boundary of a property (named), and one with all properties."""
    base = least_object(spec, boundaries)
    yield None, Boundary("as-little-as-possible", base)
    for name in spec.properties:
        yield from ((name, Boundary(case, {**base, name: value})) for case, value in boundaries[name])
    yield None, Boundary("all-options", {name: boundaries[name][0].value for name in spec.properties})


def object_faults(
    spec: Spec,
    boundaries: Mapping[str, Sequence[Boundary]],
    faults: Mapping[str, Sequence[Fault]],
    *,
    of: str = "",
) -> Iterator[Fault]:
    """An unknown name, a missing property, or a property with a fault."""
    base = least_object(spec, boundaries)
    if spec.closed:
        for case, name in _foreign_names(tuple(spec.properties)):
            yield Fault(7, "additionalProperties", case).within({**base, name: 7}, name, of=of)
    for name in spec.properties:
        for fault in faults[name]:
            yield fault.within({**base, name: fault.value}, name, of=f"{of}-{name}" if of else "")
        if name in spec.required:
            without = {other: value for other, value in base.items() if other != name}
            yield Fault(None, "required", "missing").within(without, name, of=f"{of}-{name}" if of else "")


def least_object(spec: Spec, boundaries: Mapping[str, Sequence[Boundary]]) -> Payload:
    """The required properties, each with its first boundary."""
    return {name: boundaries[name][0].value for name in spec.properties if name in spec.required}


def _foreign_names(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Names that no property has: an unrelated one, the empty one, and near misses."""
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
