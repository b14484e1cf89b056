"""Foreign strings for every chat: clean lines, and addresses that are safe to open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from bot.cards import trim

NOTHING: Final = "…"
"""Stands where a platform insists on a character and there is none."""

MOST_TEXT: Final = 3_000
MOST_URL: Final = 3_000

_CUT_NOTE: Final = 32
_MOST_HOST: Final = 40
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that is safe to open; `host` is where it truly leads, in ASCII."""

    url: str
    host: str

    @property
    def short_host(self) -> str:
        """The host with its end, which says whose it is, kept."""
        return self.host if len(self.host) <= _MOST_HOST else f"…{self.host[1 - _MOST_HOST :]}"


def address(url: str, most: int = MOST_URL) -> Address | None:
    """The address, if it is http(s), not longer than `most`, and every reader, person or browser, sees the same host in it."""
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
    if "@" in parts.netloc or len(made) > most or not _HOST.fullmatch(host):
        return None
    return Address(url=made, host=host)


def _authority(host: str, port: int | None) -> str:
    return host if port is None else f"{host}:{port}"


def _ascii(text: str) -> str:
    return quote(text, safe=_KEPT_IN_ADDRESS)
