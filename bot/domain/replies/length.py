"""How long a reply is, as its network counts, and how long it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import regex

from bot.domain.replies.weighted import weighted

_GRAPHEME: Final = regex.compile(r"\X")
_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<![\w/])@(\w[\w.-]*)@[\w.-]+\w")
_LINK_COUNTS: Final = 23
"""Mastodon counts every link as this many characters, however long it is."""


class Counting(StrEnum):
    """How a network counts."""

    GRAPHEMES = "graphemes"
    MASTODON = "mastodon"
    WEIGHTED = "weighted"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthRule:
    """`most` is the longest text it takes, in its own unit; `most_bytes` (UTF-8) where it limits those, too."""

    counting: Counting
    most: int
    most_bytes: int | None = None

    def length(self, text: str) -> int:
        """As the network counts it."""
        match self.counting:
            case Counting.GRAPHEMES:
                return graphemes(text)
            case Counting.MASTODON:
                short = _MENTION.sub(r"@\1", _LINK.sub("x" * _LINK_COUNTS, text))
                return graphemes(short)
            case Counting.WEIGHTED:
                return weighted(text)
            case Counting.CHARACTERS:
                return len(text)

    def left(self, text: str) -> int:
        """How much may still be added; below nothing where it is too long."""
        left = self.most - self.length(text)
        over = len(text.encode()) - self.most_bytes if self.most_bytes is not None else 0
        return min(left, -over) if over > 0 else left


def graphemes(text: str) -> int:
    """What a person sees as characters: a family emoji is one."""
    return len(_GRAPHEME.findall(text))
