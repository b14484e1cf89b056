"""The words somebody looked for, marked where they stand in what was found."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from adapters.web.text import clean
from bot.grammar.text import fold

_BEFORE: Final = 60
_MOST: Final = 220


def marked(pieces: Sequence[str], words: Sequence[str]) -> str:
    """HTML: the piece that holds most of the words, cut around the first, with each word in a `<mark>`."""
    wanted = [fold(word) for word in words if fold(word)]
    texts = [" ".join(clean(piece).split()) for piece in pieces]
    held = [sum(word in fold(text) for word in wanted) for text in texts]
    best = texts[held.index(max(held))] if texts else ""
    spots = _spots(best, wanted)
    start = max(0, spots[0][0] - _BEFORE) if spots else 0
    end = min(len(best), start + _MOST)
    parts, at = ["…" if start else ""], start
    for first, last in spots:
        if first < at or last > end:
            continue
        parts += [escape(best[at:first]), f"<mark>{escape(best[first:last])}</mark>"]
        at = last
    return "".join((*parts, escape(best[at:end]), "…" if end < len(best) else ""))


def _spots(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where the folded words stand in the text as written: folding may make a letter none or several."""
    plain, origin = "", []
    for number, letter in enumerate(text):
        folded = fold(letter)
        plain += folded
        origin += [number] * len(folded)
    spots = []
    for word in wanted:
        at = plain.find(word)
        while at >= 0:
            spots.append((origin[at], origin[at + len(word) - 1] + 1))
            at = plain.find(word, at + len(word))
    return sorted(spots)
