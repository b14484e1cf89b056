"""The small chart, as a picture and as text."""

from __future__ import annotations

import math
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image, ImageColor

from adapters.bars import text_bars
from adapters.slack.chart import WIDTH, drawable, picture
from bot.cards.card import Bar, Chart

STRONG, PLAIN, GROUND = (ImageColor.getrgb(colour) for colour in ("#1d6b58", "#8bb8ab", "#faf8f3"))


def a_chart(*values: float, label: str = "{:02}:00", title: str = "Cases opened") -> Chart:
    top = max(values, default=0)
    bars = tuple(
        Bar(label=label.format(number), value=value, strong=value == top)
        for number, value in enumerate(values)
    )
    return Chart(title=title, bars=bars, alt="x")


def drawn(chart: Chart) -> Image.Image:
    image = Image.open(BytesIO(picture(chart)))
    assert (image.format, image.mode, image.width) == ("PNG", "RGB", 2 * WIDTH)
    return image


def columns_with(image: Image.Image, *colours: tuple[int, ...]) -> list[int]:
    return [
        x
        for x in range(image.width)
        if any(image.getpixel((x, y)) in colours for y in range(0, image.height, 3))
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 8, 12, 24, 72, 96, 300])
def test_any_number_of_bars_has_a_picture_of_a_sensible_size(count: int) -> None:
    image = drawn(a_chart(*range(count)))
    assert 100 <= image.height <= 800


def test_the_ground_is_opaque_so_that_it_reads_in_dark_themes() -> None:
    image = drawn(a_chart(3, 1, 2))
    assert image.getpixel((0, 0)) == image.getpixel((image.width - 1, image.height - 1)) == GROUND


def test_strong_bars_stand_out_and_stand_where_their_bar_is() -> None:
    image = drawn(a_chart(*(1 if number != 12 else 9 for number in range(24))))
    strong, plain = columns_with(image, STRONG), columns_with(image, PLAIN)
    assert strong and plain
    assert image.width / 2 < min(strong) and max(strong) < image.width * 0.56


@pytest.mark.parametrize("label", ["{:02}:00", "Fri {:02}:00", "{}", "a long name {}"])
def test_labels_stay_inside(label: str) -> None:
    inked = foot_of(drawn(a_chart(*([2] * 30), label=label)))
    assert inked and inked[0] >= 4 and inked[-1] < 2 * WIDTH - 4


@pytest.mark.parametrize("count", [8, 24, 30, 72, 96])
def test_labels_never_touch(count: int) -> None:
    inked = foot_of(drawn(a_chart(*([2] * count), label="{:02}:00")))
    ends = [x for x, following in pairwise(inked) if following - x > 8] + [inked[-1]]
    begins = [inked[0]] + [x for before, x in pairwise(inked) if x - before > 8]
    assert len(ends) > 3
    assert all(end - begin < 90 for begin, end in zip(begins, ends, strict=True))


def foot_of(image: Image.Image) -> list[int]:
    """Where, from left to right, something is drawn beneath the bars."""
    foot = image.crop((0, image.height - 60, image.width, image.height - 20))
    return [x for x in range(foot.width) if any(foot.getpixel((x, y)) != GROUND for y in range(foot.height))]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -5, 0, 1e300])
def test_odd_values_are_drawn(value: float) -> None:
    drawn(a_chart(value, 1))
    drawn(a_chart(*([value] * 20)))
    assert text_bars(a_chart(value, 1)) and text_bars(a_chart(*([value] * 20)))


def test_long_words_are_cut() -> None:
    drawn(a_chart(1, 2, title="W" * 500, label="W" * 500))


@pytest.mark.parametrize(
    ("title", "known"), [("Cases opened, 38 of 41 (92 %)…", True), ("Größe", False), ("Случаи", False)]
)
def test_letters_that_the_font_lacks_are_known_beforehand(title: str, known: bool) -> None:
    chart = a_chart(1, title=title)
    assert drawable(chart) is known
    if not known:
        with pytest.raises(ValueError, match="font"):
            picture(chart)


def test_few_bars_are_lines_of_text() -> None:
    chart = Chart(title="", bars=(Bar(label="Größe", value=4), Bar(label="日本", value=1.5)), alt="")
    assert text_bars(chart) == f"{'█' * 18} 4  Größe\n{'█' * 7} 1.5  日本"


def test_many_bars_are_one_line_with_its_ends_named() -> None:
    assert text_bars(a_chart(*range(8))) == "00:00 ▁▂▃▄▅▆▇█ 07:00"
    first, sparks, last = text_bars(a_chart(*range(96))).split(" ")
    assert (first, len(sparks), sparks[-1], last) == ("00:00", 24, "█", "95:00")
