"""Asking a server's timelines for what concerns us."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import structlog

from adapters.sources.mastodon.api import Api, Refused
from adapters.sources.mastodon.cursor import Cursor
from adapters.sources.mastodon.instance import Me, id_of
from adapters.sources.mastodon.reading import Reading, since
from adapters.sources.mastodon.timelines import Page, Timeline
from bot.policy.model import SourcePlan
from bot.ports import Batch, Incoming

log = structlog.get_logger(__name__)

NOT_SHOWN: Final = "a Mastodon server does not show a timeline, it is left out until listening begins anew"

MENTIONS: Final = "mentions"
OWN: Final = "own"
PUBLIC: Final = "public"
TAG: Final = "tag:"
WORDS: Final = "words:"

_TAG: Final = re.compile(r"#(\w+)")
_REMEMBERED: Final = 2_000
_OFFSETS: Final = 5

Item = Mapping[str, Any]
Read = Callable[[Item], Awaitable[Incoming | None]]


def timelines(plan: SourcePlan, me: Me) -> tuple[Timeline, ...]:
    """Notifications and our own posts; each hashtag's posts; each other word in the server's full-text search, which
    not every server has and which finds only whose authors wish it, and therefore in the public timeline, too."""
    tags = dict.fromkeys(tag[1].lower() for word in plan.search if (tag := _TAG.fullmatch(word)))
    words = [word for word in plan.search if not _TAG.fullmatch(word)]
    public = str(plan.options.get(PUBLIC, "local"))
    found = [
        Timeline(
            name=MENTIONS,
            path="/api/v1/notifications",
            query=(("types[]", "mention"), ("types[]", "reblog")),
        ),
        Timeline(name=OWN, path=f"/api/v1/accounts/{quote(me.id, safe='')}/statuses", query=_NO_BOOSTS),
        *(Timeline(name=f"{TAG}{tag}", path=f"/api/v1/timelines/tag/{quote(tag, safe='')}") for tag in tags),
    ]
    if words and public != "off":
        local = (("local", "true"),) if public == "local" else ()
        found.append(Timeline(name=PUBLIC, path="/api/v1/timelines/public", query=local))
    found += [
        Timeline(
            name=f"{WORDS}{word}",
            path="/api/v2/search",
            query=(("q", f'"{word}"' if " " in word else word), ("type", "statuses")),
        )
        for word in words
    ]
    return tuple(found)


_NO_BOOSTS: Final = (("exclude_reblogs", "true"),)


@dataclass(slots=True, kw_only=True)
class Finding:
    """Moves the cursor with what it finds."""

    api: Api
    reading: Reading
    at: Cursor
    _closed: set[str] = field(default_factory=set)
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)

    async def batches(self, timeline: Timeline) -> AsyncGenerator[Batch, None]:
        """Everything of the timeline that is new. Raises Refused where it says that we may not listen at all, Busy,
        Away."""
        if timeline.name in self._closed:
            return
        try:
            async with aclosing(self._pages(timeline)) as pages:
                async for page, newest in pages:
                    found = [one for item in page if (one := await self._read(timeline, item)) is not None]
                    if newest is not None:
                        self.at.at[timeline.name] = newest
                    if found or newest is not None:
                        yield Batch(mentions=found, cursor=self.at.text())
        except Refused as refused:
            if refused.status == 401 or timeline.name == MENTIONS:
                raise
            self._closed.add(timeline.name)
            log.warning(NOT_SHOWN, server=self.api.host, timeline=timeline.name, answered=refused.status)

    async def _pages(self, timeline: Timeline) -> AsyncGenerator[tuple[Page, str | None], None]:
        if timeline.name.startswith(WORDS):
            for offset in range(_OFFSETS):
                page = await timeline.newest(self.api, [("offset", str(offset * timeline.limit))])
                fresh = [item for item in page if self._is_fresh(item)]
                yield fresh, None
                if len(fresh) < timeline.limit:
                    return
            return
        known = self.at.at.get(timeline.name)
        if known is None:
            page = await timeline.newest(self.api)
            yield page, (id_of(page[-1]) or "") if page else ""
            return
        async with aclosing(timeline.behind(self.api, known)) as pages:
            async for found in pages:
                yield found

    async def _read(self, timeline: Timeline, item: Item) -> Incoming | None:
        if not since(item, self.at.began):
            return None
        reading = self.reading
        if timeline.name == MENTIONS:
            found = await reading.notification(item)
            self._watch(item.get("status") if item.get("type") == "mention" else None, found)
            return found
        if timeline.name == PUBLIC or timeline.name.startswith(WORDS):
            # The server's search knows stems and parts of words; ours are whole words.
            found = await reading.post(item) if reading.found(item) else None
        else:
            found = await reading.post(item)
        self._watch(None if timeline.name == OWN else item, found)
        return found

    def _watch(self, status: object, found: Incoming | None) -> None:
        number = id_of(status)
        if found is not None and number is not None:
            self.at.watch(number)

    def _is_fresh(self, item: Item) -> bool:
        number = id_of(item) or ""
        if number in self._seen or not since(item, self.at.began):
            return False
        self._seen[number] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True
