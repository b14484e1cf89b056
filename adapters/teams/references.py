"""Where people and channels are reached: learned from what Teams sends, kept over restarts.

Events that tell of it: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

import structlog

from adapters.teams.user import PLATFORM, Sender, table, text
from bot.ports import Overloaded, References, Stale

log = structlog.get_logger(__name__)

_TEAM_GONE: Final = frozenset({"teamDeleted", "teamHardDeleted"})
_CHANNEL_GONE: Final = "channelDeleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a conversation is reached: a person's own with Baton, or a channel. `about` is `person:{Entra object id}`
    or `channel:{conversation id}`; `user` is the person's bot-specific id (29:…), empty for a channel.

    `service_url` has no slash at its end. `conversation` is empty for a person who has no chat with Baton yet;
    `removed` says that they took Baton away. `bot` is how Teams calls us there (28:…).
    """

    about: str
    service_url: str
    tenant: str
    conversation: str
    user: str = ""
    team: str = ""
    bot: str = ""
    removed: bool = False


_FIELDS: Final = frozenset(field.name for field in fields(Reference)) - {"about"}


def of_person(user: str) -> str:
    return f"person:{user}"


def of_channel(conversation: str) -> str:
    return f"channel:{conversation}"


def base_of(conversation: str) -> str:
    """The conversation's id without the thread's: a channel's activities come as `19:…;messageid=…`."""
    return conversation.partition(";")[0]


class Addresses:
    """All references, in memory and in the database. What was said last stands; what did not change is not written."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._opening = asyncio.Lock()
        self._opened = False
        self._known: dict[str, Reference] = {}
        self._stored: dict[str, Reference] = {}
        self._at: dict[str, str] = {}
        self._services: set[str] = set()
        self._newest: Reference | None = None

    async def open(self) -> None:
        """Reads what was kept; once."""
        if self._opened:
            return
        async with self._opening:
            if self._opened:
                return
            for about, data in (await self._references.everyone(PLATFORM)).items():
                known = {name: value for name, value in data.items() if name in _FIELDS}
                self._remember(Reference(about=about, **known))
                self._stored[about] = self._known[about]
            self._opened = True

    def get(self, about: str) -> Reference | None:
        return self._known.get(about)

    def at(self, conversation: str) -> Reference | None:
        """Of the conversation with that id, a channel or a person's chat with Baton."""
        about = self._at.get(conversation)
        return self._known.get(about) if about else None

    def newest(self) -> Reference | None:
        """The one that was learned last."""
        return self._newest

    def teams(self) -> Sequence[Reference]:
        """One channel of every team in which Baton is."""
        channels = (known for known in self._known.values() if known.team and not known.user)
        return tuple({channel.team: channel for channel in channels}.values())

    def serves(self, service_url: str) -> bool:
        """Whether Teams ever named this address to us."""
        return service_url.rstrip("/") in self._services

    async def learn(self, activity: Mapping[str, Any], who: Sender) -> None:
        """What a checked activity of a tenant of ours says of its conversation."""
        await self.open()
        said = _said(activity, who)
        if not said.service_url:
            return
        self._services.add(said.service_url)
        scope = _scope(activity)
        if scope == "personal" and who.user and not who.bot:
            await self._personal(said, who, removed=_takes_us_away(activity))
        elif scope == "channel":
            await self._channel(said, activity)

    async def met(self, who: Sender, activity: Mapping[str, Any]) -> None:
        """The person spoke elsewhere than in their chat with Baton: by these ids one can be opened."""
        known = self._known.get(of_person(who.user))
        if known is None or (not known.conversation and known.user != who.member):
            said = _said(activity, who)
            await self.keep(
                replace(known or said, about=of_person(who.user), conversation="", user=who.member)
            )

    async def keep(self, reference: Reference) -> None:
        """In place of what was known about it."""
        self._remember(reference)
        if self._stored.get(reference.about) == reference:
            return
        data = {name: value for name, value in asdict(reference).items() if name in _FIELDS}
        try:
            await self._references.keep(PLATFORM, reference.about, data)
        except (Overloaded, Stale):
            log.warning("a reference was not kept, and will be with the next activity", about=reference.about)
        else:
            self._stored[reference.about] = reference

    def _remember(self, reference: Reference) -> None:
        before = self._known.get(reference.about)
        if before is not None and before.conversation != reference.conversation:
            self._at.pop(before.conversation, None)
        self._known[reference.about] = self._newest = reference
        if reference.conversation:
            self._at[reference.conversation] = reference.about
        self._services.add(reference.service_url)

    async def _personal(self, said: Reference, who: Sender, *, removed: bool) -> None:
        conversation = "" if removed else said.conversation
        about = of_person(who.user)
        await self.keep(
            replace(said, about=about, user=who.member, conversation=conversation, removed=removed)
        )

    async def _channel(self, said: Reference, activity: Mapping[str, Any]) -> None:
        data = table(activity, "channelData")
        event, named = text(data, "eventType"), text(table(data, "channel"), "id")
        if _takes_us_away(activity) or event in _TEAM_GONE:
            lost = said.team or said.conversation
            await self._forget(known.about for known in tuple(self._known.values()) if lost in _ids(known))
        elif event == _CHANNEL_GONE:
            await self._forget([of_channel(named)])
        else:
            for conversation in dict.fromkeys((said.conversation, named)):
                if conversation:
                    about = of_channel(conversation)
                    before = self._known.get(about)
                    team = said.team or (before.team if before else "")
                    await self.keep(replace(said, about=about, conversation=conversation, team=team))

    async def _forget(self, abouts: Iterable[str]) -> None:
        for about in [about for about in abouts if self._known.pop(about, None) is not None]:
            self._stored.pop(about, None)
            try:
                await self._references.forget(PLATFORM, about)
            except (Overloaded, Stale):
                log.warning("a reference was not forgotten, and will be known after a restart", about=about)
        self._newest = next(reversed(self._known.values()), None)


def _ids(known: Reference) -> tuple[str, ...]:
    """By which a channel goes with its team; a person never does."""
    return () if known.user else (known.team, known.conversation)


def _said(activity: Mapping[str, Any], who: Sender) -> Reference:
    """What an activity says of where it was said, about nobody yet."""
    conversation = table(activity, "conversation")
    data = table(activity, "channelData")
    tenant = text(table(data, "tenant"), "id") or text(conversation, "tenantId")
    return Reference(
        about="",
        service_url=text(activity, "serviceUrl").rstrip("/"),
        tenant=tenant or next(iter(who.tenants), ""),
        conversation=base_of(text(conversation, "id")),
        team=text(table(data, "team"), "id"),
        bot=text(table(activity, "recipient"), "id"),
    )


def _scope(activity: Mapping[str, Any]) -> str:
    """personal, channel or groupChat."""
    conversation = table(activity, "conversation")
    said = text(conversation, "conversationType")
    if said:
        return said
    if table(table(activity, "channelData"), "team"):
        return "channel"
    return "groupChat" if conversation.get("isGroup") else "personal"


def _takes_us_away(activity: Mapping[str, Any]) -> bool:
    kind = activity.get("type")
    if kind == "installationUpdate":
        # `remove-upgrade` is followed by `add-upgrade`: an admin brings a new version.
        return activity.get("action") == "remove"
    removed = activity.get("membersRemoved") if kind == "conversationUpdate" else None
    us = text(table(activity, "recipient"), "id")
    members = removed if isinstance(removed, list) else []
    return any(isinstance(member, Mapping) and us and member.get("id") == us for member in members)
