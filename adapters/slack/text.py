"""Foreign strings made fit for Slack: cut to its limits, and never formatted, never a mention, never a link.

Titles, buttons and forms are `plain_text` with `emoji` off (else `:codes:` would become pictures): Slack parses
nothing there. Where a card needs bold names or the bar of a quotation, `mrkdwn` makes a string harmless first: `<`, `>`
are escaped, which ends every mention and link; what formats has no escape in Slack's markup and becomes a look-alike;
`verbatim` keeps Slack from making links of bare addresses, names and channels. (Rich text would parse nothing either,
but the local Slack that demo and tests run in draws none of it.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from adapters.wording import MOST_TEXT, NOTHING, address, line, lines

__all__ = ["MOST_TEXT", "NOTHING", "address", "line", "lines"]

MOST_LABEL: Final = 75
"""Characters on a button or in an option."""

_MOST_NOTIFICATION: Final = 500

_JOINER: Final = "\u2060"
"""Word joiner: invisible, and ends what Slack would recognise."""
_HARMLESS: Final = str.maketrans({"*": "∗", "~": "∼", "`": "‘", "<": "&lt;", ">": "&gt;"})
_ENTITY: Final = re.compile(r"&(?=#?\w+;)")
_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
"""One at the edge of a word: inside one ("order_4711") it never formats, and must survive being copied."""
_CODE: Final = re.compile(r":(?=(?:[\w+'-]*[^\W\d][\w+'-]*|[+-]1|100|1234):)")
"""What begins an emoji: ":tada:", not the minutes in "09:30:15"."""
_QUOTATION: Final = re.compile(r"^([^\S\n]*)(?=&gt;)", re.MULTILINE)
_NAMING: Final = re.compile(r"([@#])(?=\w)")


def plain(text: str, most: int = MOST_TEXT) -> dict[str, Any]:
    """A text object in which Slack parses nothing, cut to `most` characters; its line ends are kept."""
    return {"type": "plain_text", "text": lines(text, most) or NOTHING, "emoji": False}


def plain_line(text: str, most: int = MOST_LABEL) -> dict[str, Any]:
    """A text object of one line in which Slack parses nothing."""
    return {"type": "plain_text", "text": line(text, most), "emoji": False}


def mrkdwn(text: str) -> str:
    """The text, its lines kept, so that Slack's markup finds nothing in it; it may become longer."""
    said = _ENTITY.sub("&amp;", text).translate(_HARMLESS)
    said = _CODE.sub("∶", _UNDERSCORE.sub("ˍ", said))
    return _QUOTATION.sub(rf"\1{_JOINER}", said)


def bold(text: str) -> str:
    """Markup for the text in bold: every line for itself, as Slack wants it."""
    return "\n".join(f"*{mrkdwn(each.strip())}*" if each.strip() else "" for each in text.split("\n"))


def marked(markup: str) -> dict[str, Any]:
    """A text object of our own markup, in which everything foreign went through `mrkdwn` or `bold`."""
    return {"type": "mrkdwn", "text": markup, "verbatim": True}


def fitted(text: str, most: int, make: Callable[[str], str]) -> str:
    """What `make` makes of the text, of at most `most` characters: of as much of the text as that allows."""
    cut = most
    while len(made := make(lines(text, cut))) > most and cut > 1:
        cut = cut * 3 // 4
    return made


def notification(text: str) -> str:
    """One line of at most 3,000 characters for a message's `text`, which has no `verbatim`."""
    said = mrkdwn(line(text, _MOST_NOTIFICATION)).replace("://", f":{_JOINER}//")
    return _NAMING.sub(rf"\1{_JOINER}", said)
