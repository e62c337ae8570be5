"""Objects: some of the properties, the boundaries of each, and what lies outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from hypothesis import strategies as st

from pixelpact.strategies.cases import Boundary, Fault, Payload
from pixelpact.strategies.specs import Spec

#: How many of the properties an object has: none but those it must have, any, most or all, or one more.
_MODES = ("none", *["any"] * 8, *["most"] * 4, *["one"] * 3)
#: In the place of a value: the property is not there; or it is drawn from the whole range.
_ABSENT, _DRAWN = object(), object()


class Choice(NamedTuple):
    """What a value may be: one of its `boundaries`, or one drawn from the `whole` range, if it has more."""

    boundaries: tuple[Any, ...]
    whole: st.SearchStrategy[Any] | None


class _Property(NamedTuple):
    """A property: what may be drawn in its place, if it is `there`, or as likely as not, or most likely is.

    What is drawn in one mode means the same in another, and what is left out comes first: so payloads shrink.
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
    """Valid objects, but for the property `without`.

    Whether a property is there and at which boundary is one draw, which makes it fast.
    """
    names = [name for name in spec.properties if name != without]
    properties = [_property(name, choices[name], name in spec.required) for name in names]
    optional = [each.name for each in properties if not each.required]

    @st.composite
    def valid_object(draw: st.DrawFn) -> Payload:
        mode = draw(_MODE) if optional else "none"
        chosen = draw(st.sampled_from(optional)) if mode == "one" else None
        picked = {each.name: _pick(draw, each, mode, chosen) for each in properties}
        payload = {name: value for name, value in picked.items() if value is not _ABSENT}
        # Whole ranges come last: what is left out then takes no draw from where another one is looked for.
        for each in properties:
            if picked[each.name] is _DRAWN and each.whole is not None:
                payload[each.name] = draw(each.whole)
            elif isinstance(picked[each.name], (list, dict)):  # who gets it may change it
                payload[each.name] = deepcopy(picked[each.name])
        return payload

    return valid_object()


def _pick(draw: st.DrawFn, each: _Property, mode: str, chosen: str | None) -> Any:
    if each.required or each.name == chosen:
        return draw(each.there)
    match mode:
        case "any":
            return draw(each.any)
        case "most":
            return draw(each.most)
        case _:
            return _ABSENT


_MODE = st.sampled_from(_MODES)


def _property(name: str, choice: Choice, required: bool) -> _Property:
    """Three of four values that are there are boundaries; a good half of what may be there is."""
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
    """As little as possible, each boundary of each property, and all properties; with the property's name."""
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
    """What is not allowed: a name that no property has, a missing property, or one with a fault."""
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
    """The properties that must be there, each with its first boundary."""
    return {name: boundaries[name][0].value for name in spec.properties if name in spec.required}


def _foreign_names(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Names that no property has: one unlike any, the empty one, and one near each way of missing."""
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
