"""A chat platform that refuses, forgets, loses answers and is slow, as real ones do. It obeys a script."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.ports import Down, Failed, FateUnknown, Gone, Place, Posted, Shut, SlowDown, Undeliverable

SLOW_DOWN = timedelta(seconds=30)

Trouble = Exception | Callable[[], Awaitable[None]]


class Lost(FateUnknown):
    """The answer never came; `posted` tells whether the message is there."""

    def __init__(self, *, posted: bool) -> None:
        super().__init__("the answer never came")
        self.posted = posted


@dataclass
class Shown:
    """One message as people see it."""

    conversation: str
    card: Card
    nonce: str
    below: str | None
    edits: int = 0


@dataclass
class FakeChat:
    """`troubles` meet the next calls that write, in order: an error, or something to wait for. None is no trouble.

    `unreachable` people have no way here. Every call that wrote or tried to is in `calls`. While `out`, the platform
    is out of order for everybody; a conversation in `shut` takes no words, and why. With a `clock` a conversation takes
    one post every `each`, as Slack's do.
    """

    platform: str = "web"
    searchable: bool = True
    troubles: list[Trouble | None] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    out: bool = False
    shut: dict[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] | None = None
    each: timedelta = timedelta(seconds=1)
    messages: dict[str, Shown] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _free: dict[str, datetime] = field(default_factory=dict)

    async def direct(self, person: PersonId) -> Place:
        if self.out:
            self.calls.append(f"direct {person}")
            raise Down("nobody answers")
        if person in self.unreachable:
            raise Undeliverable(f"{person} is not on {self.platform}")
        return Place(platform=self.platform, conversation=f"@{person}", person=person)

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        self.calls.append(f"post {card.title}")
        self._let_in(place.conversation)
        self._paced(place.conversation)
        if place.conversation in self.closed:
            raise Undeliverable(f"{place.conversation} is archived")
        if reply_to is not None and reply_to.message not in self.messages:
            raise Gone("the thread was deleted")
        lost = await self._trouble()
        if lost and not lost.posted:
            raise lost
        number = str(next(self._numbers))
        below = reply_to.message if reply_to else None
        self.messages[number] = Shown(place.conversation, card, nonce, below)
        if lost:
            raise lost
        return Posted(platform=self.platform, conversation=place.conversation, message=number)

    async def edit(self, posted: Posted, card: Card) -> None:
        self.calls.append(f"edit {card.title}")
        self._let_in(posted.conversation)
        if posted.message not in self.messages:
            raise Gone("the message was deleted")
        lost = await self._trouble()
        if not lost or lost.posted:
            self.messages[posted.message].card = card
            self.messages[posted.message].edits += 1
        if lost:
            raise lost

    async def delete(self, posted: Posted) -> None:
        self.calls.append("delete")
        self.messages.pop(posted.message, None)

    async def find(self, place: Place, nonce: str, *, below: Posted | None = None) -> Posted | None:
        """As in Slack, a conversation's history leaves replies out: those are found `below` their message only."""
        assert self.searchable, "nobody can look here"
        self.calls.append("find")
        self._let_in(place.conversation)
        thread = below.message if below else None
        for number, shown in self.messages.items():
            here = (shown.conversation, shown.nonce) == (place.conversation, nonce)
            if here and shown.below in (None, thread):
                return Posted(platform=self.platform, conversation=shown.conversation, message=number)
        return None

    def _let_in(self, conversation: str) -> None:
        if self.out:
            raise Down("nobody answers")
        if conversation in self.shut:
            raise Shut(self.shut[conversation])

    def _paced(self, conversation: str) -> None:
        if self.clock is None:
            return
        now = self.clock()
        free = self._free.get(conversation, now)
        if now < free:
            raise SlowDown(free - now)
        self._free[conversation] = now + self.each

    async def _trouble(self) -> Lost | None:
        trouble = self.troubles.pop(0) if self.troubles else None
        if isinstance(trouble, Lost):
            return trouble
        if isinstance(trouble, Exception):
            raise trouble
        if trouble is not None:
            await trouble()
        return None

    # -- what people see ------------------------------------------------------------------------

    def shown(self, conversation: str) -> list[str]:
        """The titles in the conversation, in the order of posting."""
        return [
            message.card.title for message in self.messages.values() if message.conversation == conversation
        ]


class Gate:
    """Something slow: a call waits here until it is opened."""

    def __init__(self) -> None:
        self.reached, self._open = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        self.reached.set()
        await self._open.wait()

    def open(self) -> None:
        self._open.set()


def slow_down() -> SlowDown:
    return SlowDown(SLOW_DOWN)


def failed() -> Failed:
    return Failed("the platform had a hiccup")
