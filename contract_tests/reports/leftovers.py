"""What runs have left at an API, as text: what it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from pixelpact.contract_tests.runs.leftovers import Leftovers
from pixelpact.contract_tests.runs.tidying import Things


def damaged_text(found: Leftovers) -> Iterator[str]:
    """A warning for each file of which some could not be read."""
    for file in found.damaged:
        yield f"Some of {file} could not be read."
        yield (
            "What the rest of it names is tidied, and what a run with the same key finds in the listing of "
            f"jobs with {file.name.partition('.')[0]} in their metadata."
        )


def left_text(left: Leftovers, *, base_url: str) -> Iterator[str]:
    """What is left at the API, and how to tidy it."""
    clean = f"pixelpact check --clean --base-url {base_url}"
    if left.things:
        yield f"Left at the API: {left.things}; the budget ended, or no answer came."
        yield f"Tidy with: {clean}"
    yield from other_keys_text(left, base_url=base_url)


def other_keys_text(left: Leftovers, *, base_url: str) -> Iterator[str]:
    """What is left by runs with other API keys, and what to do."""
    if not left.other_keys:
        return
    yield f"Left at the API by runs with another API key: {left.other_keys}."
    yield "Tidy with the keys of those runs in API2CONVERT_API_KEY and API2CONVERT_SECOND_API_KEY:"
    yield f"  pixelpact check --clean --base-url {base_url}"
    yield "Without those keys they can't be tidied; to forget them, remove:"
    for file in left.other_files:
        yield f"  {file}"


def tidied_text(tidied: Things, *, requests: int) -> str:
    """What was tidied, at what cost.

    >>> tidied_text(Things(jobs=2, outputs=1), requests=7)
    'Tidied 2 jobs and 1 output, with 7 requests.'
    """
    return f"Tidied {tidied}, with {requests} request{'s' * (requests != 1)}."
