"""RSS and Atom feeds, and Google Alerts, which are such feeds. Several feeds make one source."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.sources.asking import pausing
from adapters.sources.feeds.fetching import fetch, shown
from adapters.sources.feeds.place import FeedPlace, read_places, write_places
from adapters.sources.feeds.reading import Item, NoFeed, items_of
from adapters.sources.parts import Connected, SettingMissing, Tools, community
from bot.domain.mention import CAN_REPLY, WHY_NO_REPLY
from bot.policy.model import SourcePlan
from bot.ports import Batch, Incoming, SourceBusy, SourceDown, SourceError, SourceShut
from bot.triage.sifting import Sift

log = structlog.get_logger(__name__)

NO_FEEDS: Final = '[sources.%s] names no feed: write feeds = ["https://example.org/feed.xml"].'
NO_ANSWERS: Final = "what stands in a feed is answered at its own page"
NOT_READ: Final = "the feed %s %s"
TOO_SLOW: Final = "the feed %s takes too long to read"

PARSED_WITHIN: Final = timedelta(minutes=2)
AT_ONCE: Final = 8
AGAIN_FIRST: Final = timedelta(minutes=1)
AGAIN_LAST: Final = timedelta(hours=6)
"""A feed that fails beside others that do not is asked again after these, doubling."""


def connect(plan: SourcePlan, tools: Tools) -> Connected:
    named = plan.options.get("feeds")
    feeds = [str(each) for each in named] if isinstance(named, (list, tuple)) else []
    addresses = tuple(dict.fromkeys(each for each in (plan.url, *feeds) if each))
    if not addresses:
        raise SettingMissing(NO_FEEDS % plan.name)
    return Connected(plan=plan, source=Feeds(plan, tools, addresses))


@dataclass(slots=True)
class _Trouble:
    """One feed that cannot be read, while others can."""

    error: SourceError
    times: int
    again: datetime
    told: bool = False


class Feeds:
    """The Source. It stops only when no feed can be read at all; one that needs a person is told once."""

    def __init__(self, plan: SourcePlan, tools: Tools, addresses: tuple[str, ...]) -> None:
        self._plan, self._tools, self._addresses = plan, tools, addresses
        self._sift = Sift(plan.search, plan.exclude, plan.exclude_authors)
        self._troubles: dict[str, _Trouble] = {}
        self._next: dict[str, datetime] = {}
        self._parsing = asyncio.Lock()

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        known = read_places(cursor)
        places = {address: known.get(address, FeedPlace()) for address in self._addresses}
        written = write_places(places)
        while True:
            due = [each for each in places if self._next.get(each, self._now) <= self._now]
            for some in (due[at : at + AT_ONCE] for at in range(0, len(due), AT_ONCE)):
                looked = await asyncio.gather(*(self._look(each, places[each]) for each in some))
                after = write_places(places)
                if after != written:
                    yield Batch(mentions=[one for news in looked for one in news], cursor=after)
                    written = after
            self._complain()
            yield Batch()
            pause = min(self._next.values(), default=self._now) - self._now
            async for beat in pausing(self._tools.clock, max(pause, timedelta(seconds=1))):
                yield beat

    @property
    def _now(self) -> datetime:
        return self._tools.clock.real()

    async def _look(self, address: str, place: FeedPlace) -> list[Incoming]:
        """What is new in one feed; its trouble is kept."""
        etag, modified = place.etag, place.modified
        try:
            body = await fetch(address, place, self._tools)
            items = await self._read(address, body) if body is not None else []
        except SourceError as error:
            # What could not be read must not count as read.
            place.etag, place.modified = etag, modified
            self._fails(address, error)
            return []
        self._troubles.pop(address, None)
        self._next[address] = self._now + self._plan.every
        if body is None:
            return []
        return [one for new in place.news(items, self._now) if (one := self._mention(*new)) is not None]

    async def _read(self, address: str, body: bytes) -> list[Item]:
        """One at a time, beside the event loop. Raises SourceDown."""
        try:
            async with self._parsing, asyncio.timeout(PARSED_WITHIN.total_seconds()):
                return await asyncio.to_thread(items_of, body, address)
        except NoFeed as bad:
            raise SourceDown(NOT_READ % (shown(address), bad)) from bad
        except TimeoutError:
            raise SourceDown(TOO_SLOW % shown(address)) from None

    def _fails(self, address: str, error: SourceError) -> None:
        known = self._troubles.get(address)
        times = known.times + 1 if known else 1
        after = error.after if isinstance(error, SourceBusy) else AGAIN_FIRST * 2 ** min(times - 1, 10)
        again = self._now + min(max(after, self._plan.every), AGAIN_LAST)
        told = known is not None and known.told and type(known.error) is type(error)
        self._troubles[address] = _Trouble(error, times, again, told)
        self._next[address] = again
        if not known:
            log.warning("a feed cannot be read", source=self._plan.name, feed=shown(address), why=str(error))

    def _complain(self) -> None:
        """Raises what is wrong: with the last feed that was left, or, once, with one that a person must mend."""
        if len(self._troubles) == len(self._addresses):
            worst = [one.error for one in self._troubles.values()]
            for address in self._addresses:
                # The desk itself says when listening begins again.
                self._next.pop(address, None)
            raise next((error for error in worst if not isinstance(error, SourceShut)), worst[0])
        for one in self._troubles.values():
            if isinstance(one.error, SourceShut) and not one.told:
                one.told = True
                raise SourceShut(f"{one.error}; the others go on in ten minutes")

    def _mention(self, item: Item, at: datetime, edited: datetime | None) -> Incoming | None:
        """None for what is not about us."""
        if self._plan.search and self._sift.found(item.text) is None:
            return None
        if self._sift.excludes(item.text, item.author):
            return None
        return Incoming(
            source=self._plan.source,
            external_id=item.id,
            community=community(self._plan, self._tools.community_of),
            created_at=at,
            handle=item.author,
            text=item.text,
            url=item.link,
            lang=item.lang,
            thread=item.id,
            edited_at=edited,
            extra={CAN_REPLY: False, WHY_NO_REPLY: NO_ANSWERS},
        )
