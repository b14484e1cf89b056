"""Listening to a Mastodon server: who names us, who names our words, and what becomes of those posts.

A stream tells at once, but only asking tells everything: the cursor moves when a timeline was asked, so that nothing is
lost between two streams, and what a stream told comes once more and is known by its id.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from adapters.sources.mastodon.account import Account, NotOurs
from adapters.sources.mastodon.api import Away, Busy, Refused
from adapters.sources.mastodon.cursor import Cursor, read_cursor
from adapters.sources.mastodon.ear import Ear
from adapters.sources.mastodon.finding import MENTIONS, OWN, Finding, timelines
from adapters.sources.mastodon.instance import Me
from adapters.sources.mastodon.reading import Reading
from adapters.sources.mastodon.statuses import Statuses
from adapters.sources.mastodon.streams import OPENED, Way
from adapters.sources.mastodon.threads import Threads
from adapters.sources.mastodon.timelines import Timeline
from adapters.sources.mastodon.watching import EVERY, Watching
from adapters.sources.mention_fields import CommunityOf
from adapters.sources.parts import community
from bot.policy.model import SourcePlan
from bot.ports import Batch, SourceBusy, SourceDown, SourceShut
from bot.triage.sifting import Sift

SIGNED_OUT: Final = "%s does not know our access token any more: make a new one there (Preferences, Development) and write it into %s"
FORBIDDEN: Final = (
    "%s does not let our access token listen%s: give its application the scopes read and write:statuses, and write the "
    "new token into %s"
)
REFUSED: Final = (
    "%s refuses to be asked (it answers %d%s): look whether the source's url is that of a Mastodon server"
)
WAIT: Final = "%s asks for patience"

LOOK_BACK: Final = timedelta(hours=1)
"""How far back the very first look goes."""

SURE: Final = timedelta(minutes=5)
"""How often a server that streams is asked all the same: a stream that lost something does not say so."""

SAYS_WELL: Final = timedelta(seconds=45)
"""How long at most nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MastodonSource:
    """The Source port."""

    plan: SourcePlan
    account: Account
    community_of: CommunityOf

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        host, setting = self.account.api.host, self.account.setting
        try:
            async with aclosing(self._batches(cursor)) as batches:
                async for batch in batches:
                    yield batch
        except Busy as busy:
            raise SourceBusy(WAIT % host, busy.after) from busy
        except Away as away:
            raise SourceDown(str(away)) from away
        except NotOurs as error:
            raise SourceShut(str(error)) from error
        except Refused as refused:
            raise SourceShut(_refused(refused, host, setting)) from refused

    async def _batches(self, cursor: str | None) -> AsyncGenerator[Batch, None]:
        clock = self.account.api.clock
        at = read_cursor(cursor, clock.real() - LOOK_BACK)
        me = await self.account.begin()
        round_ = self._round(me, at)
        ear = Ear(api=self.account.api, streaming=self.account.instance.streaming)
        yield Batch()
        try:
            while True:
                heard = await ear.next(min(round_.due(), clock.real() + SAYS_WELL))
                if heard is not None and heard is not OPENED:
                    batch = await round_.reading.event(heard)
                    if batch is not None:
                        yield batch
                    continue
                if heard is OPENED:
                    round_.ask_again()
                async with aclosing(round_.batches(streams=ear.way is not Way.ASKING)) as batches:
                    async for batch in batches:
                        yield batch
                yield Batch()
        finally:
            await ear.close()

    def _round(self, me: Me, at: Cursor) -> _Round:
        account, api = self.account, self.account.api
        statuses = Statuses(
            source=self.plan.source,
            server=api.host,
            domain=account.instance.domain,
            community_of=partial(_community, self.plan, self.community_of),
            now=api.clock.real,
        )
        sift = Sift(self.plan.search, self.plan.exclude, self.plan.exclude_authors)
        reading = Reading(me=me, account=account, sift=sift, statuses=statuses, threads=Threads(api))
        return _Round(
            timelines=timelines(self.plan, me),
            every=self.plan.every,
            account=account,
            reading=reading,
            finding=Finding(api=api, reading=reading, at=at),
            watching=Watching(api, reading, at),
        )


@dataclass(slots=True, kw_only=True)
class _Round:
    """What is asked when."""

    timelines: Sequence[Timeline]
    every: timedelta
    account: Account
    reading: Reading
    finding: Finding
    watching: Watching
    _next: dict[str, datetime] = field(default_factory=dict)

    def due(self) -> datetime:
        """The earliest moment that something is to be asked."""
        now = self.account.api.clock.real()
        return min(self._next.get(name, now) for name in (_WATCHED, *(each.name for each in self.timelines)))

    def ask_again(self) -> None:
        """A stream begins or ended: what it tells is asked for now, so that nothing falls between."""
        for name in _TOLD:
            self._next.pop(name, None)

    async def batches(self, *, streams: bool) -> AsyncGenerator[Batch, None]:
        """Asks what is due."""
        clock = self.account.api.clock
        await self.account.known()
        for timeline in self.timelines:
            if self._next.get(timeline.name, clock.real()) <= clock.real():
                async with aclosing(self.finding.batches(timeline)) as batches:
                    async for batch in batches:
                        yield batch
                told = streams and timeline.name in _TOLD
                self._next[timeline.name] = clock.real() + (max(SURE, self.every) if told else self.every)
        if self._next.get(_WATCHED, clock.real()) <= clock.real():
            seen = await self.watching.look()
            self._next[_WATCHED] = clock.real() + EVERY
            if seen is not None:
                yield seen


_WATCHED: Final = "(posts that may change)"
_TOLD: Final = (MENTIONS, OWN)
"""What a stream tells, too."""


def _community(plan: SourcePlan, community_of: CommunityOf, **_: str | None) -> str:
    return community(plan, community_of)


def _refused(refused: Refused, host: str, setting: str) -> str:
    said = f": {refused.said}" if refused.said else ""
    if refused.status == 401:
        return SIGNED_OUT % (host, setting)
    if refused.status == 403:
        return FORBIDDEN % (host, said, setting)
    return refused.said if 300 <= refused.status < 400 else REFUSED % (host, refused.status, said)
