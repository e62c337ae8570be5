"""Jobs for the tests of this folder."""

from __future__ import annotations

from msgspec.structs import replace

from pixelpact.mockserver.jobs.changes import with_next_status
from pixelpact.mockserver.jobs.records import Conversion, Input, Job
from pixelpact.schema import Profile

REMOTE = Input(id="i", type="remote", created_at=0.0, modified_at=0.0, source="https://example.com/fox.txt")
UPLOAD = Input(id="u", type="upload", created_at=0.0, modified_at=0.0, text="A fox")
DRAWING = Conversion(id="c", target="text-to-image", category="operation", seed_parts=(1,))


def new_job(
    *inputs: Input,
    pace: str = "instant",
    process: bool = True,
    profile: Profile | None = None,
    **fields: object,
) -> Job:
    job = Job(
        id="j",
        token="t",
        account="a",
        number=1,
        created_at=0.0,
        modified_at=0.0,
        pace=pace,
        profile=profile or Profile(),
        process=process,
        inputs=inputs,
        **{"conversions": (DRAWING,), **fields},
    )
    return replace(with_next_status(job, at=0.0, new_inputs=inputs), version=0)
