"""The description of a picture, on which all its pixels depend, and its text form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeAlias

from pixelpact.mockserver.images.errors import ForeignPng, PictureError
from pixelpact.schema import options_schema, violations

#: Increased whenever the bytes of the same picture change.
RENDERER_VERSION = 3

JSONValue: TypeAlias = Any

#: Options that affect the delivery of results, not their content; secrets are marked `writeOnly`.
_DELIVERY = frozenset({"allow_multiple_outputs"})
#: Fields of a picture that are options, named after the option, with a unit where there is one.
_OPTION_FIELDS = ("seed", "width_px", "height_px", "style", "num_inference_steps", "cfg_scale", "preset")


@dataclass(frozen=True, slots=True)
class Picture:
    """The description of a placeholder image, on which all its bytes depend.

    `options` are those of the request in canonical form (see `canonical_options`); the other fields are the
    resulting values, within the ranges of the options schema. `preset` may be `None`.

    Raises:
        PictureError: a field is outside its range.

    >>> picture = Picture("a lighthouse", {"seed": 7.0, "download_password": "secret"}, seed=7, width_px=512,
    ...                   height_px=512, style="anime", num_inference_steps=20, cfg_scale=7.0, preset=None)
    >>> dict(picture.options), picture.cfg_scale
    ({'seed': 7}, 7)
    """

    prompt: str
    options: Mapping[str, JSONValue]
    seed: int
    width_px: int
    height_px: int
    style: str
    num_inference_steps: int
    cfg_scale: int | float
    preset: str | None

    def __post_init__(self) -> None:
        if not isinstance(self.prompt, str):
            raise PictureError("prompt", self.prompt, f"must be a text, got {self.prompt!r}")
        for name in ("seed", "width_px", "height_px", "num_inference_steps", "cfg_scale"):
            object.__setattr__(self, name, _number(getattr(self, name)))
        if not isinstance(self.options, Mapping):
            raise PictureError("options", self.options, f"must be a mapping, got {self.options!r}")
        object.__setattr__(self, "options", canonical_options(self.options))
        fields_by_option = {name.removesuffix("_px"): name for name in _OPTION_FIELDS}
        values = {option: getattr(self, field) for option, field in fields_by_option.items()}
        if self.preset is None:
            del values["preset"]
        for violation in violations(values):
            field = fields_by_option[str(violation.option)]
            raise PictureError(field, getattr(self, field), violation.message)
        for violation in violations(self.options):
            name = str(violation.option)
            raise PictureError(f"options[{name!r}]", self.options[name], violation.message)
        for field in ("width_px", "height_px"):
            if not isinstance(getattr(self, field), int):
                value = getattr(self, field)
                raise PictureError(field, value, f"must be a whole number of pixels, got {value}")

    def __hash__(self) -> int:
        return hash(to_json(self))


def canonical_options(options: Mapping[str, JSONValue]) -> dict[str, JSONValue]:
    """The options that affect a picture, in canonical form.

    Options about delivery, secrets (`writeOnly` in the schema) and unknown names are left out, and so is
    `aspect_ratio` beside a width or height, where the contract ignores it. `7.0` becomes `7`, and names are
    sorted.

    >>> canonical_options({"width": 512.0, "download_password": "secret", "aspect_ratio": "1:1"})
    {'width': 512}
    """
    properties = options_schema()["properties"]
    sized = not options.keys().isdisjoint(("width", "height"))
    return {
        name: _number(options[name])
        for name in sorted(options)
        if name in properties
        and name not in _DELIVERY
        and not properties[name].get("writeOnly")
        and not (sized and name == "aspect_ratio")
    }


def to_json(picture: Picture) -> str:
    """The picture as canonical JSON (ASCII, sorted, without spaces), with the version of the renderer.

    >>> picture = Picture("p", {}, 7, 64, 64, "anime", 20, 7, None)
    >>> from_json(to_json(picture)) == picture
    True
    """
    content = {"pixelpact": RENDERER_VERSION, **asdict(picture)}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Picture:
    """The picture from a text that `to_json` wrote.

    Raises:
        ForeignPng: this version of the renderer doesn't write such a text.
    """
    try:
        content = json.loads(text)
        version = content.pop("pixelpact")
        if version != RENDERER_VERSION:
            raise ForeignPng(f"it was drawn by renderer {version!r}, this one reads {RENDERER_VERSION}")
        return Picture(**{field.name: content.pop(field.name) for field in fields(Picture)}, **content)
    except ForeignPng:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ForeignPng(f"its description can't be read ({error})") from error


def parameters(picture: Picture) -> str:
    """The picture in the format that image generators write into their files.

    >>> print(parameters(Picture("a lighthouse", {}, 7, 512, 512, "anime", 20, 7, None)))
    a lighthouse
    Steps: 20, CFG scale: 7, Seed: 7, Size: 512x512, Style: anime, Model: pixelpact mock 3
    """
    facts = {
        "Steps": picture.num_inference_steps,
        "CFG scale": picture.cfg_scale,
        "Seed": picture.seed,
        "Size": f"{picture.width_px}x{picture.height_px}",
        "Style": picture.style,
        "Model": f"pixelpact mock {RENDERER_VERSION}",
    }
    if picture.preset is not None:
        facts["Preset"] = json.dumps(picture.preset)
    # A PNG text can't hold zero bytes, nor UTF-8 lone surrogates; the JSON beside it keeps both.
    prompt = picture.prompt.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return f"{prompt}\n" + ", ".join(f"{name}: {value}" for name, value in facts.items())


def _number(value: JSONValue) -> JSONValue:
    """`7` for `7.0` and the like; other values unchanged."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
