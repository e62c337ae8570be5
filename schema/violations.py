"""Violations of a schema, and the messages that explain them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pixelpact.schema.suggestions import did_you_mean

if TYPE_CHECKING:
    from jsonschema import ValidationError

#: Longest excerpt of a wrong value in a message, in characters; for integers, in digits.
_EXCERPT = 60
#: Messages by broken keyword: `limit` is the value of the keyword, `got` the wrong value, `size` its length.
_MESSAGES = {
    "const": "must be {limit!r}, got {got}",
    "minimum": "must be at least {limit}, got {got}",
    "maximum": "must be at most {limit}, got {got}",
    "exclusiveMinimum": "must be more than {limit}, got {got}",
    "exclusiveMaximum": "must be less than {limit}, got {got}",
    "multipleOf": "must be a multiple of {limit}, got {got}",
    "pattern": "must match {limit}, got {got}",
    "minLength": "must have at least {limit} characters, got {size}",
    "maxLength": "must have at most {limit} characters, got {size}",
    "minItems": "must have at least {limit} items, got {size}",
    "maxItems": "must have at most {limit} items, got {size}",
    "uniqueItems": "must not hold the same item twice",
    "writeOnly": "must not be shown",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a payload breaks.

    `path` leads to the wrong value: names and indices from the root of the payload, `()` if the payload as a
    whole is wrong. `keyword` is the JSON Schema keyword. `message` continues a sentence that begins with the
    option: "must be at most 60, got 61"; it never quotes a value that the schema marks `writeOnly`.
    """

    path: tuple[str | int, ...]
    keyword: str
    message: str

    @property
    def option(self) -> str | None:
        """The name of the option, or a place such as `input[0].source`; `None` for the payload as a whole."""
        return place_of(self.path)

    def __str__(self) -> str:
        name = self.option
        if name is None:
            return f"the payload {self.message}"
        return f"{name if name and name.isprintable() else repr(name)} {self.message}"


def place_of(path: tuple[str | int, ...]) -> str | None:
    """The place that a path leads to, as messages write it; `None` for the payload as a whole.

    >>> place_of(("input", 0, "source")), place_of(())
    ('input[0].source', None)
    """
    place = ""
    for step in path:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else step
    return place if path else None


def error_key(path: tuple[str | int, ...]) -> str:
    """The key in the `errors` of a refused request for the value that a path leads to.

    Inside options that is the place from there on, most often an option's name; elsewhere the whole place.

    >>> error_key(("conversion", 0, "options", "seed")), error_key(("input", 0, "source")), error_key(())
    ('seed', 'input[0].source', 'body')
    """
    if "options" in path[:-1]:
        path = path[path.index("options") + 1 :]
    place = place_of(path)
    return "body" if place is None else place


def explained(error: ValidationError, type_name: Callable[[object], str]) -> Iterator[Violation]:
    """The violations that one jsonschema error reports; `type_name` returns the JSON type of a value."""
    path, keyword = tuple(error.absolute_path), str(error.validator)
    schema: Any = error.schema
    limit: Any = error.validator_value
    instance: Any = error.instance
    got = _got(instance, type_name(instance), secret=_is_secret(schema))
    if keyword == "additionalProperties":
        known = list(schema.get("properties", {}))
        for name in instance:
            if name not in known:
                yield Violation(
                    (*path, str(name)), keyword, f"is not an option here{did_you_mean(str(name), known)}"
                )
    elif keyword == "required":
        for name in limit:
            if name not in instance:
                yield Violation((*path, name), keyword, "is required")
    elif keyword in ("anyOf", "oneOf") and error.context:
        yield from _closest_branch(error, type_name)
    else:
        yield Violation(path, keyword, _message(keyword, limit, instance, got))


def _closest_branch(error: ValidationError, type_name: Callable[[object], str]) -> Iterator[Violation]:
    """The violations of the branch that accepts the value's type; if none does, one that names all types."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    for errors in branches.values():
        if not any(inner.validator == "type" and not inner.path for inner in errors):
            for inner in errors:
                yield from explained(inner, type_name)
            return
    types: list[Any] = [inner.validator_value for errors in branches.values() for inner in errors]
    got = _got(error.instance, type_name(error.instance), secret=_is_secret(error.schema))
    yield Violation(tuple(error.absolute_path), "type", f"must be {_types(types)}, got {got}")


def _message(keyword: str, limit: Any, value: Any, got: str) -> str:
    match keyword:
        case "type":
            return f"must be {_types([limit] if isinstance(limit, str) else limit)}, got {got}"
        case "enum":
            return f"must be one of {', '.join(map(str, limit))}; got {got}{did_you_mean(value, limit)}"
        case "maxItems" if limit == 0:
            return f"must be empty where it is an array, got {len(value)} items"
    size = len(value) if isinstance(value, str | list) else None
    template = _MESSAGES.get(keyword, "breaks the rule {keyword}: {limit!r}, got {got}")
    return template.format(keyword=keyword, limit=limit, got=got, size=size)


def _types(names: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(_with_article(name) for name in names))


def _with_article(name: str) -> str:
    if name == "null":
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _got(value: Any, name: str, *, secret: bool) -> str:
    """A short description of a wrong value: its type, or an excerpt if it isn't secret."""
    match name:
        case "null":
            return "null"
        case "boolean" if not secret:
            return f"the boolean {str(value).lower()}"
        case "integer" if abs(value) > 10**_EXCERPT:
            return f"an integer of more than {_EXCERPT} digits"
        case "integer" | "number" if not secret:
            return str(value)
        case "float":
            return "NaN" if value != value else "an infinity"
        case "string" if secret:
            return f"a text of {len(value)} characters"
        case "string":
            return _excerpt(repr(value))
        case "str":
            return "a text with a lone surrogate"
    return _with_article(name)


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}... ({len(text)} characters)"


def _is_secret(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(schema.get("writeOnly"))
