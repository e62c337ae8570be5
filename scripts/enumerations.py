"""Print the enumerations of the strategies: ids, and digests of the payloads.

    python scripts/enumerations.py > tests/strategies/enumerations.txt

They are the same in every process and for all supported versions of Python; a test compares them.
"""

from __future__ import annotations

import hashlib
import json

from pixelpact.strategies import boundaries, raw_faults, single_faults, single_job_faults


def main() -> None:
    """Print one line for each payload."""
    for case in (*boundaries(), *single_faults(), *single_job_faults()):
        print(ascii(case.id), _digest(json.dumps(case.payload).encode()))
    for raw in raw_faults():
        print(ascii(raw.id), _digest(raw.body))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


if __name__ == "__main__":
    main()
