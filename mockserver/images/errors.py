"""What can be wrong with a picture.

ImageError (ValueError)
  PictureError     a picture that can't be drawn: a field has a value outside its range
  NotAPng          the bytes are no PNG at all
  DamagedPng       a PNG that was cut off or changed on its way
  ForeignPng       a sound PNG, but not one of our placeholders
"""

from __future__ import annotations


class ImageError(ValueError):
    """Base of this part's errors."""


class PictureError(ImageError):
    """A picture that can't be drawn; `field` and `value` say where, `rule` what it must be."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        self.field, self.value, self.rule = field, value, rule
        super().__init__(f"A picture's {field} {rule}.")


class NotAPng(ImageError):
    """The bytes are no PNG, or no bytes; `start` holds the first of them."""

    def __init__(self, data: object) -> None:
        self.start = data[:8] if isinstance(data, bytes) else b""
        if not isinstance(data, bytes):
            found = f"it is no bytes but of type {type(data).__name__}"
        else:
            found = f"it has {len(data)} bytes and starts with {self.start!r}" if data else "it is empty"
        super().__init__(
            f"Not a PNG: {found}. Pass the whole body of the download, undecoded; of the formats that the "
            "server can be set to, only PNG holds what was asked for."
        )


class DamagedPng(ImageError):
    """A PNG that can't be trusted; `offset` is the byte where that shows, `fault` says how."""

    def __init__(self, offset: int, fault: str) -> None:
        self.offset, self.fault = offset, fault
        super().__init__(f"Damaged PNG: {fault} at byte {offset}. Download it again, in full.")


class ForeignPng(ImageError):
    """A sound PNG without our text; `fault` says what is missing or odd."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        super().__init__(
            f"Not a placeholder of pixelpact: {fault}. Only pictures drawn by the mock carry their options, "
            "and programs that save them anew drop them."
        )
