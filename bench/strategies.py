"""Coverage and speed of the strategies, compared with Schemathesis and a strategy written by hand.

    python -m bench.strategies

Valid payloads: the cells of `cells.py` within 100 and 300 examples for 20 seeds, pairs of presence, a
histogram of the interior. Invalid ones: pairs of option and keyword, cells, and the number of payloads. Then
examples per second, as medians of alternating rounds. `cells.py` counts, without a JSON Schema library.
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench import cells
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pixelpact.schema import options_schema
from pixelpact.strategies import boundaries, invalid_options, single_faults, valid_options

SEEDS, WITHIN, ALWAYS_WITHIN = 20, 100, 300
MOST_PAYLOADS = 130
AT_BOUNDARIES = [valid.payload["width"] for valid in boundaries() if valid.option == "width"]
ROUNDS, EXAMPLES = 9, 400
#: Minimum ratio of examples per second.
GOALS = {"Schemathesis": 2.0, "by hand": 0.8}


def main() -> int:
    """Measure and print; 1 if a goal is missed."""
    failed = [*valid_payloads(), *invalid_payloads(), *speed()]
    print("\nMissed: " + ", ".join(failed) if failed else "\nAll goals are met.")
    return int(bool(failed))


def valid_payloads() -> list[str]:
    """The goals of valid payloads that are missed."""
    print("Valid payloads: examples until all 43 cells were reached, for 20 seeds")
    reached, wrong, pairs = [], 0, set()
    widths: Counter[int] = Counter()
    at_boundaries = 0
    for number in range(SEEDS):
        payloads = drawn(valid_options(), ALWAYS_WITHIN, number)
        wrong += sum(bool(cells.faults(payload)) for payload in payloads)
        pairs |= {pair for payload in payloads for pair in cells.presence_pairs(payload)}
        some = [payload["width"] for payload in payloads if "width" in payload]
        inside = [width for width in some if width not in AT_BOUNDARIES]
        widths.update(int(width) * 20 // 5121 for width in inside)
        at_boundaries += len(some) - len(inside)
        reached.append(examples_until_all(payloads))
    ours = sorted(reached)
    print(f"  ours        {' '.join(map(str, ours))}   median {statistics.median(ours):g}, goal {WITHIN}")
    for name, strategy in peers().items():
        counts = sorted(len(reached_cells(drawn(strategy, WITHIN, number))) for number in range(5))
        print(f"  {name:<11} {statistics.median(counts):g} of 43 cells within {WITHIN} examples")
    enumerated = [valid.payload for valid in boundaries()]
    print(f"  enumerated  {len(reached_cells(enumerated))} cells in {len(enumerated)} payloads")
    print(f"  {wrong} of {SEEDS * ALWAYS_WITHIN} are not valid; {len(pairs)} of 180 pairs of presence")
    share = widths.total() / (widths.total() + at_boundaries)
    print(f"  {share:.0%} of the widths are at no boundary; those from 64 to 5120, in steps of 256:")
    most = max(widths.values())
    for bucket in range(20):
        print(f"  {bucket * 256:>6} {'#' * max(round(50 * widths[bucket] / most), bool(widths[bucket]))}")
    return [
        *(["median of valid cells"] if statistics.median(ours) > WITHIN else []),
        *(["valid cells of each seed"] if ours[-1] > ALWAYS_WITHIN else []),
        *(["valid is valid"] if wrong else []),
        *(["pairs of presence"] if len(pairs) < 180 else []),
        *(["interior"] if len(widths) < 20 else []),
    ]


def invalid_payloads() -> list[str]:
    """The goals of invalid payloads that are missed."""
    faults = single_faults()
    wanted = cells.all_fault_cells()
    found = {cell for fault in faults for cell in cells.fault_cells(fault.payload)}
    pairs = {cell[:2] for cell in wanted} & {cell[:2] for cell in found}
    their_faults = {
        cell
        for payload in drawn(by_schemathesis(negative=True), WITHIN, 0)
        for cell in cells.fault_cells(payload)
    }
    double = [
        invalid.id
        for invalid in (*faults, *drawn(invalid_options(), 500, 0))
        if len(cells.faults(invalid.payload)) != 1
    ]
    print("\nInvalid payloads, enumerated:")
    print(f"  {len(wanted & found)} of {len(wanted)} cells, {len(pairs)} of 28 pairs of option and keyword")
    print(f"  in {len(faults)} payloads, goal {MOST_PAYLOADS}; {len(double)} have not exactly one fault")
    print(f"  Schemathesis: {len(wanted & their_faults)} cells in {WITHIN} random payloads")
    return [
        *(["cells of faults"] if found != wanted else []),
        *(["number of payloads"] if len(faults) > MOST_PAYLOADS else []),
        *(["exactly one fault"] if double else []),
    ]


def speed() -> list[str]:
    """The goals of speed that are missed."""
    print("\nExamples a second of processor time, and how many times as fast as each peer")
    missed = []
    for name, strategy in peers().items():
        rows = [(rate(strategy, number), rate(valid_options(), number)) for number in range(ROUNDS)]
        theirs, ours = (statistics.median(column) for column in zip(*rows, strict=True))
        ratio = statistics.median(row[1] / row[0] for row in rows)
        print(f"  {name:<13}{theirs:>6.0f}   ours {ours:>6.0f}   ratio {ratio:.2f}, goal {GOALS[name]}")
        missed += [f"speed beside {name}"] if ratio < GOALS[name] else []
    return missed


def peers() -> dict[str, st.SearchStrategy[Any]]:
    """Other generators of the same options."""
    return {"Schemathesis": by_schemathesis(), "by hand": by_hand()}


def by_schemathesis(*, negative: bool = False) -> st.SearchStrategy[Any]:
    """Bodies, valid or not, of an operation whose body the schema describes."""
    import schemathesis

    body = {key: value for key, value in options_schema().items() if not key.startswith("$")}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "options", "version": "1"},
        "paths": {
            "/options": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                    "responses": {"200": {"description": "taken"}},
                }
            }
        },
    }
    # Its own settings, not those of `schemathesis.toml`, which are about the mock server.
    config = schemathesis.Config()
    operation = schemathesis.openapi.from_dict(document, config=config)["/options"]["POST"]
    mode = schemathesis.GenerationMode.NEGATIVE if negative else schemathesis.GenerationMode.POSITIVE
    strategy: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=mode).map(lambda case: case.body)
    return strategy


def by_hand() -> st.SearchStrategy[Any]:
    """A strategy such as one would write by hand."""
    spec = cells.PROPERTIES
    printable = st.characters(min_codepoint=32, max_codepoint=126)

    def span(name: str) -> tuple[int, int]:
        return spec[name]["minimum"], spec[name]["maximum"]

    optional = {
        "allow_multiple_outputs": st.booleans(),
        "aspect_ratio": st.sampled_from(spec["aspect_ratio"]["enum"]),
        "cfg_scale": st.floats(*span("cfg_scale")),
        "download_password": st.text(printable, max_size=cells.PASSWORD_LONGEST),
        "height": st.floats(*span("height")),
        "num_inference_steps": st.integers(*span("num_inference_steps")),
        "preset": st.text(min_size=1, max_size=cells.PRESET_LONGEST),
        "seed": st.integers(*span("seed")),
        "style": st.sampled_from(spec["style"]["enum"]),
        "width": st.floats(*span("width")),
    }
    return st.fixed_dictionaries({}, optional=optional)


def drawn(strategy: st.SearchStrategy[Any], number: int, from_seed: int) -> list[Any]:
    """`number` examples of a strategy."""
    found: list[Any] = []

    @seed(from_seed)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: Any) -> None:
        found.append(example)

    draw()
    return found


def rate(strategy: st.SearchStrategy[Any], from_seed: int) -> float:
    """Examples per second of processor time."""
    return EXAMPLES / _seconds(lambda: drawn(strategy, EXAMPLES, from_seed))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def examples_until_all(payloads: list[Any]) -> int:
    """The number of payloads until all valid cells were reached; a very large number if they weren't."""
    left = cells.all_valid_cells()
    for number, payload in enumerate(payloads, 1):
        left -= set(cells.valid_cells(payload))
        if not left:
            return number
    return ALWAYS_WITHIN * 10


def reached_cells(payloads: Any) -> set[str]:
    """The valid cells that payloads reach."""
    return {cell for payload in payloads if not cells.faults(payload) for cell in cells.valid_cells(payload)}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main())
