"""Whether we are let in: to people's own chats, to teams and their channels. What Teams tells of all three."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog

from adapters.teams.ear import Ear
from adapters.teams.home import Home
from adapters.teams.messages import PLATFORM, Activity, department_in, part, place_in, text, where_of
from adapters.teams.parts import Parts
from bot.ports import ChatError, Place

LEFT: Final = "Baton was removed from a team: install its app there again, or nothing is said in the department's Teams channel"
ARCHIVED: Final = (
    "the team of the department's Teams channel was archived: restore it, or give the department another channel "
    "under `channels` in the policy"
)
DELETED: Final = (
    "the department's Teams channel was deleted: restore it, or give the department another one under `channels` in "
    "the policy"
)

log = structlog.get_logger(__name__)

_OPENS: Final = frozenset({"channelRestored", "teamRestored", "teamUnarchived", "channelUnarchived"})
_SHUTS: Final[Mapping[str, str]] = {
    "channelDeleted": DELETED,
    "channelArchived": ARCHIVED,
    "teamDeleted": DELETED,
    "teamHardDeleted": DELETED,
    "teamArchived": ARCHIVED,
}
_RENAMED: Final = frozenset({"channelRenamed", "teamRenamed"})
_ADDED: Final = frozenset({"add", "add-upgrade"})


class Membership:
    """Hears where we may speak. That words wait is told to people by delivery, once words wait."""

    def __init__(self, parts: Parts, ear: Ear, home: Home) -> None:
        self._parts = parts
        self._ear = ear
        self._home = home

    async def installed(self, activity: Activity) -> None:
        """`installationUpdate`: the app came, or went. Raises Overloaded and Stale, then it may be told again."""
        action = text(activity, "action")
        await self._parts.directory.learned(activity)
        if action in _ADDED:
            await self._let_in(activity, welcome=action == "add")
        else:
            self._shut_out(activity)

    async def changed(self, activity: Activity) -> None:
        """`conversationUpdate`: members, channels, teams. Raises as `installed`."""
        await self._parts.directory.learned(activity)
        kind = text(part(activity, "channelData"), "eventType")
        if self._us_in(activity, "membersAdded"):
            await self._let_in(activity, welcome=True)
        elif self._us_in(activity, "membersRemoved"):
            self._shut_out(activity)
        elif kind in _OPENS:
            await self._open(self._channels(activity))
        elif kind in _SHUTS:
            self._warn(_SHUTS[kind], self._channels(activity))
        elif kind in _RENAMED:
            # The policy knows channels by their ids, which stay: there is nothing to mend.
            log.info("a Teams channel or team has a new name", name=_named(activity))

    async def _let_in(self, activity: Activity, *, welcome: bool) -> None:
        where = where_of(activity)
        log.info("let in by Teams", conversation=where.conversation, direct=where.direct)
        if not where.direct:
            await self._open(self._channels(activity))
            return
        try:
            person = (await self._ear.who(activity)).person
        except ChatError as error:
            log.warning("nobody told us who let us in", user=where.user, error=str(error))
            return
        if person is not None:
            await self._parts.sent.open_again(place_in(self._parts.policy, where, person=person))
        if welcome:
            await self._home.welcome(activity)

    def _shut_out(self, activity: Activity) -> None:
        where = where_of(activity)
        if where.direct:
            self._home.left(activity)
            log.info("somebody removed the app", user=where.user)
        else:
            self._warn(LEFT, self._channels(activity))

    def _channels(self, activity: Activity) -> tuple[str, ...]:
        """The departments' channels that it may be about: the one it names, else all that are in Teams.

        Which channel belongs to which team is not told, and to try where nothing changed does no harm.
        """
        named = text(part(part(activity, "channelData"), "channel"), "id")
        kind = text(part(activity, "channelData"), "eventType")
        if named and kind.startswith("channel"):
            return (named,) if department_in(self._parts.policy, named) else ()
        known = (each.channels.get(PLATFORM) for each in self._parts.policy.departments.values())
        return tuple(dict.fromkeys(channel for channel in known if channel))

    async def _open(self, channels: Iterable[str]) -> None:
        for channel in channels:
            department = department_in(self._parts.policy, channel)
            await self._parts.sent.open_again(
                Place(platform=PLATFORM, conversation=channel, department=department)
            )

    def _warn(self, said: str, channels: Iterable[str]) -> None:
        departments = [department_in(self._parts.policy, channel) for channel in channels]
        if departments:
            log.warning(said, departments=departments)

    @staticmethod
    def _us_in(activity: Activity, key: str) -> bool:
        told: Any = activity.get(key)
        bot = where_of(activity).bot
        return bool(bot) and isinstance(told, list) and any(_id(each) == bot for each in told)


def _id(told: Any) -> str:
    return text(told, "id") if isinstance(told, Mapping) else ""


def _named(activity: Activity) -> str:
    data = part(activity, "channelData")
    return text(part(data, "channel"), "name") or text(part(data, "team"), "name")
