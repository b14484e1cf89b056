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
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from bot.cards import trim

NOTHING: Final = "…"
"""Stands where Slack insists on a character and there is none."""

MOST_TEXT: Final = 3_000
"""Characters of one text object (https://docs.slack.dev/reference/block-kit/composition-objects/text-object)."""
MOST_LABEL: Final = 75
"""Characters on a button or in an option."""
MOST_URL: Final = 3_000

_CUT_NOTE: Final = 32
_MOST_HOST: Final = 40
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
# What a browser would read differently from what stands there: blanks, backslashes, quotes, controls.
_ADDRESS: Final = re.compile(r"https?://[^\s\\<>\"'`{}|^\x00-\x20\x7f-\x9f]{1,3000}", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_KEPT_IN_ADDRESS: Final = "/:?#[]@!$&()*+,;=%~-._"


def line(text: str, most: int = MOST_TEXT) -> str:
    """One clean line of at most `most` characters; never empty."""
    one = " ".join(trim.clean(text).split())
    return (one if len(one) <= most else trim.line(one, most - 1)) or NOTHING


def lines(text: str, most: int = MOST_TEXT) -> str:
    """Clean lines of at most `most` characters; what was cut off is said. May be empty."""
    clean = trim.clean(text).strip().replace("\t", "    ")
    return clean if len(clean) <= most else trim.block(clean, max(1, most - _CUT_NOTE))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that is safe to open and that Slack takes; `host` is where it truly leads, in ASCII."""

    url: str
    host: str

    @property
    def short_host(self) -> str:
        """The host with its end, which says whose it is, kept."""
        return self.host if len(self.host) <= _MOST_HOST else f"…{self.host[1 - _MOST_HOST :]}"


def address(url: str) -> Address | None:
    """The address, if it is http(s), short enough, and every reader, person or browser, sees the same host in it."""
    url = url.strip()
    if not _ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
        named = (parts.hostname or "").lower()
        host = f"[{named}]" if ":" in named else named.encode("idna").decode("ascii")
        safe = parts._replace(netloc=_authority(host, parts.port), path=_ascii(parts.path))
        made = safe._replace(query=_ascii(parts.query), fragment=_ascii(parts.fragment)).geturl()
    except (ValueError, UnicodeError):  # a browser might still make something of it; we do not
        return None
    if "@" in parts.netloc or len(made) > MOST_URL or not _HOST.fullmatch(host):
        return None
    return Address(url=made, host=host)


def _authority(host: str, port: int | None) -> str:
    return host if port is None else f"{host}:{port}"


def _ascii(text: str) -> str:
    return quote(text, safe=_KEPT_IN_ADDRESS)
