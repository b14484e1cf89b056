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
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from bot.cards import trim

NOTHING: Final = "…"
"""Stands where a text is needed and there is none."""

MOST_TEXT: Final = 4_000
MOST_LABEL: Final = 60
"""Characters on a button: more would not fit a phone."""
MOST_URL: Final = 2_000

_CUT_NOTE: Final = 32
_MOST_HOST: Final = 40
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
# What a browser would read differently from what stands there: blanks, backslashes, quotes, controls.
_ADDRESS: Final = re.compile(r"https?://[^\s\\<>\"'`{}|^\x00-\x20\x7f-\x9f]{1,2000}", re.IGNORECASE)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that is safe to open; `host` is where it truly leads, in ASCII."""

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
