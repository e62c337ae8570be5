"""JSON texts: how deep they may be nested, and keys that stand twice in one object."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest


def objects(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def arrays(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def by_turns(levels: int) -> bytes:
    """Arrays in objects in arrays, ...; an array is the outermost, and the last object holds a number."""
    pairs, single = divmod(levels, 2)
    return b"[" * single + b'{"a":[' * pairs + b"]}" * pairs + b"]" * single


@pytest.mark.parametrize(("levels", "status"), [(64, 201), (65, 400)])
@pytest.mark.parametrize("nest", [objects, arrays, by_turns])
def test_a_body_may_be_nested_64_levels_deep(
    http: httpx.Client, nest: Callable[[int], bytes], levels: int, status: int
) -> None:
    # The body itself and `limits` are two levels; brackets beside the deep value add none.
    answer = http.post("/jobs", content=b'{"limits": {"flat": [{}, []], "deep": %s}}' % nest(levels - 2))

    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.json()["message"] == "The body is not valid JSON: nested more than 64 levels deep"


def test_brackets_side_by_side_are_not_nested(http: httpx.Client) -> None:
    answer = http.post("/jobs", content=b'{"limits": {"x": [%s]}}' % b",".join([b"{}", b"[]"] * 65))

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"process": false, "process": false}', "process"),
        (b'{"limits": {"a": {"b": 1, "c": 2, "b": 1}}}', "b"),
        (b'{"conversion": [{"target": "png", "metadata": {"x": [{"a": 1, "a": 2}]}}]}', "a"),
    ],
    ids=["outermost", "in an object", "in an array"],
)
def test_a_key_that_stands_twice_is_refused_at_any_depth(
    serve: Callable[..., httpx.Client], body: bytes, key: str
) -> None:
    http = serve(answers={"duplicate-keys": "refuse"})

    answer = http.post("/jobs", content=body)

    assert answer.status_code == 400
    assert answer.json()["message"].endswith(f"the key {key!r} stands twice in one object")


def test_a_key_may_stand_in_each_of_several_objects(serve: Callable[..., httpx.Client]) -> None:
    http = serve(answers={"duplicate-keys": "refuse"})

    answer = http.post("/jobs", content=b'{"limits": {"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}}')

    assert answer.status_code == 201
