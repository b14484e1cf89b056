"""Whether a text says a word: whole words, whatever the alphabet, the case or the typography. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Scripts that put no space between words (and Korean, which glues particles to them): a word there is found
# anywhere. Ranges of code points, ascending.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1100, 0x11FF),  # Hangul letters
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),  # Han repetition marks
    (0x3031, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x3130, 0x318F),  # Hangul compatibility letters
    (0x31A0, 0x31FF),  # Bopomofo, Katakana extensions
    (0x3400, 0x9FFF),  # Han
    (0xA960, 0xA97F),  # Hangul letters
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),  # Han compatibility
    (0x20000, 0x3FFFF),  # Han extensions
)

# What people type for the same word: curly apostrophes, and invisible characters that slip past filters.
_SAME = {0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x00AD: "", 0x200B: "", 0x2060: "", 0xFEFF: ""}


def normal(text: str) -> str:
    """`text` as `says` compares it: case and forms folded, single spaces. Accents stay: they matter."""
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", text.translate(_SAME)).casefold()
        # The Turkish dotted and dotless i become one: casefold alone tears the dotted capital in two.
        text = unicodedata.normalize("NFKC", folded).replace("i\u0307", "i").replace("\u0131", "i")
    return " ".join(text.lower().split())


def says(text: str, word: str) -> bool:
    """Whether `text` holds `word` (both `normal`) as a whole word or phrase: "bag" is not in "garbage"."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        begun = at > 0 and _joins(text[at - 1]) and _joins(word[0])
        if not begun and not (end < len(text) and _joins(text[end]) and _joins(word[-1])):
            return True
        at = text.find(word, at + 1)
    return False


@lru_cache(maxsize=4096)
def _joins(letter: str) -> bool:
    """Whether this character makes one word with a neighbour: letters, digits and the marks on them.

    Letters of scripts without spaces do not: a word may begin or end beside them.
    """
    if not (letter.isalnum() or unicodedata.category(letter).startswith("M")):
        return False
    point = ord(letter)
    return not any(low <= point <= high for low, high in _UNSPACED)
