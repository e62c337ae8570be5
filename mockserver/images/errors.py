"""Errors of the images part.

ImageError (ValueError)
|- PictureError     a picture that can't be drawn: a field has an invalid value
|- UnknownFormat    a picture can't be converted to a format
|- NotAPng          the bytes are not a PNG at all
|- DamagedPng       a PNG that is truncated or was changed
`- ForeignPng       an intact PNG that is not one of our placeholders
"""

from __future__ import annotations

from pixelpact.mockserver.errors import MockServerError


class ImageError(MockServerError, ValueError):
    """Base of this part's errors."""


class PictureError(ImageError):
    """A picture can't be drawn: `field` has the invalid `value`; `rule` says what it must be."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        self.field, self.value, self.rule = field, value, rule
        super().__init__(f"A picture's {field} {rule}.")


class UnknownFormat(ImageError):
    """Pictures can't be converted to files with `extension`; `known` lists the extensions that work."""

    def __init__(self, extension: str, known: tuple[str, ...]) -> None:
        self.extension, self.known = extension, known
        super().__init__(f"There is no picture format {extension!r}. Use one of {', '.join(known)}.")


class NotAPng(ImageError):
    """The data is not a PNG, or not bytes; `start` holds the first bytes."""

    def __init__(self, data: object) -> None:
        self.start = data[:8] if isinstance(data, bytes) else b""
        if not isinstance(data, bytes):
            found = f"it is of type {type(data).__name__}, not bytes"
        else:
            found = f"it has {len(data)} bytes and starts with {self.start!r}" if data else "it is empty"
        super().__init__(
            f"Not a PNG: {found}. Pass the whole body of the download, undecoded; of the formats that the "
            "server can be set to, only PNG holds what was asked for."
        )


class DamagedPng(ImageError):
    """A PNG that can't be trusted: at byte `offset`, it has the `fault`."""

    def __init__(self, offset: int, fault: str) -> None:
        self.offset, self.fault = offset, fault
        super().__init__(f"Damaged PNG: {fault} at byte {offset}. Download it again, in full.")


class ForeignPng(ImageError):
    """An intact PNG without a readable description; `fault` says what is missing or wrong."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(
            f"Not a placeholder of pixelpact: {fault}. Only pictures drawn by the mock carry their options, "
            "and programs that save them again drop them."
        )
