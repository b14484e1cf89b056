"""Looking whether a reply of ours stands already: not every server knows a request that it had before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from adapters.sources.mastodon.api import Api, Query, Refused, moment
from adapters.sources.mastodon.html_text import plain
from adapters.sources.mastodon.instance import Me, id_of

CLOCKS: Final = timedelta(minutes=5)
"""How far a server's clock may be from ours."""

_PAGES: Final = 5
_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_NAMED: Final = re.compile(r"@[\w.-]+(?:@[\w.-]+)?")

Item = Mapping[str, Any]


class CannotLook(Exception):
    """The server does not show our own posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A reply of ours below `parent`, sent at `since` or later."""

    parent: str
    text: str
    since: datetime

    def is_it(self, status: Item, me: Me) -> bool:
        at = moment(status.get("created_at"))
        return (
            id_of({"id": status.get("in_reply_to_id")}) == self.parent
            and id_of(status.get("account")) == me.id
            and (at is None or at >= self.since - CLOCKS)
            and isinstance(status.get("content"), str)
            and essence(plain(status["content"])) == essence(self.text)
        )


async def look_for(api: Api, me: Me, sought: Sought) -> Item | None:
    """The reply as it stands: below its post, else among our newest. Raises CannotLook, Refused (401), Busy, Away."""
    below = await _asked(api, f"/api/v1/statuses/{quote(sought.parent, safe='')}/context", [])
    under = below.get("descendants") if isinstance(below, dict) else None
    found = _first(under, sought, me)
    if found is not None:
        return found
    query: Query = [("limit", "40"), ("exclude_reblogs", "true")]
    path = f"/api/v1/accounts/{quote(me.id, safe='')}/statuses"
    for page_number in range(_PAGES):
        page = await _asked(api, path, query)
        if not isinstance(page, list):
            if page_number or isinstance(under, list):
                return None
            raise CannotLook
        found = _first(page, sought, me)
        oldest = id_of(page[-1]) if page else None
        if found is not None or oldest is None or _before(page[-1], sought):
            return found
        query = [*query[:2], ("max_id", oldest)]
    return None


def essence(text: str) -> str:
    """What of a text no server changes: its letters and digits. Servers render marks, shorten links, and write a name
    with its server or without."""
    bare = _NAMED.sub(" ", _LINK.sub(" ", text))
    return "".join(c for c in bare.casefold() if c.isalnum()) or "".join(bare.split())


async def _asked(api: Api, path: str, query: Query) -> Any:
    try:
        return (await api.get(path, query, to_reply=True)).body
    except Refused as refused:
        if refused.status == 401:
            raise
        return None


def _first(items: object, sought: Sought, me: Me) -> Item | None:
    if not isinstance(items, list):
        return None
    return next((item for item in items if isinstance(item, dict) and sought.is_it(item, me)), None)


def _before(item: Item, sought: Sought) -> bool:
    at = moment(item.get("created_at"))
    return at is not None and at < sought.since - CLOCKS
