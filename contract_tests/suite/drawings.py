"""Jobs that have drawn pictures, for probes, and the pictures themselves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pixelpact.contract_tests.client.errors import NotConclusive
from pixelpact.contract_tests.client.exchange import Exchange
from pixelpact.contract_tests.suite.answers import rows
from pixelpact.contract_tests.suite.context import SMALL, Context
from pixelpact.contract_tests.suite.items import step
from pixelpact.schema import ledger

if TYPE_CHECKING:
    from PIL.Image import Image

#: The prompt of pictures that may show anything.
PROMPT = "A lighthouse in the fog"
#: Cheap pictures, each in a file of its own, also where single results come as archives.
SEPARATE: Mapping[str, Any] = {**SMALL, "allow_multiple_outputs": True}
#: A file that the vendor keeps for examples.
REMOTE_PICTURE = "https://example-files.online-convert.com/raster%20image/png/example.png"
#: Channels of a pixel that differ by so much differ clearly: those of JPEG and WebP always do a little.
_CLEAR_DIFFERENCE = 32
#: The statuses with which an invalid request may be refused.
_INVALID = frozenset(answer.value for answer in ledger()["invalid-request"].choices.values())


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a job has made; `inputs` are the ids of those that it is made of."""

    id: str
    inputs: frozenset[str]
    document: Mapping[str, Any]

    @property
    def uri(self) -> str:
        """Where it is downloaded.

        Raises:
            NotConclusive: it names no such URL.
        """
        uri = self.document.get("uri")
        if not isinstance(uri, str) or not uri.startswith(("http://", "https://")):
            raise NotConclusive(f"the output {self.id} has no usable `uri`")
        return uri


@dataclass(frozen=True, slots=True)
class DrawnJob:
    """A job that has ended, as its last read shows it; `choice` says which of several bodies was taken."""

    id: str
    last: Exchange
    choice: int = 0

    def input_id(self, number: int) -> str:
        """The id of an input.

        Raises:
            NotConclusive: there is none.
        """
        return _id(rows(self.last, "input"), number, "input")

    def outputs(self, conversion: int | None = None) -> list[Output]:
        """The outputs, or those of one conversion.

        Raises:
            NotConclusive: the job has no such conversion.
        """
        known = [_output(row) for row in rows(self.last, "output")]
        if conversion is None:
            return known
        wanted = _id(rows(self.last, "conversion"), conversion, "conversion")
        return [output for output in known if _source(output.document).get("conversion") == wanted]

    def output(self, conversion: int = 0) -> Output:
        """The first output of a conversion.

        Raises:
            NotConclusive: there is none.
        """
        outputs = self.outputs(conversion)
        if not outputs:
            raise NotConclusive(f"conversion {conversion} of the job {self.id} has no output")
        return outputs[0]


def draw(context: Context, *bodies: Mapping[str, Any], outputs: int) -> DrawnJob:
    """A paid job with so many `outputs` that has ended: the first of `bodies` that is not refused as invalid.

    Raises:
        NotConclusive: all are refused, or the job does not end.
    """
    for choice, body in enumerate(bodies):
        created = context.call("createJob", paid_jobs=1, leaves=outputs, json=body)
        is_last = choice == len(bodies) - 1
        if is_last or created.response.status_code not in _INVALID:
            break
    job_id = context.id_of(created)
    return DrawnJob(job_id, context.finish(job_id), choice)


def draw_each(context: Context, *choices: Sequence[Mapping[str, Any]]) -> DrawnJob:
    """A paid job that has drawn `PROMPT` with each of some options, each a conversion.

    If it is refused as invalid, another choice of options is tried. Where the first conversion takes the
    first input only, the second the second, each has its own input.

    Raises:
        NotConclusive: all are refused, or the job does not end.
    """
    pairs = context.profile["conversions-times-inputs"] == "pairs"
    bodies = [
        {
            "conversion": [context.conversion(dict(each)) for each in options],
            "input": [context.prompt(PROMPT)] * (len(options) if pairs else 1),
        }
        for options in choices
    ]
    return draw(context, *bodies, outputs=max(map(len, choices)))


def draw_all(context: Context, *texts: str, **job: Any) -> DrawnJob:
    """A paid job with all these prompts that has ended."""
    body = {
        "conversion": [context.conversion(dict(SEPARATE))],
        "input": [context.prompt(text) for text in texts],
        **job,
    }
    return draw(context, body, outputs=len(texts))


@step(requests=2, paid_jobs=1, rule="a job with an empty prompt ends")
def empty_prompt_job(context: Context) -> DrawnJob:
    """A job whose only prompt is a space, and which tolerates inputs that fail, but no conversions."""
    return draw_all(context, " ", fail_on_input_error=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the format of its file, such as `PNG`, and its pixels."""

    format: str
    image: Image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    def difference(self, other: Picture) -> float:
        """The part of the pixels (0 to 1) that clearly differ from those of another picture."""
        from PIL import ImageChops

        if self.size != other.size:
            return 1.0
        counts = ImageChops.difference(self.image, other.image).convert("L").histogram()
        return sum(counts[_CLEAR_DIFFERENCE:]) / sum(counts)


def picture_of(content: bytes) -> Picture:
    """The picture in the content of a file.

    Raises:
        NotConclusive: it is no picture.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as opened:
            return Picture(opened.format or "", opened.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise NotConclusive(f"there is no picture in the {len(content)} bytes of a download") from None


def archive_format(content: bytes) -> str | None:
    """The format of the archive that a file is, by its signature: zip or tar; `None` if it is none."""
    if content.startswith(b"PK"):
        return "zip"
    return "tar" if content[257:262] == b"ustar" else None


def _output(row: Mapping[str, Any]) -> Output:
    inputs = _source(row).get("input")
    ids = [each for each in inputs if isinstance(each, str)] if isinstance(inputs, list) else []
    return Output(str(row.get("id")), frozenset(ids), row)


def _source(row: Mapping[str, Any]) -> Mapping[str, Any]:
    source = row.get("source")
    return source if isinstance(source, dict) else {}


def _id(parts: Sequence[Mapping[str, Any]], number: int, kind: str) -> str:
    found = parts[number].get("id") if number < len(parts) else None
    if not isinstance(found, str):
        raise NotConclusive(f"the job shows no {kind} {number}")
    return found
