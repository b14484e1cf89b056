"""The bytes of a feed, RSS or Atom, as its items. Strangers wrote all of it."""

from __future__ import annotations

import re
import time
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import feedparser

from adapters.sources import fitting
from adapters.sources.mention_fields import YEARS
from adapters.sources.plain_text import plain_text

NO_FEED: Final = "is no feed: neither RSS nor Atom"
ENTITIES: Final = "declares entities of its own, which may grow without end"
TOO_DEEP: Final = "is nested too deeply"
TOO_BUSY: Final = "holds too many tags"
FAULTY: Final = "cannot be read"

MOST_ITEMS: Final = 500
"""The newest of a feed, which come first."""

_MOST_TAGS: Final = 200_000
_DEEPEST: Final = 2_000
_CDATA: Final = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_TAG: Final = re.compile(rb"<(/?)[A-Za-z][^<>]{0,4096}?(/?)>")
_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)
_GOOGLE: Final = re.compile(r"(?:www\.)?google\.(?:[a-z]{2,3}|com?\.[a-z]{2})")
_EVERYWHERE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-", re.DOTALL)
"""A guid that means one thing in every feed: an address, a tag, a UUID. Others are numbers of their own feed."""


class NoFeed(ValueError):
    """These bytes are no feed that may be read; the text ends a sentence that begins with its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. `id` is its own in every feed; `at` and `changed` are UTC, None where it does not say."""

    id: str
    text: str
    author: str
    link: str | None
    at: datetime | None
    changed: datetime | None
    lang: str | None


def items_of(body: bytes, address: str) -> list[Item]:
    """The items as they stand in it, the feed's own order. Raises NoFeed. Takes a while: not on the event loop."""
    _bounded(body)
    try:
        said = feedparser.parse(
            BytesIO(body),
            response_headers={"content-location": address},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (
        Exception
    ) as error:  # a library that reads strangers' bytes: whatever it stumbles over is the bytes' fault
        raise NoFeed(FAULTY) from error
    if not said.get("version") and not said.entries:
        raise NoFeed(NO_FEED)
    title = fitting.words(plain_text(fitting.text(said.feed.get("title")))) or ""
    lang = fitting.words(said.feed.get("language"))
    found: dict[str, Item] = {}
    for entry in said.entries[:MOST_ITEMS]:
        item = _item(entry, title, lang, address)
        if item is not None:
            found.setdefault(item.id, item)
    return list(found.values())


def _bounded(body: bytes) -> None:
    """Refuses what would take minutes or all memory to read."""
    # Without NUL bytes UTF-16 reads as ASCII: tags hide in no encoding.
    markup = _CDATA.sub(b"", body.replace(b"\x00", b""))
    if _ENTITY.search(markup):
        raise NoFeed(ENTITIES)
    depth = 0
    for tags, tag in enumerate(_TAG.finditer(markup)):
        depth += 0 if tag[2] else (-1 if tag[1] else 1)
        if depth > _DEEPEST:
            raise NoFeed(TOO_DEEP)
        if tags > _MOST_TAGS:
            raise NoFeed(TOO_BUSY)


def _item(entry: Mapping[str, Any], title: str, lang: str | None, address: str) -> Item | None:
    """None for an item that says nothing."""
    headline = fitting.words(plain_text(fitting.text(entry.get("title"))), 1_000) or ""
    body = plain_text(fitting.text(_body(entry)))
    if body == headline:
        body = ""
    text = fitting.text("\n\n".join(part for part in (headline, body) if part))
    sent = fitting.text(entry.get("link")).strip()
    link = fitting.link(unwrapped(sent))
    if not text and link is None:
        return None
    return Item(
        id=_id(entry, sent, link, text, address),
        text=text or link or "",
        author=_author(entry, link) or title or urlsplit(address).hostname or "feed",
        link=link,
        at=_when(entry, "published_parsed", "created_parsed", "updated_parsed"),
        changed=_when(entry, "updated_parsed"),
        lang=_lang(entry) or lang,
    )


def _body(entry: Mapping[str, Any]) -> object:
    """The longer of what it says of itself: many feeds give a summary and the whole."""
    content = entry.get("content")
    said = (
        [part.get("value") for part in content if isinstance(part, Mapping)]
        if isinstance(content, list)
        else []
    )
    texts = [text for text in (*said, entry.get("summary")) if isinstance(text, str)]
    return max(texts, key=len, default="")


def _author(entry: Mapping[str, Any], link: str | None) -> str | None:
    """Who wrote it, else where it stands."""
    return fitting.words(plain_text(fitting.text(entry.get("author")))) or (
        (urlsplit(link).hostname or None) if link else None
    )


def _id(entry: Mapping[str, Any], sent: str, link: str | None, text: str, address: str) -> str:
    guid = fitting.text(entry.get("id")).strip()
    if link is not None and link != sent:
        # Google gives every alert its own id and its own way to the same page.
        return fitting.needed(link)
    if guid and _EVERYWHERE.match(guid):
        return fitting.needed(guid)
    if guid:
        return fitting.needed(f"{fitting.digest(address)}:{guid}")
    return fitting.needed(link or f"{fitting.digest(address)}:{fitting.digest(text)}")


def unwrapped(link: str) -> str:
    """Where a Google Alert's link leads: its own goes through google.com/url."""
    try:
        parts = urlsplit(link)
        if parts.path == "/url" and _GOOGLE.fullmatch((parts.hostname or "").lower()):
            query = parse_qs(parts.query)
            return next((to for to in (*query.get("url", ()), *query.get("q", ())) if "://" in to), link)
    except ValueError:
        pass
    return link


def _lang(entry: Mapping[str, Any]) -> str | None:
    detail = entry.get("title_detail")
    return fitting.words(detail.get("language")) if isinstance(detail, Mapping) else None


def _when(entry: Mapping[str, Any], *names: str) -> datetime | None:
    for name in names:
        # Asked as a plain dict: feedparser answers for one of these times with another one, and warns.
        said = dict.get(entry, name) if isinstance(entry, dict) else None
        if isinstance(said, time.struct_time):
            try:
                at = datetime.fromtimestamp(timegm(said), UTC)
            except (ValueError, OverflowError, OSError):
                continue
            if at.year in YEARS:
                return at
    return None
