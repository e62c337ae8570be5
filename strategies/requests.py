"""Whole request bodies: jobs, presets and prompts, derived from the schemas of `openapi.json`."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from pixelpact.schema import (
    TEXT_TO_IMAGE,
    JSONObject,
    error_key,
    find_conversion,
    load_document,
    options_schema,
)
from pixelpact.strategies.cases import Fault, Invalid, Payload
from pixelpact.strategies.objects import Choice, objects
from pixelpact.strategies.options import faulty_objects, unique_faults, valid_options
from pixelpact.strategies.specs import Spec, read_spec
from pixelpact.strategies.texts import text_rule, texts
from pixelpact.strategies.values import choices

#: Prompts that often break programs: long, right-to-left, joined, with markup, paths, formats, many lines.
_PROMPTS = (
    "A fox",
    "A lighthouse in the fog, oil painting, 4k, (masterpiece:1.2)",
    "Ein B\u00e4r im Schnee",
    "\u591c\u306e\u72d0",
    "\u05e9\u05d5\u05e2\u05dc \u05d1\u05dc\u05d9\u05dc\u05d4",
    "\U0001f98a\U0001f468\u200d\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea",
    "e\u0301 is not \u00e9",
    "one\ntwo\r\nthree\ttabbed",
    "<script>alert('fox')</script> & \"quotes\"",
    "'; DROP TABLE jobs; --",
    "../../etc/passwd",
    "%s %d {0} ${HOME} \\u0041",
    " leading and trailing ",
    "a very " + "long " * 400 + "prompt",
)
_REMOTE = "https://example.com/prompt.txt"
#: Fields of a job that make the server call a host, or that only the server can set.
_LEFT_OUT = {"callback", "limits", "type"}


def prompts() -> st.SearchStrategy[str]:
    """Prompts that are not blank: ordinary ones, ones that often break programs, and any text."""
    any_text = texts(text_rule(Spec(path=(), keywords={"pattern": r"^[\w\W]{1,40}$"}, types=("string",))))
    return st.sampled_from(_PROMPTS) | any_text.map(lambda text: f"{text} fox" if not text.strip() else text)


def jobs(
    options: st.SearchStrategy[Payload] | None = None, *, process: bool | None = None
) -> st.SearchStrategy[Payload]:
    """Valid bodies of `POST /jobs`: one to three text-to-image conversions, and one or two prompts.

    `options` draws the options of each conversion (default: `valid_options()`). `process` says whether the
    job starts at once; if it is `None`, that is drawn.
    """
    flags = {name: spec for name, spec in _job()["properties"].items() if name not in ("conversion", "input")}
    if process is not None:
        flags["process"] = {"const": process}
    spec = read_spec({**_job(), "properties": flags, "required": [] if process is None else ["process"]})
    conversions = _conversions(valid_options() if options is None else options)
    parts = st.fixed_dictionaries(
        {
            "conversion": st.lists(conversions, min_size=1, max_size=3),
            "input": st.lists(_inputs(), min_size=1, max_size=2),
        }
    )
    return st.tuples(parts, objects(spec, choices(spec))).map(lambda drawn: {**drawn[0], **drawn[1]})


def invalid_jobs() -> st.SearchStrategy[Invalid]:
    """Bodies of `POST /jobs` with exactly one fault: in a flag, a conversion, its options or an input.

    `option` is the fault's key in the `errors` of a refusal: `seed`, `input[0].source`, `process`, or `body`
    for the body as a whole.
    """
    spec = read_spec(_job())
    found = unique_faults(spec, _as_invalid_job)
    return faulty_objects(spec, found, among=_valid_parts(spec)).map(_as_invalid_job)


def single_job_faults() -> tuple[Invalid, ...]:
    """Bodies of `POST /jobs` with every kind of single fault, always the same ones, with stable ids.

    They are in the order of the schema and labelled like those of `invalid_jobs`.

    >>> [job.option for job in single_job_faults() if job.case in ("is-null", "item-missing")][:4]
    ['body', 'process', 'fail_on_input_error', 'fail_on_conversion_error']
    """
    return tuple(map(_as_invalid_job, unique_faults(read_spec(_job()), _as_invalid_job)))


def presets() -> st.SearchStrategy[Payload]:
    """Valid bodies of `POST /presets`."""
    return valid_options(_narrowed("PresetRequest", options=options_schema()))


def _as_invalid_job(fault: Fault) -> Invalid:
    """The body with a fault, labelled with its key in the `errors` of a refusal."""
    return Invalid(fault.value, error_key(fault.path), fault.keyword, fault.case)


def _valid_parts(spec: Spec) -> Mapping[str, Choice]:
    """Parts of a job that are valid together, to surround a fault."""
    return {
        **choices(spec),
        "conversion": Choice((), st.lists(_conversions(valid_options()), max_size=2)),
        "input": Choice((), st.lists(_inputs(), max_size=2)),
    }


def _conversions(options: st.SearchStrategy[Payload]) -> st.SearchStrategy[Payload]:
    return st.fixed_dictionaries(
        {"target": st.just(TEXT_TO_IMAGE), "options": options}, optional={"category": st.just(_category())}
    )


def _inputs() -> st.SearchStrategy[Payload]:
    """A prompt as base64, which any server can read, or sometimes as a remote file."""
    text = prompts().map(lambda prompt: base64.b64encode(prompt.encode()).decode())
    encoded: st.SearchStrategy[Payload] = st.fixed_dictionaries(
        {"type": st.just("base64"), "source": text, "filename": st.just("prompt.txt")},
        optional={"options": st.builds(dict, type=st.just("prompt"))},
    )
    return encoded | st.builds(dict, type=st.just("remote"), source=st.just(_REMOTE))


def _category() -> str:
    entry = find_conversion(TEXT_TO_IMAGE)
    return entry.category if entry else ""


def _job() -> JSONObject:
    """The schema of a job whose conversions are text-to-image and whose inputs are remote."""
    job = _narrowed("JobRequest")
    conversion = _narrowed("ConversionRequest", options=options_schema(), output_target=None)
    source = _component("InputRequest")["then"]["properties"]["source"]
    described = _narrowed("InputRequest")
    described["properties"]["type"] = {"type": "string", "enum": ["remote"]}
    described["properties"]["source"] = {**described["properties"]["source"], **source}
    properties = {name: spec for name, spec in job["properties"].items() if name not in _LEFT_OUT}
    properties["conversion"] = {"type": "array", "items": conversion}
    properties["input"] = {"type": "array", "items": described}
    return {**job, "properties": properties}


def _narrowed(component: str, **parts: JSONObject | None) -> dict[str, Any]:
    """A component of `openapi.json`, reduced to supported keywords and to text-to-image.

    `parts` replace properties; `None` removes one. Objects that may also be an empty array still may.
    """
    schema = _merged(_component(component))
    schema["properties"] = {
        name: _merged(parts.get(name) or spec)
        for name, spec in schema["properties"].items()
        if parts.get(name, {}) is not None
    }
    for name, only in (("target", TEXT_TO_IMAGE), ("category", _category())):
        if name in schema["properties"]:
            schema["properties"][name] = {**schema["properties"][name], "enum": [only]}
    if "options" in parts:
        schema["properties"]["options"] = _or_empty_array(schema["properties"]["options"])
    return schema


def _component(name: str) -> JSONObject:
    schema: JSONObject = load_document("openapi")["components"]["schemas"][name]
    return schema


def _merged(schema: JSONObject) -> dict[str, Any]:
    """The schema without conditions; of `anyOf`, the first branch or an empty array."""
    if "anyOf" in schema:
        return _or_empty_array(schema["anyOf"][0])
    return {keyword: rule for keyword, rule in schema.items() if keyword not in ("if", "then")}


def _or_empty_array(schema: JSONObject) -> dict[str, Any]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*dict.fromkeys([*kinds, "array"])], "maxItems": 0}
