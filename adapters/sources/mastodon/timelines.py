"""A server's timelines, read from behind the newest post that was read before."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import structlog

from adapters.sources.mastodon.api import NONSENSE, Answer, Api, Away, Query
from adapters.sources.mastodon.instance import id_of

log = structlog.get_logger(__name__)

PAGE: Final = 40
MOST_PAGES: Final = 25
"""So many pages are read at once; what is behind them is read the next time."""

_NEXT: Final = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?(next|prev)"?')

Item = Mapping[str, Any]
Page = list[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """`name` is what the cursor calls it. Ids are opaque: which is newer only the order of the server's pages says."""

    name: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    limit: int = PAGE

    async def newest(self, api: Api, query: Query | None = None) -> Page:
        """Its newest items, oldest first. Raises Refused, Busy, Away."""
        return (await self._page(api, query or []))[0]

    async def behind(self, api: Api, known: str) -> AsyncGenerator[tuple[Page, str], None]:
        """(items, the newest id so far), oldest first, of everything newer than `known`; a blank one is older than
        everything. Raises Refused, Busy, Away."""
        after, held = known, Page()
        for _ in range(MOST_PAGES if known else 0):
            page, answer = await self._page(api, [("min_id", after)])
            if any(_id(item) == after for item in page):
                # The server does not know min_id and shows its newest page, whatever it is asked. That is sure only
                # now, so nothing of it was given out.
                break
            if held:
                yield held, after
            if not page:
                return
            held, after = page, _linked(answer, "prev", "min_id") or _id(page[-1])
        else:
            if known:
                log.info("a timeline has more than is read at once", timeline=self.name)
                yield held, after
                return
        for page in reversed([page async for page in self._backwards(api, known)]):
            yield page, _id(page[-1])

    async def _backwards(self, api: Api, known: str) -> AsyncGenerator[Page, None]:
        """Pages from the newest one back to what is known, each oldest first."""
        query: Query = []
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            page, answer = await self._page(api, query)
            ids = [_id(item) for item in page]
            # What came while it was read moves the pages: some of one is on the next again.
            newer = page[ids.index(known) + 1 :] if known in ids else page
            fresh = [item for item in newer if _id(item) not in seen]
            if fresh:
                yield fresh
            if not fresh or len(newer) < len(page):
                return
            seen.update(ids)
            query = [("max_id", _linked(answer, "next", "max_id") or ids[0])]

    async def _page(self, api: Api, query: Query) -> tuple[Page, Answer]:
        answer = await api.get(self.path, [*self.query, ("limit", str(self.limit)), *query])
        body = answer.body.get("statuses") if isinstance(answer.body, dict) else answer.body
        if not isinstance(body, list):
            raise Away(NONSENSE % api.host)
        page = [item for item in body if id_of(item) is not None]
        if len(page) < len(body):
            log.warning("a timeline holds what has no id, it is skipped", timeline=self.name)
        return page[::-1], answer


def _id(item: Item) -> str:
    return id_of(item) or ""


def _linked(answer: Answer, rel: str, key: str) -> str | None:
    """What the Link header says the neighbouring page begins at."""
    for address, which in _NEXT.findall(answer.headers.get("Link", "")):
        if which == rel:
            try:
                said = parse_qs(urlsplit(address).query).get(key)
            except ValueError:
                return None
            return said[0] if said else None
    return None
