"""Everything the Events API tells, over HTTP or the socket: each kind of event to who hears it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import structlog

from adapters.slack.aside import Aside
from adapters.slack.ear import Ear
from adapters.slack.home import Home
from adapters.slack.membership import Membership
from adapters.slack.message import Event
from adapters.slack.parts import Parts
from adapters.slack.reactions import Reactions
from adapters.slack.threads import Threads
from bot.ports import ChatError

OTHER: Final = "other"
"""What kinds of events that nobody hears are counted as."""

_REMEMBERED: Final = 5_000
_HOME: Final = "home"

log = structlog.get_logger(__name__)

Hearer: TypeAlias = Callable[[str | None, Event], Awaitable[None]]


class Events:
    """Hears events. The same event again has no second effect."""

    def __init__(self, parts: Parts, home: Home, bot_user: Callable[[], str]) -> None:
        """`bot_user` gives our own user id, which Slack tells when we connect."""
        self._parts = parts
        self._home = home
        self._ear = Ear(parts)
        aside = Aside(parts)
        self._threads = Threads(parts, self._ear, aside, bot_user)
        self._reactions = Reactions(parts, self._ear, aside, bot_user)
        self._membership = Membership(parts, bot_user)
        self._done: OrderedDict[str, None] = OrderedDict()
        self._hearers = self._by_kind()

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Does what an Events API body asks for; returns once that is committed. What nobody needs is ignored.

        Raises Stale and Overloaded when the desk is busy, and ChatErrors when Slack did not say who it was: nothing
        was done then, and Slack is to tell it again. Answers follow by themselves.
        """
        event = body.get("event") or {}
        told = body.get("event_id")
        id = f"slack:ev:{told}" if told else None
        kind = self._kind(event)
        hearer = self._hearers.get(kind)
        self._parts.counted(kind if hearer else OTHER)
        if hearer is None:
            log.debug("an event of Slack that nobody needs", kind=kind)
            return
        if id in self._done:
            log.info("Slack told the same event again", kind=kind, id=id)
            return
        await hearer(id, event)
        if id is not None:
            self._done[id] = None
            if len(self._done) > _REMEMBERED:
                self._done.popitem(last=False)

    @staticmethod
    def _kind(event: Event) -> str:
        kind, more = str(event.get("type")), str(event.get("subtype") or "")
        return more if kind == "message" and more in ("message_changed", "message_deleted") else kind

    def _by_kind(self) -> Mapping[str, Hearer]:
        membership = self._membership
        return {
            "message": self._threads.said,
            "message_changed": self._threads.changed,
            "message_deleted": self._threads.deleted,
            "app_mention": self._threads.mentioned,
            "reaction_added": self._reactions.added,
            "app_home_opened": self._home_opened,
            "user_change": self._user_changed,
            "subteam_members_changed": self._group_changed,
            "subteam_updated": self._group_changed,
            "member_joined_channel": membership.joined,
            "member_left_channel": membership.left,
            "channel_left": membership.left,
            "group_left": membership.left,
            "channel_archive": membership.archived,
            "group_archive": membership.archived,
            "channel_unarchive": membership.unarchived,
            "group_unarchive": membership.unarchived,
            "channel_deleted": membership.deleted,
            "group_deleted": membership.deleted,
            "channel_rename": membership.renamed,
            "group_rename": membership.renamed,
            "channel_id_changed": membership.moved,
            "tokens_revoked": membership.revoked,
            "app_uninstalled": membership.uninstalled,
        }

    async def _home_opened(self, id: str | None, event: Event) -> None:
        if event.get("tab") == _HOME:
            self._parts.later.start(self._show_home(str(event.get("user"))))

    async def _show_home(self, user: str) -> None:
        try:
            known = await self._ear.who(user, None)
        except ChatError as error:
            log.warning("nobody told us whose Home it is", user=user, error=str(error))
            return
        await self._home.publish(user, known.person, known.why)

    async def _user_changed(self, id: str | None, event: Event) -> None:
        await self._parts.directory.changed(event.get("user") or {})

    async def _group_changed(self, id: str | None, event: Event) -> None:
        group = event.get("subteam_id") or (event.get("subteam") or {}).get("id")
        if group:
            await self._parts.directory.group_changed(str(group))
