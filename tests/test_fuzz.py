"""A fuzzer that knows nothing but `openapi.json` finds nothing wrong with the mock server."""

from __future__ import annotations

import pytest

from pixelpact.schema import operations
from scripts.fuzz import main


def test_a_short_run_of_schemathesis_finds_nothing_and_reaches_every_operation(
    reached: set[str], capfd: pytest.CaptureFixture[str]
) -> None:
    reached.clear()

    code = main(["--max-examples", "1"])

    assert code == 0, capfd.readouterr().out
    assert reached == set(operations())
