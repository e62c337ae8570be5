"""The inputs that are prompts: the API has no option for the prompt.

The vendor's documents never say which inputs are prompts; the order here follows the uploads of the vendor's
own web page.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from pixelpact.mockserver.jobs.records import Input
from pixelpact.schema import Profile

_TEXT_TYPE = "text/plain"
_TEXT_EXTENSION = ".txt"


def prompt_inputs(inputs: Iterable[Input], *, profile: Profile) -> tuple[Input, ...]:
    """The inputs marked as prompts; if there are none, all texts; otherwise all that did not fail."""
    present = tuple(item for item in inputs if not item.failure)
    marked = tuple(item for item in present if item.options.get("type") == "prompt")
    texts = tuple(item for item in present if _is_text(item) and profile["prompt-inputs"] == "texts")
    return marked or texts or present


def prompt_text(prompt: Input) -> str:
    """The text of a prompt: its content, or its source or name if the content was never fetched."""
    known = (prompt.caption, prompt.text, prompt.source, prompt.filename)
    return next((text for text in known if text is not None), "").strip()


def input_name(prompt: Input) -> str:
    """The file name of an input; for a remote one without a name, the last part of its URL."""
    if prompt.filename:
        return prompt.filename
    if prompt.type == "remote" and prompt.source:
        return unquote(urlsplit(prompt.source).path).rsplit("/", 1)[-1]
    return ""


def _is_text(item: Input) -> bool:
    of_type = (item.content_type or "").partition(";")[0].strip().lower() == _TEXT_TYPE
    return of_type or input_name(item).lower().endswith(_TEXT_EXTENSION)
