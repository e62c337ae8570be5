from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pixelpact.mockserver.images.picture import Picture
from pixelpact.mockserver.images.placeholder import placeholder_png

MakePicture = Callable[..., Picture]


@pytest.fixture
def make_picture() -> MakePicture:
    """A small picture, any field given another value."""

    def make(**fields: Any) -> Picture:
        usual: dict[str, Any] = {
            "prompt": "A lighthouse at dusk",
            "options": {},
            "seed": 7,
            "width_px": 160,
            "height_px": 128,
            "style": "generic",
            "num_inference_steps": 20,
            "cfg_scale": 7,
            "preset": None,
        }
        return Picture(**(usual | fields))

    return make


@pytest.fixture
def colors_of() -> Callable[[Picture], npt.NDArray[np.uint8]]:
    """What a viewer sees of a picture: `height x width x 3`."""

    def colors(picture: Picture) -> npt.NDArray[np.uint8]:
        with Image.open(io.BytesIO(placeholder_png(picture))) as image:
            return np.asarray(image.convert("RGB"))

    return colors
