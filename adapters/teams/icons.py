"""The app's two pictures: a baton that passes from one hand to the next, between two dots."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

Colour = tuple[int, int, int, int]
Point = tuple[float, float]

COLOUR_SIZE: Final = 192
OUTLINE_SIZE: Final = 32
"""Both are squares of this many pixels, as Teams prescribes:
https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package#app-icons."""

BLUE: Final[Colour] = (0x1F, 0x3A, 0x5F, 255)
WHITE: Final[Colour] = (255, 255, 255, 255)
GOLD: Final[Colour] = (0xF2, 0xB1, 0x34, 255)
NOTHING: Final[Colour] = (255, 255, 255, 0)

_FINER: Final = 8
"""Drawn this many times larger, then made smaller: so edges are smooth."""


def colour() -> bytes:
    """The full-colour icon (PNG), its mark inside the middle 120 pixels that every client shows."""
    canvas, draw = _canvas(COLOUR_SIZE, BLUE)
    _dot(draw, (0.30, 0.36), 0.075, WHITE)
    _dot(draw, (0.70, 0.64), 0.075, WHITE)
    _bar(draw, (0.33, 0.66), (0.67, 0.34), 0.125, GOLD)
    return _png(canvas, COLOUR_SIZE)


def outline() -> bytes:
    """The outline icon (PNG): white on transparent, nothing else."""
    canvas, draw = _canvas(OUTLINE_SIZE, NOTHING)
    _dot(draw, (0.21, 0.29), 0.115, WHITE)
    _dot(draw, (0.79, 0.71), 0.115, WHITE)
    _bar(draw, (0.22, 0.78), (0.78, 0.22), 0.21, WHITE)
    _bar(draw, (0.22, 0.78), (0.78, 0.22), 0.07, NOTHING)
    return _png(canvas, OUTLINE_SIZE)


def _canvas(size: int, ground: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    canvas = Image.new("RGBA", (size * _FINER, size * _FINER), ground)
    return canvas, ImageDraw.Draw(canvas)


def _dot(draw: ImageDraw.ImageDraw, at: Point, radius: float, fill: Colour) -> None:
    """Places and lengths are shares of the picture's width."""
    width = draw.im.size[0]
    x, y, r = at[0] * width, at[1] * width, radius * width
    draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def _bar(draw: ImageDraw.ImageDraw, start: Point, end: Point, thickness: float, fill: Colour) -> None:
    width = draw.im.size[0]
    line = [(start[0] * width, start[1] * width), (end[0] * width, end[1] * width)]
    draw.line(line, fill=fill, width=round(thickness * width))
    _dot(draw, start, thickness / 2, fill)
    _dot(draw, end, thickness / 2, fill)


def _png(canvas: Image.Image, size: int) -> bytes:
    # Only how much it covers is averaged where all is white: else transparent edges would turn grey.
    small = canvas.resize((size, size), Image.Resampling.LANCZOS)
    file = BytesIO()
    small.save(file, format="PNG", optimize=True)
    return file.getvalue()
