"""One message: posted, edited, or looked for because its fate is unknown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from adapters.ways import NO_WAY, Ways, place_of
from bot.cards.card import Card
from bot.ports import (
    Chat,
    Clock,
    Failed,
    Gone,
    Hold,
    Job,
    Lanes,
    Message,
    Overloaded,
    Place,
    Posted,
    Rank,
    SlowDown,
    Stale,
    Undeliverable,
)
from bot.router import Shown

UNKNOWN: Final = "whether it arrived is unknown, and repeating it could post it twice"

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
OVERTAKEN: Final = "overtaken"
"""Not said: there is a newer state of it, or another worker has the lane."""


class Views(Protocol):
    """What to show: the router."""

    async def show(self, view: str, subject: str, place: Place) -> Shown: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Says one job's words. `nonces` makes the mark by which a message of unknown fate is found again."""

    lanes: Lanes
    ways: Ways
    views: Views
    clock: Clock
    nonces: Callable[[], str]

    async def say(self, hold: Hold, job: Job) -> str:
        """What became of it. Raises the ChatErrors, and what the view or the store raised."""
        message = await self.lanes.last_message(job.key)
        ways = [place_of(message.place, job)] if message is not None else await self.ways.to(job)
        last: Undeliverable | None = None
        for place in ways:
            try:
                return await self._say_at(hold, job, place, message)
            except Undeliverable as never:
                log.warning("this way does not reach them", job=job.key, place=str(place), reason=str(never))
                last = never
        raise last or Undeliverable(NO_WAY)

    async def _say_at(self, hold: Hold, job: Job, place: Place, message: Message | None) -> str:
        chat = self.ways.chat(place.platform)
        shown = await self.views.show(str(job.args["view"]), str(job.args["subject"]), place)
        mark = _mark(shown.card)
        if message is not None and message.posted is None and chat.searchable:
            message = await self._find(job, message, chat, place)
        if message is not None and message.posted is not None:
            return await self._edit(hold, job, message, message.posted, chat, shown.card, mark)
        if shown.only_edit:
            await self.lanes.finish(hold, job, None, None, mark)
            return "superseded"
        self._must_be_repeatable(job, message)
        return await self._post(hold, job, chat, place, shown.card, mark)

    async def _edit(
        self, hold: Hold, job: Job, message: Message, posted: Posted, chat: Chat, card: Card, mark: str
    ) -> str:
        if message.shown == mark:
            return "unchanged" if await self._recorded(hold, job, message, posted, mark) else OVERTAKEN
        try:
            await chat.edit(posted, card)
        except Gone:
            # Somebody deleted it: it is posted again, as a new message.
            await self.lanes.lost(message)
            return "gone"
        return "edited" if await self._recorded(hold, job, message, posted, mark) else OVERTAKEN

    async def _post(self, hold: Hold, job: Job, chat: Chat, place: Place, card: Card, mark: str) -> str:
        below = await self._below(job)
        message = await self.lanes.begin(hold, job, nonce=self.nonces(), place=place, shown=mark)
        if message is None:
            return OVERTAKEN
        try:
            posted = await self._posted(chat, place, card, message.nonce, below)
        except (SlowDown, Failed, Gone, Undeliverable):
            await self.lanes.lost(message)
            raise
        if not await self._recorded(hold, job, message, posted, mark):
            # Another worker owns the lane by now and will say it itself.
            await chat.delete(posted)
            return OVERTAKEN
        return "posted"

    @staticmethod
    async def _posted(chat: Chat, place: Place, card: Card, nonce: str, below: Posted | None) -> Posted:
        try:
            return await chat.post(place, card, nonce=nonce, reply_to=below)
        except Gone:
            if below is None:
                raise
            # The message to answer below was deleted; said in the main line it is still said.
            return await chat.post(place, card, nonce=nonce, reply_to=None)

    async def _recorded(self, hold: Hold, job: Job, message: Message, posted: Posted, mark: str) -> bool:
        """False when another worker took over. A busy database is waited for: forgotten, it would be said twice."""
        until = self.clock.real() + LEASE
        while True:
            try:
                return await self.lanes.finish(hold, job, message, posted, mark)
            except (Overloaded, Stale):
                if self.clock.real() >= until:
                    raise
                await self.clock.sleep(timedelta(seconds=1))

    # -- messages of unknown fate ------------------------------------------------------------------

    async def _find(self, job: Job, message: Message, chat: Chat, place: Place) -> Message | None:
        """Looks for the message that was begun; None when it is not there."""
        posted = await chat.find(place, message.nonce)
        if posted is None:
            await self.lanes.lost(message)
            return None
        found = replace(message, posted=posted, shown="")
        log.info("found a message whose fate was unknown", job=job.key)
        return found

    @staticmethod
    def _must_be_repeatable(job: Job, unknown: Message | None) -> None:
        """Where nobody can look: pages are always repeated, digests never, everything else once."""
        if unknown is None or job.rank == Rank.PAGE:
            return
        if job.rank == Rank.DIGEST or unknown.attempts > 1:
            raise Undeliverable(UNKNOWN)

    async def _below(self, job: Job) -> Posted | None:
        key = job.args.get("below")
        root = await self.lanes.last_message(str(key)) if key else None
        return root.posted if root else None


def _mark(card: Card) -> str:
    """Equal for equal cards: an edit that changes nothing is not sent."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:32]
