"""One message: posted, edited, or looked for because its fate is unknown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from adapters.outages import Outages, OutOfOrder
from adapters.ways import NO_WAY, Ways, channel_of, place_of
from bot.cards.card import Card
from bot.effects import posted_anew
from bot.ports import (
    Chat,
    Clock,
    Down,
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
    Shut,
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

_ANSWERED: Final = ("posted", "edited", "gone")
"""Outcomes for which the platform was asked and answered."""


class Views(Protocol):
    """What to show: the router."""

    async def show(self, view: str, subject: str, place: Place) -> Shown: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What to show now, and the mark by which equal cards are known."""

    card: Card
    mark: str
    only_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Says one job's words. `nonces` makes the mark by which a message of unknown fate is found again."""

    lanes: Lanes
    ways: Ways
    views: Views
    outages: Outages
    clock: Clock
    nonces: Callable[[], str]

    async def say(self, hold: Hold, job: Job) -> str:
        """What became of it. Raises the ChatErrors, and what the view or the store raised.

        OutOfOrder: it waits for its platform. Shut: it waits for its channel.
        """
        message = await self.lanes.last_message(job.key)
        channel = channel_of(job)
        if channel is None:
            return await self._say_directly(hold, job, message)
        place = place_of(message.place, job) if message is not None else channel
        return await self._say_at(hold, job, place, message)

    async def _say_directly(self, hold: Hold, job: Job, message: Message | None) -> str:
        """Where it stands already, else by the first way that works. Only a page does not wait for a platform."""
        refused: list[str] = []
        out: OutOfOrder | None = None
        for platform in self.ways.to(job) if message is None else [message.place.partition(":")[0]]:
            try:
                at = (
                    place_of(message.place, job)
                    if message is not None
                    else await self.ways.direct(platform, job)
                )
                return await self._say_at(hold, job, at, message)
            except (Undeliverable, Shut) as never:
                log.warning("this way does not reach them", job=job.key, platform=platform, reason=str(never))
                refused.append(str(never))
            except OutOfOrder as down:
                there = message is not None and message.posted is not None
                if there or job.rank != Rank.PAGE:
                    raise
                out = down
        if out is not None:
            # Counted, so that it is given up and climbs before it is worth nothing.
            raise Failed(str(out)) from out
        raise Undeliverable("; ".join(dict.fromkeys(refused)) or NO_WAY)

    async def _say_at(self, hold: Hold, job: Job, place: Place, message: Message | None) -> str:
        self.ways.chat(place.platform)
        shown = await self.views.show(str(job.args["view"]), str(job.args["subject"]), place)
        words = Words(card=shown.card, mark=_mark(shown.card), only_edit=shown.only_edit)
        if message is None and words.only_edit:
            return await self._superseded(hold, job, words)
        if message is not None and message.posted is not None and message.shown == words.mark:
            return (
                "unchanged" if await self._recorded(hold, job, message, message.posted, words) else OVERTAKEN
            )
        self.outages.admit(place.platform, hold.lane)
        try:
            outcome = await self._spoken(hold, job, place, message, words)
        except Down as down:
            raise self.outages.failed(place.platform, hold.lane, down) from down
        if outcome in _ANSWERED:
            self.outages.works(place.platform, hold.lane)
        return outcome

    async def _spoken(self, hold: Hold, job: Job, place: Place, message: Message | None, words: Words) -> str:
        chat = self.ways.chat(place.platform)
        below = await self._below(job)
        if message is not None and message.posted is None and chat.searchable:
            message = await self._find(job, message, chat, place, below)
        if message is not None and message.posted is not None:
            return await self._edit(hold, job, message, message.posted, chat, words)
        if words.only_edit:
            return await self._superseded(hold, job, words)
        self._must_be_repeatable(job, message)
        return await self._post(hold, job, chat, place, words, below)

    async def _superseded(self, hold: Hold, job: Job, words: Words) -> str:
        await self.lanes.finish(hold, job, None, None, words.mark)
        return "superseded"

    async def _edit(
        self, hold: Hold, job: Job, message: Message, posted: Posted, chat: Chat, words: Words
    ) -> str:
        try:
            await chat.edit(posted, words.card)
        except Gone:
            # Somebody took it away: it is posted again, as a new message.
            at = place_of(message.place, job)
            await self.lanes.lost(message, then=posted_anew(job.key, at, self.clock.now()))
            return "gone"
        return "edited" if await self._recorded(hold, job, message, posted, words) else OVERTAKEN

    async def _post(
        self, hold: Hold, job: Job, chat: Chat, place: Place, words: Words, below: Posted | None
    ) -> str:
        message = await self.lanes.begin(hold, job, nonce=self.nonces(), place=place, shown=words.mark)
        if message is None:
            return OVERTAKEN
        try:
            posted = await self._posted(chat, place, words.card, message.nonce, below)
        except (SlowDown, Failed, Gone, Shut, Undeliverable):
            await self.lanes.lost(message)
            raise
        if not await self._recorded(hold, job, message, posted, words):
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

    async def _recorded(self, hold: Hold, job: Job, message: Message, posted: Posted, words: Words) -> bool:
        """False when another worker took over. A busy database is waited for: forgotten, it would be said twice."""
        until = self.clock.real() + LEASE
        while True:
            try:
                return await self.lanes.finish(hold, job, message, posted, words.mark)
            except (Overloaded, Stale):
                if self.clock.real() >= until:
                    raise
                await self.clock.sleep(timedelta(seconds=1))

    # -- messages of unknown fate ------------------------------------------------------------------

    async def _find(
        self, job: Job, message: Message, chat: Chat, place: Place, below: Posted | None
    ) -> Message | None:
        """Looks for the message that was begun; None when it is not there."""
        posted = await chat.find(place, message.nonce, below=below)
        if posted is None:
            if not await self.lanes.lost(message):
                raise Stale(f"{job.key} was posted by another worker just now")
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
