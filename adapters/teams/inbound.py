"""Teams' way in: activities whose token is checked, to one place that hears every kind of them.

They are read as the plain JSON that they are: of botbuilder's models only those that send were of any help.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import structlog
from aiohttp import web

from adapters.teams.answers import Answers
from adapters.teams.door import Answer, Door
from adapters.teams.ear import Ear
from adapters.teams.home import Home
from adapters.teams.invokes import Invokes
from adapters.teams.membership import Membership
from adapters.teams.messages import Activity, part, text, where_of
from adapters.teams.parts import Parts
from adapters.teams.presses import Presses
from adapters.teams.reactions import Reactions
from adapters.teams.threads import Threads

OTHER: Final = "other"
"""What kinds of activities that nobody hears are counted as."""

_REMEMBERED: Final = 5_000
_INVOKE: Final = "invoke"
_DONE: Final = Answer()

_NAMED_ONCE: Final = frozenset({"message", "submit"})
"""Activities that have an id of their own."""
_SECOND_THOUGHTS: Final = frozenset({"messageUpdate", "messageDelete"})

log = structlog.get_logger(__name__)

Hearer: TypeAlias = Callable[[Activity], Awaitable[None]]


class TeamsFrontend:
    """Everything people do in Teams comes in here. The answer to Teams follows the commit, and nothing else does.

    The same activity again has no second effect, and what one person does in one conversation is done in the order
    in which it came.
    """

    def __init__(self, parts: Parts) -> None:
        """To be made inside a running event loop."""
        self._parts = parts
        self._door = Door(parts.settings, parts.clock, self.hear)
        ear, answers = Ear(parts), Answers(parts)
        self._presses = Presses(parts, ear, answers)
        self._invokes = Invokes(ear, self._presses)
        threads, home = Threads(parts, ear, answers), Home(parts, ear, answers)
        membership = Membership(parts, ear, home)
        self._hearers: Mapping[str, Hearer] = {
            "message": threads.said,
            "submit": self._presses.submitted,
            "editMessage": threads.changed,
            "softDeleteMessage": threads.deleted,
            "undeleteMessage": threads.restored,
            "messageReaction": Reactions(parts, ear, answers).changed,
            "installationUpdate": membership.installed,
            "conversationUpdate": membership.changed,
        }
        self._done: OrderedDict[str, None] = OrderedDict()
        self._turns = Turns()

    def routes(self) -> list[web.RouteDef]:
        """To mount."""
        return self._door.routes()

    async def open(self) -> None:
        """Fetches the keys that Teams signs with, so that the first who speaks need not wait for them."""
        await self._door.open()

    async def close(self) -> None:
        """Hears nothing new and ends what follows what was heard. The api stays open."""
        await self._door.close()
        await self.settle()

    async def settle(self) -> None:
        """Waits until all that followed what was heard is done: answers, welcomes."""
        await self._parts.later.settle()

    # -- hearing ----------------------------------------------------------------------------------------

    async def hear(self, activity: Activity) -> Answer:
        """The one place where activities (JSON, their token checked) are heard; what nobody needs is ignored.

        Raises Overloaded and Stale for what nobody waits for, such as an installation, when the desk is busy: nothing
        was done then, and the Door says so.
        """
        kind = _kind(activity)
        if kind == _INVOKE:
            self._parts.counted(text(activity, "name") if self._invokes.hears(activity) else OTHER)
            return await self._invokes.hear(activity)
        hearer = self._hearers.get(kind)
        self._parts.counted(kind if hearer else OTHER)
        if hearer is None:
            log.debug("an activity of Teams that nobody needs", kind=kind[:80])
            return _DONE
        where = where_of(activity)
        async with self._turns.of(f"{where.thread} {where.user}"):
            await self._once(kind, activity, hearer)
        return _DONE

    async def _once(self, kind: str, activity: Activity, hearer: Hearer) -> None:
        id = _name_of(kind, activity)
        if id is not None and id in self._done:
            log.info("Teams told the same activity again", kind=kind, id=id)
            return
        await hearer(activity)
        if id is not None:
            self._done[id] = None
            if len(self._done) > _REMEMBERED:
                self._done.popitem(last=False)


class Turns:
    """One after the other for those with the same key, in the order in which they came."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = (lock, waiting - 1)


def _kind(activity: Activity) -> str:
    """What happened: the activity's type, for second thoughts the event's, and `submit` for a press in its guise."""
    kind = text(activity, "type")
    if kind in _SECOND_THOUGHTS:
        return text(part(activity, "channelData"), "eventType")
    if kind == "message" and part(activity, "value") and not text(activity, "text").strip():
        return "submit"
    return kind


def _name_of(kind: str, activity: Mapping[str, Any]) -> str | None:
    """The same for each delivery of it. An edit has the id of its message, so its time is part of the name."""
    id = text(activity, "id")
    if not id:
        return None
    at = "" if kind in _NAMED_ONCE else text(activity, "timestamp")
    return " ".join((kind, text(part(activity, "conversation"), "id"), id, at))
