"""Foreign strings made fit for Teams: cut to length, and never formatted, never a mention, never a link.

A TextBlock and a FactSet parse a subset of Markdown
(https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format), and each of Teams'
clients undoes a backslash in its own way (MicrosoftDocs/msteams-docs issue 5793, microsoft/AdaptiveCards issues 4677
and 5758). So nothing is escaped here. Whatever may hold a stranger's words is a TextRun in a RichTextBlock, for which
the schema says "Markdown is not supported": there they stay letter for letter. Where only a TextBlock or a FactSet
will do (headings are found by screen readers in a TextBlock only), `neutral` makes look-alikes of what would format.
A mention needs an entity in `msteams`; our cards never have any, so `<at>` is mere text.
"""

from __future__ import annotations

import re
from typing import Final

from adapters import wording
from adapters.wording import Address

MOST_TEXT: Final = 4_000
MOST_LABEL: Final = 60
"""Characters on a button: more would not fit a phone."""
MOST_URL: Final = 2_000

_MOST_SUMMARY: Final = 500

_JOINER: Final = "\u2060"
"""Word joiner: invisible, and ends what a client would recognise."""
_HARMLESS: Final = str.maketrans({"*": "∗", "~": "∼", "`": "‘", "<": "‹", ">": "›", "\\": "∖"})
_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""One at the edge of a word: inside one ("order_4711") it never formats, and must survive being copied."""
_LINE_START: Final = re.compile(r"^(?=[^\S\n]*(?:[#+=|:-]|\d{1,9}[.)])|[^\S\n])", re.MULTILINE)
"""Headings, lists, rules, tables and indented code begin so."""
_BROKEN: Final = re.compile(
    r"(?<=\])(?=[(\[:])"  # a link and its definition
    r"|(?<=&)(?=#?\w+;)"  # an entity
    r"|(?<=:)(?=//)|(?<=mailto:)|(?<=@)(?=\w)"  # addresses
    r"|(?<=\w\.)(?=[^\W\d_]{2})"  # www.x.example
    r"|(?<=\{)(?=\{)",  # {{DATE(…)}}
    re.IGNORECASE,
)
_DATE: Final = re.compile(r"(?<=\{)(?=\{)")


def line(text: str, most: int = MOST_TEXT) -> str:
    """One clean line of at most `most` characters; never empty."""
    return wording.line(text, most)


def lines(text: str, most: int = MOST_TEXT) -> str:
    """Clean lines of at most `most` characters; what was cut off is said. May be empty."""
    return wording.lines(text, most)


def address(url: str) -> Address | None:
    """The address, if it is safe to open and Teams takes it."""
    return wording.address(url, MOST_URL)


def verbatim(text: str) -> str:
    """Clean text for a TextRun: only dates are formatted there (`{{DATE(…)}}`), and these are stopped."""
    return _DATE.sub(_JOINER, text)


def neutral(text: str) -> str:
    """Clean text, its lines kept, in which Markdown finds nothing; it may become longer."""
    said = _UNDERSCORE.sub("ˍ", text.translate(_HARMLESS))
    return _LINE_START.sub(_JOINER, _BROKEN.sub(_JOINER, said))


def notification(text: str) -> str:
    """One line of at most 1,100 characters for a message's `summary` and what a card says to screen readers."""
    return neutral(line(text, _MOST_SUMMARY))
