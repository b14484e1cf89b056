"""The desk's book of Teams' users: in memory, kept in the database, and asked of Teams when it is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import structlog

from adapters.teams.api import TeamsApi
from adapters.teams.user import PLATFORM
from adapters.teams.wire import named
from bot.ports import (
    ChatError,
    Clock,
    Gone,
    Identities,
    Identity,
    Overloaded,
    Stale,
    Standing,
    Undeliverable,
)

UNSEEN: Final = "Teams does not tell Baton who {user} is: Baton is in no chat or team with them."

log = structlog.get_logger(__name__)

FRESH: Final = timedelta(hours=24)
"""How long a member is taken to be one without asking; after that Teams is asked, and nobody waits for it."""

OLDEST: Final = timedelta(days=7)
"""After that the answer is waited for: while we were away somebody may have become a guest."""

DOUBTED: Final = timedelta(minutes=1)
"""How soon somebody without power is asked about again: what was missing may have been mended."""

_REACHED: Final = (Standing.MEMBER, Standing.GUEST)


class Unseen(ChatError):
    """Teams shows us this person nowhere: we are in no conversation with them, as far as we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A conversation in which Teams can be asked about a person, and how they are called there."""

    service_url: str
    conversation: str
    member: str


class Book:
    """Who Teams' users are, by Entra object id. `read` makes an identity of a roster's member."""

    def __init__(
        self,
        api: TeamsApi,
        identities: Identities,
        clock: Clock,
        read: Callable[[Mapping[str, Any], str], Identity],
    ) -> None:
        self._api, self._identities, self._clock, self._read = api, identities, clock, read
        self._opening = asyncio.Lock()
        self._opened = False
        self._known: dict[str, Identity] = {}
        self._by_email: dict[str, dict[str, None]] = {}
        self._asking: dict[str, asyncio.Task[Identity]] = {}

    async def open(self) -> None:
        """Reads what was kept; once."""
        if self._opened:
            return
        async with self._opening:
            if not self._opened:
                for identity in await self._identities.everyone(PLATFORM):
                    self._remember(identity)
                self._opened = True

    def everyone(self) -> Iterable[Identity]:
        return tuple(self._known.values())

    def known(self, user: str) -> Identity | None:
        """Without asking anybody."""
        return self._known.get(user)

    def with_email(self, email: str) -> Sequence[Identity]:
        """Whoever is said to have that e-mail (lower case), members and guests. Without asking anybody."""
        return [self._known[user] for user in self._by_email.get(email, ())]

    async def of(self, user: str, rosters: Sequence[Roster], *, if_unseen: Mapping[str, Any]) -> Identity:
        """The user, asked of Teams once however many want to know: in the first of the rosters that has them, else
        as `if_unseen` says, if it says anything. What is old is better than no answer.

        Raises ChatErrors when Teams has to be asked and does not answer; Unseen when no roster has them.
        """
        await self.open()
        known = self._known.get(user)
        if known is not None and self._fresh(known, FRESH):
            return known
        asked = self._ask(user, rosters, if_unseen)
        if known is not None and self._fresh(known, OLDEST):
            return known
        try:
            return await asyncio.shield(asked)
        except ChatError as error:
            if known is None:
                raise
            log.warning("answered from an old book", user=user, error=str(error))
            return known

    async def told(self, member: Mapping[str, Any], user: str) -> Identity:
        """A roster says this of the user. No roster tells a time zone: what was known of it stays."""
        known = self._known.get(user)
        return await self.keep(replace(self._read(member, user), zone=known.zone if known else ""))

    async def keep(self, identity: Identity) -> Identity:
        """In place of what was known of that user."""
        self._remember(identity)
        try:
            await self._identities.keep(identity)
        except (Overloaded, Stale):
            log.warning("who this is was not kept, and will be asked again", user=identity.user)
        return identity

    async def settle(self) -> None:
        """Waits until no question is on its way."""
        while self._asking:
            await asyncio.wait(set(self._asking.values()))

    async def close(self) -> None:
        """Nobody is asked any more."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    # -- asking ------------------------------------------------------------------------------------

    def _fresh(self, known: Identity, member: timedelta) -> bool:
        age = self._clock.real() - known.checked_at
        return age < (member if known.standing is Standing.MEMBER else DOUBTED)

    def _ask(
        self, user: str, rosters: Sequence[Roster], if_unseen: Mapping[str, Any]
    ) -> asyncio.Task[Identity]:
        """The question on its way, or a new one."""
        task = self._asking.get(user)
        if task is None:
            task = self._asking[user] = asyncio.create_task(self._answer(user, rosters, if_unseen))
            task.add_done_callback(lambda done: self._asked(user, done))
        return task

    def _asked(self, user: str, done: asyncio.Task[Identity]) -> None:
        self._asking.pop(user, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            # Whoever waits is told; often nobody does.
            log.info("who this is could not be asked", user=user, error=str(error))

    async def _answer(self, user: str, rosters: Sequence[Roster], if_unseen: Mapping[str, Any]) -> Identity:
        for roster in rosters:
            member = await self._member(roster)
            if member:
                return await self.told(member, user)
        if if_unseen:
            return await self.told(if_unseen, user)
        raise Unseen(UNSEEN.format(user=user))

    async def _member(self, roster: Roster) -> Mapping[str, Any]:
        """Empty where that conversation does not tell; Shut is every conversation, by a token that is not accepted."""
        path = f"/v3/conversations/{named(roster.conversation)}/members/{named(roster.member)}"
        try:
            return await self._api.call("GET", roster.service_url, path, urgent=True)
        except (Gone, Undeliverable):
            return {}

    # -- remembering -------------------------------------------------------------------------------

    def _remember(self, identity: Identity) -> None:
        before = self._known.get(identity.user)
        if before is not None:
            self._by_email.get(before.email, {}).pop(identity.user, None)
        self._known[identity.user] = identity
        if identity.standing in _REACHED:
            self._by_email.setdefault(identity.email, {})[identity.user] = None
