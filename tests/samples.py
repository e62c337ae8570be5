"""Samples of long lists: CI runs some of the rows, other ones for each commit; `make contract` runs them all."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

#: Whether all rows are run.
ALL_ROWS = bool(os.environ.get("PIXELPACT_ALL_ROWS"))


@cache
def _seed() -> str:
    """The id of the commit that is tested; a fixed text where there is no repository."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "no repository"
    return found.stdout.strip()


def sampled(rows: Iterable[T], number: int) -> list[T]:
    """So many of the rows, in their order, drawn by the commit; with PIXELPACT_ALL_ROWS=1 all of them."""
    rows = list(rows)
    if ALL_ROWS or len(rows) <= number:
        return rows
    chosen = set(random.Random(_seed()).sample(range(len(rows)), number))  # a sample of tests
    return [row for place, row in enumerate(rows) if place in chosen]
