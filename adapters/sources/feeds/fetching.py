"""Fetching one feed: only when it changed, only where it may lead, never more than can be read."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urljoin, urlsplit

import structlog

from adapters.sources.asking import Answer, read
from adapters.sources.feeds.place import FeedPlace
from adapters.sources.parts import Tools
from bot.ports import SourceDown, SourceShut

log = structlog.get_logger(__name__)

GONE: Final = "the feed %s is gone for good (HTTP 410): take it out of the policy"
NOT_THERE: Final = "there is no feed at %s (HTTP %d): check its address in the policy"
NOT_OURS: Final = "the feed %s may not be read by us (HTTP %d): check its address in the policy"
ODD: Final = "the feed %s answers with HTTP %d"
ASTRAY: Final = (
    "the feed %s leads to an address that the desk does not follow: write the right one into the policy"
)
AROUND: Final = "the feed %s leads around in a circle"

MOST_BYTES: Final = 2 * 1024 * 1024
WITHIN: Final = timedelta(seconds=30)
HOPS: Final = 5
ACCEPT: Final = (
    "application/atom+xml, application/rss+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.7, */*;q=0.1"
)
AGENT: Final = "baton-desk (feed reader)"
_MOVED: Final = (301, 302, 303, 307, 308)
_FOR_GOOD: Final = (301, 308)


async def fetch(address: str, place: FeedPlace, tools: Tools) -> bytes | None:
    """Its bytes; None where it is as it was. The place keeps what shows that the next time, and, where the feed has
    moved for good, its new address. Raises SourceDown, SourceBusy, SourceShut."""
    at, for_good = place.moved or address, True
    for _ in range(HOPS):
        answer = await _ask(at, address, place, tools)
        if answer.status in _MOVED:
            to = _next(at, answer, address)
            for_good = for_good and answer.status in _FOR_GOOD
            if for_good:
                log.warning(
                    "a feed has moved for good: write its new address into the policy", old=address, new=to
                )
                place.moved = to
            at = to
            continue
        return _taken(answer, address, place)
    raise SourceDown(AROUND % shown(address))


async def _ask(at: str, address: str, place: FeedPlace, tools: Tools) -> Answer:
    known = {"If-None-Match": place.etag, "If-Modified-Since": place.modified}
    headers = {name: value for name, value in known.items() if value}
    return await read(
        tools.http,
        "GET",
        at,
        who=f"the feed {shown(address)}",
        now=tools.clock.real(),
        most=MOST_BYTES,
        within=WITHIN,
        headers={"Accept": ACCEPT, "User-Agent": AGENT, **headers},
    )


def _taken(answer: Answer, address: str, place: FeedPlace) -> bytes | None:
    match answer.status:
        case 304:
            return None
        case 200:
            place.etag = answer.headers.get("ETag", "")[:500]
            place.modified = answer.headers.get("Last-Modified", "")[:100]
            return answer.body
        case status if place.moved:
            # The new address does not hold: the next time the old one is asked again.
            place.moved = ""
            raise SourceDown(ODD % (shown(address), status))
        case 410:
            raise SourceShut(GONE % shown(address))
        case 404:
            raise SourceShut(NOT_THERE % (shown(address), answer.status))
        case 401 | 403:
            raise SourceShut(NOT_OURS % (shown(address), answer.status))
    raise SourceDown(ODD % (shown(address), answer.status))


def _next(at: str, answer: Answer, address: str) -> str:
    """Where it leads to, if that is a place in public; raises SourceShut."""
    try:
        to = urljoin(at, answer.headers.get("Location", ""))
        new, old = urlsplit(to), urlsplit(address)
        inside = _inside(new.hostname) and not _inside(old.hostname)
    except ValueError:
        raise SourceShut(ASTRAY % shown(address)) from None
    if inside or new.scheme not in ("http", "https") or (old.scheme, new.scheme) == ("https", "http"):
        raise SourceShut(ASTRAY % shown(address))
    return to


def _inside(host: str | None) -> bool:
    """Whether it names a machine that is nobody's in public."""
    try:
        return not ip_address(host or "").is_global
    except ValueError:
        return (host or "localhost").rpartition(".")[2].lower() in ("localhost", "local", "internal")


def shown(address: str) -> str:
    """The address without what may be secret in it: a private feed's key stands in its query."""
    parts = urlsplit(address)
    return f"{parts.hostname or ''}{parts.path}"[:200]
