"""Strangers' strings made harmless: text without tricks, and links that lead where they say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlsplit

SHORTENED: Final = "… (shortened, {total} characters in all)"
NO_LINK: Final = "not a web address"

MOST_TEXT: Final = 6_000
"""Characters of one text that are shown; what is longer is cut and says so."""

MOST_LABEL: Final = 160

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_LINE_ENDS: Final = re.compile("\r\n?|[\u2028\u2029\u0085\v\f]")
# Controls, direction marks and overrides, lone surrogates, byte order mark, invisible tag letters: none is
# a letter, and each can make a text look like another one or break what carries it.
_TRICKS: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# What a browser would read differently from what stands there: blanks, backslashes, quotes, controls.
_PLAIN_ADDRESS: Final = re.compile(r"https?://[^\s\\<>\"'`{}|^\x00-\x20\x7f-\x9f]{1,2000}", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_IN_TEXT: Final = re.compile(r"https?://[^\s\\<>\"'`{}|^]{3,2000}", re.IGNORECASE)
_AFTER_LINK: Final = ".,;:!?)]…"


def clean(text: str, most: int = MOST_TEXT) -> str:
    """`text` with plain line ends and without characters that only mislead, cut to `most` characters."""
    plain = _TRICKS.sub("", _LINE_ENDS.sub("\n", text[: most * 2])).replace("\t", "    ")
    if len(plain) <= most and len(text) <= most * 2:
        return plain
    return plain[:most] + SHORTENED.format(total=len(text))


def storable(text: str) -> str:
    """`text` without what no database and no encoding takes."""
    return _UNSTORABLE.sub("", text)


def line(text: str, most: int = MOST_LABEL) -> str:
    """`text` as one clean line of at most `most` characters."""
    plain = " ".join(clean(text, most * 2).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def attribute(text: str) -> str:
    """`text` for an attribute in double quotes, unchanged but for tricks."""
    return escape(_TRICKS.sub("", _LINE_ENDS.sub("\n", text)), quote=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that is safe to open; `host` is where it truly leads, in ASCII."""

    url: str
    host: str


def address(url: str) -> Address | None:
    """The address, if it is http(s) and every reader, person or browser, sees the same host in it."""
    url = url.strip()
    if not _PLAIN_ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
        named = (parts.hostname or "").lower()
        host = f"[{named}]" if ":" in named else named.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):  # a browser might still make something of it; we do not
        return None
    return Address(url=url, host=host) if _HOST.fullmatch(host) else None


def linked(text: str) -> str:
    """`text` escaped, its plain web addresses made links. Addresses with a user name in them stay text."""
    plain, pieces, at = clean(text), [], 0
    for found in _IN_TEXT.finditer(plain):
        url = found[0].rstrip(_AFTER_LINK)
        safe = address(url)
        if safe is None or "@" in urlsplit(url).netloc or safe.host not in url.lower():
            continue
        pieces += [escape(plain[at : found.start()]), _anchor(url)]
        at = found.start() + len(url)
    return "".join((*pieces, escape(plain[at:])))


def _anchor(url: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer nofollow">{escape(url)}</a>'
