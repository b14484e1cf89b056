"""The app's two pictures: the mark that the web chat wears, a baton with two bands."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

Colour = tuple[int, int, int, int]
Box = tuple[float, float, float, float]

COLOUR_SIZE: Final = 192
OUTLINE_SIZE: Final = 32
"""Both are squares of this many pixels, as Teams prescribes:
https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package#app-icons."""

GREEN: Final[Colour] = (0x1D, 0x6B, 0x58, 255)
CREAM: Final[Colour] = (0xFB, 0xF6, 0xEA, 255)
AMBER: Final[Colour] = (0xE8, 0xA3, 0x3D, 255)
WHITE: Final[Colour] = (255, 255, 255, 255)
NOTHING: Final[Colour] = (255, 255, 255, 0)

_TILT: Final = 38
_FINER: Final = 8
"""Drawn this many times larger, then made smaller: so edges are smooth."""


def colour() -> bytes:
    """The full-colour icon (PNG), its mark inside the middle 120 pixels that every client shows."""
    mark = _blank(COLOUR_SIZE)
    _bar(mark, (0.19, 0.415, 0.81, 0.585), CREAM, rounded=True)
    _bar(mark, (0.385, 0.415, 0.465, 0.585), AMBER)
    _bar(mark, (0.535, 0.415, 0.615, 0.585), AMBER)
    ground = Image.new("RGBA", mark.size, GREEN)
    ground.alpha_composite(mark.rotate(_TILT, Image.Resampling.BICUBIC))
    return _png(ground, COLOUR_SIZE)


def outline() -> bytes:
    """The outline icon (PNG): white on transparent, nothing else."""
    mark = _blank(OUTLINE_SIZE)
    _bar(mark, (0.02, 0.36, 0.98, 0.64), WHITE, rounded=True)
    _bar(mark, (0.345, 0.36, 0.435, 0.64), NOTHING)
    _bar(mark, (0.565, 0.36, 0.655, 0.64), NOTHING)
    tilted = mark.rotate(_TILT, Image.Resampling.BICUBIC)
    white = Image.new("RGBA", mark.size, WHITE)
    white.putalpha(tilted.getchannel("A"))
    return _png(white, OUTLINE_SIZE)


def _blank(size: int) -> Image.Image:
    return Image.new("RGBA", (size * _FINER, size * _FINER), NOTHING)


def _bar(on: Image.Image, box: Box, fill: Colour, *, rounded: bool = False) -> None:
    """A box (left, top, right, bottom, in shares of the picture's width)."""
    left, top, right, bottom = (share * on.width for share in box)
    radius = (bottom - top) / 2 if rounded else 0
    ImageDraw.Draw(on).rounded_rectangle((left, top, right, bottom), radius=radius, fill=fill)


def _png(canvas: Image.Image, size: int) -> bytes:
    small = Image.merge(
        "RGBA", [each.resize((size, size), Image.Resampling.LANCZOS) for each in canvas.split()]
    )
    file = BytesIO()
    small.save(file, format="PNG", optimize=True)
    return file.getvalue()
