"""Statistics: what was converted and spent."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pixelpact.mockserver import ManualClock
from tests.bodies import PROMPT, finished, json_text, runnable


def test_statistics_tell_what_happened(serve: Callable[..., httpx.Client]) -> None:
    http = serve(clock=ManualClock(1_700_000_000.0))
    finished(http, runnable())
    finished(http, runnable(input=[PROMPT, PROMPT]))

    row = {"conversions": 3, "credits": 3}
    day, month = (json_text([{"date": date, **row}]) for date in ("2023-11-14", "2023-11"))

    assert json_text(http.get("/stats/day/2023-11-14/all").json()) == day
    assert json_text(http.get("/stats/month/2023-11/single").json()) == day
    assert json_text(http.get("/stats/year/2023/all").json()) == month
    assert http.get("/stats/year/2022/all").json() == []


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/stats/day/2023-02-30/all", "date"),
        ("/stats/day/2023-2-3/all", "date"),
        ("/stats/month/2023-13/all", "date"),
        ("/stats/year/23/all", "date"),
        ("/stats/year/2023/some", "filter"),
    ],
)
def test_a_wrong_date_or_filter_is_named(http: httpx.Client, path: str, field: str) -> None:
    answer = http.get(path)

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {field}
