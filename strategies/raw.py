"""Bodies that JSON libraries don't write: invalid JSON, or JSON that parsers read differently."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pixelpact.schema import JSONObject, options_schema
from pixelpact.strategies.cases import id_of, suffixes
from pixelpact.strategies.specs import Spec, read_spec
from pixelpact.strategies.values import boundaries_of

#: Deeper than parsers recurse; more digits than Python reads by default (4300); more than a double holds.
_DEEP, _DIGITS, _PAST_DOUBLES = 100_000, 5001, 30


@dataclass(frozen=True, slots=True)
class RawFault:
    """A body as bytes.

    `option` is the one with the fault, `None` for the body as a whole. `ledger` names the entry that decides
    how the body is read if RFC 8259 doesn't; otherwise the body is not JSON, or the value is invalid.
    """

    body: bytes
    option: str | None
    case: str
    ledger: str | None = None

    @property
    def id(self) -> str:
        """A stable name, for `pytest.mark.parametrize` and lists of tests to deselect; see `id_of`."""
        return id_of(self.option, self.case, whole="body")


def raw_faults(schema: JSONObject | None = None, *, wrap: Callable[[str], str] = str) -> tuple[RawFault, ...]:
    """Bodies that no JSON library writes, with options of `schema` (default: text-to-image), always the same.

    `wrap` puts the text of the options into the text of a whole body.

    Raises:
        SchemaNotSupported: the schema uses something that is not supported.

    >>> [fault.body for fault in raw_faults() if fault.id in ("seed-nan", "body-trailing-comma")]
    [b'{"allow_multiple_outputs": false,}', b'{"seed": NaN}']
    >>> raw_faults(wrap=lambda options: f'[{options}]')[0].body
    b''
    """
    spec = read_spec(options_schema() if schema is None else schema)
    found = (*_of_the_body(spec, wrap), *_of_numbers(spec, wrap), *_of_texts(spec, wrap))
    unique = zip(found, suffixes(fault.id for fault in found), strict=True)
    return tuple(replace(fault, case=f"{fault.case}{suffix}") for fault, suffix in unique)


def _of_the_body(spec: Spec, wrap: Callable[[str], str]) -> Iterator[RawFault]:
    name, value = _first(spec)
    member = f"{json.dumps(name)}: {value}"
    whole = wrap(f"{{{member}}}")
    yield RawFault(b"", None, "empty")
    yield RawFault(b" \n", None, "blank")
    yield RawFault(whole.encode()[:-1], None, "truncated")
    yield RawFault(whole.encode() + b" {}", None, "two-values")
    yield RawFault(wrap(f"{{{member},}}").encode(), None, "trailing-comma")
    yield RawFault(wrap(f"{{/* why */ {member}}}").encode(), None, "comment")
    yield RawFault(wrap(f"{{{member}}} // why\n").encode(), None, "line-comment")
    yield RawFault(wrap(f"{{{name or 'option'}: {value}}}").encode(), None, "bare-name")
    yield RawFault(wrap(f"{{'{name}': {value}}}").encode(), None, "single-quotes")
    yield RawFault(b"\xef\xbb\xbf" + whole.encode(), None, "byte-order-mark")
    yield RawFault(b"\xff\xfe" + whole.encode("utf-16-le"), None, "utf-16")
    yield RawFault(wrap("[" * _DEEP + "]" * _DEEP).encode(), None, "deeply-nested")
    wrong = f"{json.dumps(name)}: [[]]"
    for case, members in (
        ("", (member, member)),
        ("-wrong-first", (wrong, member)),
        ("-wrong-last", (member, wrong)),
    ):
        body = wrap(f"{{{', '.join(members)}}}").encode()
        yield RawFault(body, name, f"duplicate-key{case}", "duplicate-keys")


def _of_numbers(spec: Spec, wrap: Callable[[str], str]) -> Iterator[RawFault]:
    for name, option in spec.properties.items():
        if {"integer", "number"}.isdisjoint(option.types):
            continue
        for case, text in (
            ("nan", "NaN"),
            ("infinity", "Infinity"),
            ("minus-infinity", "-Infinity"),
            ("leading-zero", "07"),
            ("hexadecimal", "0x20"),
            ("plus-sign", "+20"),
            ("no-digit-after-point", "20."),
        ):
            yield RawFault(_member(name, text, wrap), name, case)
        low, top = option.keywords.get("minimum"), option.keywords.get("maximum")
        if top is not None:
            yield RawFault(_member(name, "1e400", wrap), name, "past-doubles")
            yield RawFault(_member(name, "9" * _DIGITS, wrap), name, "long-integer")
        # Read as doubles, these are equal to the bounds.
        if isinstance(top, int):
            text = f"{top}.{'0' * _PAST_DOUBLES}1"
            yield RawFault(_member(name, text, wrap), name, "changed-to-maximum", "number-texts")
        if isinstance(low, int) and low > 0:
            text = f"{low - 1}.{'9' * _PAST_DOUBLES}"
            yield RawFault(_member(name, text, wrap), name, "changed-to-minimum", "number-texts")


def _of_texts(spec: Spec, wrap: Callable[[str], str]) -> Iterator[RawFault]:
    for name, option in spec.properties.items():
        if "string" not in option.types:
            continue
        whole = _member(name, '"@"', wrap)
        for case, raw in (
            ("broken-utf-8", b"\xff"),
            ("overlong-utf-8", b"\xc0\xaf"),
            ("lone-surrogate", b"\\ud800"),
            ("surrogate-bytes", b"\xed\xa0\x80"),
            ("raw-control-character", b"\x01"),
            ("unknown-escape", b"\\x41"),
            ("unterminated", b"\\"),
        ):
            yield RawFault(whole.replace(b"@", raw), name, case)


def _member(name: str, text: str, wrap: Callable[[str], str]) -> bytes:
    return wrap(f"{{{json.dumps(name)}: {text}}}").encode()


def _first(spec: Spec) -> tuple[str, str]:
    """The name of the first option, and a valid value of it as JSON."""
    for name, option in spec.properties.items():
        return name, json.dumps(boundaries_of(option)[0].value)
    return "option", "null"
