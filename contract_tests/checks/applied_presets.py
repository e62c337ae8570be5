"""Check of a preset that a conversion names by its id."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from pixelpact.contract_tests.checks.started import uploaded_job
from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.suite.comparisons import succeeded
from pixelpact.contract_tests.suite.context import Context
from pixelpact.contract_tests.suite.items import check
from pixelpact.contract_tests.suite.presets import SIZE, applied_preset


@check(
    "presets/applied",
    operation="createJob",
    rule="a conversion that names a preset by its id uses the preset's options",
    source="text-to-image option table",
    requests=1,
    uses=(uploaded_job,),
)
def applied(context: Context) -> None:
    """A picture has the size that the preset says."""
    if not applied_preset(context):
        raise NotConclusive("no preset could be created")
    last = uploaded_job(context).last
    download = succeeded(context.download(last.text("output", 0, "uri")))
    try:
        with Image.open(BytesIO(download.response.content)) as picture:
            size = picture.size
    except OSError:
        raise NotConclusive("the output is not a picture") from None
    for side, expected, got in zip(("width", "height"), SIZE, size, strict=True):
        if expected != got:
            raise download.broken(f"must have the {side} {expected} of the preset, has {got}")
