"""Samples of long lists: CI runs some of the rows, other ones for each commit; `--all-rows` runs them all."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


@cache
def seed() -> str:
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


def sample(config: pytest.Config, rows: Iterable[T], number: int) -> list[T]:
    """So many of the rows, in their order, drawn by the commit; all of them with `--all-rows`."""
    rows = list(rows)
    if config.getoption("--all-rows") or len(rows) <= number:
        return rows
    chosen = set(random.Random(seed()).sample(range(len(rows)), number))  # a sample of tests
    return [row for place, row in enumerate(rows) if place in chosen]
