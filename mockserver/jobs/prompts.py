"""Which inputs are the prompt. The API has no option for it, so it is an input.

The vendor's documents never say which; the order here follows the uploads of the vendor's own web page.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from pixelpact.mockserver.jobs.records import Input
from pixelpact.schema import Profile

_TEXT_TYPE = "text/plain"
_TEXT_EXTENSION = ".txt"


def prompt_inputs(inputs: Iterable[Input], *, profile: Profile) -> tuple[Input, ...]:
    """The inputs that are prompts: marked as such; or else texts; or else all that did not fail."""
    present = tuple(each for each in inputs if not each.failure)
    marked = tuple(each for each in present if each.options.get("type") == "prompt")
    texts = tuple(each for each in present if _is_text(each) and profile["prompt-inputs"] == "texts")
    return marked or texts or present


def prompt_text(prompt: Input) -> str:
    """The words of a prompt: its content, or what stands for content that was never fetched."""
    known = (prompt.caption, prompt.text, prompt.source, prompt.filename)
    return next((each for each in known if each is not None), "").strip()


def input_name(prompt: Input) -> str:
    """The file name of an input; of a remote one without a name, the last part of its URL."""
    if prompt.filename:
        return prompt.filename
    if prompt.type == "remote" and prompt.source:
        return unquote(urlsplit(prompt.source).path).rsplit("/", 1)[-1]
    return ""


def _is_text(candidate: Input) -> bool:
    of_type = (candidate.content_type or "").partition(";")[0].strip().lower() == _TEXT_TYPE
    return of_type or input_name(candidate).lower().endswith(_TEXT_EXTENSION)
