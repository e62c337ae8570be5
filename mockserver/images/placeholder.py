"""Drawing a picture, and reading its description back from its bytes."""

from __future__ import annotations

from pixelpact.mockserver.images.errors import ForeignPng
from pixelpact.mockserver.images.picture import Picture, from_json, parameters, to_json

#: Keywords of the text chunks: for tools of image generators, and for ourselves.
_PARAMETERS, _OURS = "parameters", "pixelpact"


def placeholder_png(picture: Picture) -> bytes:
    r"""The PNG of `picture`; its bytes don't depend on the machine, Python, NumPy or Pillow.

    >>> placeholder_png(Picture("a lighthouse", {}, 7, 64, 64, "anime", 20, 7, None))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    # NumPy and Pillow are slow to import, and a server that draws nothing needs neither.
    from pixelpact.mockserver.images.caption import draw_caption
    from pixelpact.mockserver.images.chance import Chance
    from pixelpact.mockserver.images.grain import add_grain
    from pixelpact.mockserver.images.palette import palette_of, scheme_of
    from pixelpact.mockserver.images.png import Sheet
    from pixelpact.mockserver.images.styles import FAMILIES

    family, scheme = FAMILIES[picture.style], scheme_of(picture)
    ramps = family.ramps(scheme)
    sheet = Sheet.blank(width_px=picture.width_px, height_px=picture.height_px)
    chance = Chance.of("composition", picture.style, picture.prompt, picture.seed)
    family.draw(sheet.pixels, chance)
    add_grain(sheet.pixels, steps=picture.num_inference_steps, ramps=ramps, chance=chance)
    draw_caption(sheet.pixels, picture=picture)
    return sheet.encoded(
        palette=palette_of(picture, scheme=scheme, ramps=ramps),
        texts={_PARAMETERS: parameters(picture), _OURS: to_json(picture)},
    )


def read_image(data: bytes | bytearray | memoryview) -> Picture:
    """The description of the picture in `data`.

    Raises:
        NotAPng: `data` is not a PNG, or not bytes.
        DamagedPng: it is truncated or was changed.
        ForeignPng: it is not a placeholder, or of another version of the renderer.

    >>> picture = Picture("a lighthouse", {"seed": 7}, 7, 64, 64, "anime", 20, 7, None)
    >>> read_image(placeholder_png(picture)) == picture
    True
    """
    from pixelpact.mockserver.images.png import size_of, texts_of

    data = bytes(data) if isinstance(data, bytearray | memoryview) else data
    texts = texts_of(data)
    if _OURS not in texts:
        raise ForeignPng(f"it has no text {_OURS!r}")
    picture = from_json(texts[_OURS])
    if size_of(data) != (picture.width_px, picture.height_px):
        width, height = size_of(data)
        raise ForeignPng(
            f"it is {width} x {height}, but was drawn as {picture.width_px} x {picture.height_px}"
        )
    return picture
