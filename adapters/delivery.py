"""Words go out: one lane at a time, by rank, looked for before they are repeated, given up loudly."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from adapters.ways import NO_WAY, Ways, place_of
from bot.cards.card import Card
from bot.policy.model import Policy
from bot.ports import (
    Chat,
    ChatError,
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
    Put,
    Rank,
    SlowDown,
    Stale,
    Undeliverable,
)
from bot.router import Shown

GIVEN_UP: Final = "it failed {times} times, last with: {error}"
UNKNOWN: Final = "whether it arrived is unknown, and repeating it could post it twice"

log = structlog.get_logger(__name__)

TURN: Final = timedelta(seconds=5)
"""How long one lane is spoken in before others have their turn: well within its lease."""

LEASE: Final = timedelta(seconds=60)
MOST_FAILURES: Final = 8
"""How often one message may fail before it is given up; with the back-off below that is about ten minutes."""

OVERTAKEN: Final = "overtaken"

_FIRST_BACK_OFF: Final = timedelta(seconds=2)
_LONGEST_BACK_OFF: Final = timedelta(minutes=5)


class Views(Protocol):
    """What to show: the router."""

    async def show(self, view: str, subject: str, place: Place) -> Shown: ...


class Observer(Protocol):
    """Who counts deliveries."""

    def delivered(self, platform: str, outcome: str) -> None: ...


class _Nobody:
    def delivered(self, platform: str, outcome: str) -> None:
        """Nobody counts."""


@dataclass(slots=True)
class Delivery:
    """Empties lanes. `nonces` makes the mark by which a message of unknown fate is found again."""

    lanes: Lanes
    chats: Mapping[str, Chat]
    views: Views
    policy: Policy
    clock: Clock
    nonces: Callable[[], str]
    random: random.Random = field(default_factory=random.Random)
    observer: Observer = field(default_factory=_Nobody)
    stopping: bool = False
    ways: Ways = field(init=False)

    def __post_init__(self) -> None:
        self.ways = Ways(chats=self.chats, policy=self.policy)

    async def empty(self, hold: Hold) -> None:
        """Sends what is due in the lane, in order, until it is empty, has to wait, or had its turn; or we stop."""
        over = self.clock.real() + TURN
        try:
            while not self.stopping and self.clock.real() < over:
                job = await self.lanes.next_job(hold)
                if job is None or not await self._deliver(hold, job):
                    break
        finally:
            await self.lanes.release(hold)

    async def _deliver(self, hold: Hold, job: Job) -> bool:
        """Whether the lane may go on at once."""
        try:
            outcome = await self._say(hold, job)
        except SlowDown as slow:
            # The platform's wish, not the message's fault.
            await self.lanes.pause(hold, self.clock.real() + slow.after)
            self._count(job, "slowed")
            return False
        except Undeliverable as never:
            await self._give_up(hold, job, str(never))
            return True
        except (Overloaded, Stale) as busy:
            log.warning("the database is busy, the lane waits", lane=hold.lane, why=type(busy).__name__)
            await self.clock.sleep(timedelta(seconds=1))
            return False
        except Exception as error:  # the edge: one message's surprise must not stop its lane for ever
            return await self._failed(hold, job, error)
        self._count(job, outcome)
        # Overtaken by a newer state of this message the lane goes on; by another worker it does not.
        return outcome != OVERTAKEN or await self.lanes.renew(hold, LEASE)

    async def _failed(self, hold: Hold, job: Job, error: Exception) -> bool:
        self._count(job, "failed")
        surprise = not isinstance(error, ChatError)
        said = f"{type(error).__name__}: {error}" if surprise else str(error)
        if job.failures + 1 >= MOST_FAILURES:
            await self._give_up(hold, job, GIVEN_UP.format(times=MOST_FAILURES, error=said))
            return True
        wait = min(_FIRST_BACK_OFF * 2**job.failures, _LONGEST_BACK_OFF)
        await self.lanes.fail(hold, job, wait * self.random.uniform(0.5, 1.5))
        log.warning(
            "delivery failed, will be tried again",
            job=job.key,
            error=said,
            failures=job.failures + 1,
            exc_info=error if surprise else None,
        )
        return False

    # -- one message -------------------------------------------------------------------------

    async def _say(self, hold: Hold, job: Job) -> str:
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

    # -- giving up ----------------------------------------------------------------------------------------

    async def _give_up(self, hold: Hold, job: Job, reason: str) -> None:
        self._count(job, "given up")
        log.error("given up", job=job.key, reason=reason)
        args = {name: job.args[name] for name in ("view", "subject", "person", "department", "place") if name in job.args}
        tell = Put(
            kind="undelivered",
            key=f"undelivered:{job.key}",
            due=self.clock.now(),
            args={**args, "key": job.key, "kind": job.kind, "reason": reason},
        )
        await self.lanes.give_up(hold, job, tell)

    def _count(self, job: Job, outcome: str) -> None:
        where = job.args.get("place")
        self.observer.delivered(where.partition(":")[0] if isinstance(where, str) else "direct", outcome)


def _mark(card: Card) -> str:
    """Equal for equal cards: an edit that changes nothing is not sent."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:32]

