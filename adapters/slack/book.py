"""The desk's book of Slack's users: in memory, kept in the database, and asked of Slack when it is not there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from adapters.slack.api import SlackApi, SlackRefused
from adapters.slack.user import PLATFORM, Workspace, read_user
from bot.ports import ChatError, Clock, Identities, Identity, Overloaded, Stale, Standing

log = structlog.get_logger(__name__)

FRESH: Final = timedelta(hours=24)
"""How long a member is taken to be one without asking; after that Slack is asked, and nobody waits for it."""

OLDEST: Final = timedelta(days=7)
"""After that the answer is waited for: while we were away somebody may have become a guest."""

DOUBTED: Final = timedelta(minutes=1)
"""How soon somebody without power is asked about again: what was missing may have been mended."""

UNKNOWN: Final = timedelta(minutes=10)
"""How long an e-mail address that Slack does not know is not asked about again."""

_NO_USER: Final = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_POWER: Final = {Standing.MEMBER: 2, Standing.GUEST: 1}


class Book:
    """Who Slack's users are. Every method raises ChatErrors only, and only when Slack has to be asked."""

    def __init__(self, api: SlackApi, identities: Identities, clock: Clock) -> None:
        self._api, self._identities, self._clock = api, identities, clock
        self._opening = asyncio.Lock()
        self._opened = False
        self._ours: Workspace | None = None
        self._known: dict[str, Identity] = {}
        self._by_email: dict[str, str] = {}
        self._nobody: dict[str, datetime] = {}
        self._asking: dict[str, asyncio.Task[Identity]] = {}
        self._news: dict[str, int] = {}
        self.changes: Callable[[Identity], None] = lambda _: None
        """Called with whoever is not what they were."""

    async def open(self) -> None:
        """Reads what was kept; once."""
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

    async def of(self, user: str) -> Identity:
        """The user, asked of Slack once however many want to know. What is old is better than no answer."""
        await self.open()
        known = self._known.get(user)
        if known is not None and self._fresh(known, FRESH):
            return known
        asked = self._ask(user, urgent=True)
        if known is not None and self._fresh(known, OLDEST):
            return known
        try:
            return await asyncio.shield(asked)
        except ChatError as error:
            if known is None:
                raise
            log.warning("answered from an old book", user=user, error=str(error))
            return known

    async def check(self, user: str) -> None:
        """Asks Slack about this user unless what is known is fresh; nobody is in a hurry."""
        await self.open()
        known = self._known.get(user)
        if known is None or not self._fresh(known, FRESH):
            await asyncio.shield(self._ask(user))

    async def find(self, email: str) -> Identity | None:
        """The user with that e-mail in lower case; None when Slack knows nobody."""
        await self.open()
        user = self._by_email.get(email)
        found = await self.of(user) if user else None
        if found is not None and self._by_email.get(email) == user:
            return found
        asked_at = self._nobody.get(email)
        if asked_at is not None and self._clock.real() - asked_at < UNKNOWN:
            return None
        try:
            answer = await self._api.call("users.lookupByEmail", {"email": email}, urgent=True)
        except SlackRefused as refused:
            if refused.code not in _NO_USER:
                raise
            self._nobody[email] = self._clock.real()
            return None
        return await self._keep(read_user(answer["user"], await self._workspace(), self._clock.real()))

    async def changed(self, user: Mapping[str, Any]) -> None:
        """Slack tells of a change. It may come late, or twice: it takes power at once, but gives none.

        What the user is now is asked, and nobody waits for it.
        """
        await self.open()
        known = self._known.get(str(user.get("id")))
        if known is None:
            return
        told = self._told(user, known)
        if replace(told, checked_at=known.checked_at) == known:
            return
        self._news[known.user] = self._news.get(known.user, 0) + 1
        if _POWER.get(told.standing, 0) < _POWER.get(known.standing, 0):
            await self._keep(told)
        self._ask(known.user)

    async def settle(self) -> None:
        """Waits until no question is on its way."""
        while self._asking:
            await asyncio.wait(self._asking.values())

    async def close(self) -> None:
        """Nobody is asked any more."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _told(self, user: Mapping[str, Any], known: Identity) -> Identity:
        """The user of an event, which may leave the e-mail out, and does not say which workspace is ours."""
        profile = user.get("profile")
        profile = {"email": known.email, **(profile if isinstance(profile, Mapping) else {})}
        ours = self._ours or Workspace(team=str(user.get("team_id") or profile.get("team") or ""))
        return read_user({**user, "profile": profile}, ours, self._clock.real())

    # -- asking ------------------------------------------------------------------------------------

    def _fresh(self, known: Identity, member: timedelta) -> bool:
        age = self._clock.real() - known.checked_at
        return age < (member if known.standing is Standing.MEMBER else DOUBTED)

    def _ask(self, user: str, *, urgent: bool = False) -> asyncio.Task[Identity]:
        """The question on its way, or a new one."""
        task = self._asking.get(user)
        if task is None:
            task = self._asking[user] = asyncio.create_task(self._info(user, urgent))
            task.add_done_callback(lambda done: self._asked(user, done))
        return task

    def _asked(self, user: str, done: asyncio.Task[Identity]) -> None:
        self._asking.pop(user, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            # Whoever waits is told; often nobody does.
            log.info("who this is could not be asked", user=user, error=str(error))

    async def _info(self, user: str, urgent: bool) -> Identity:
        ours = await self._workspace()
        while True:
            news = self._news.get(user, 0)
            identity = await self._described(user, ours, urgent)
            # What changed while Slack was answering may not be in the answer.
            if self._news.get(user, 0) == news:
                self._news.pop(user, None)
                return await self._keep(identity)

    async def _described(self, user: str, ours: Workspace, urgent: bool) -> Identity:
        now = self._clock.real()
        try:
            answer = await self._api.call("users.info", {"user": user}, urgent=urgent)
        except SlackRefused as refused:
            if refused.code not in _NO_USER:
                raise
            return read_user({"id": user, "is_stranger": True}, ours, now)
        return replace(read_user(answer["user"], ours, now), user=user)

    async def _workspace(self) -> Workspace:
        if self._ours is None:
            answer = await self._api.call("auth.test")
            self._ours = Workspace(
                team=str(answer.get("team_id") or ""), enterprise=str(answer.get("enterprise_id") or "")
            )
        return self._ours

    # -- remembering -------------------------------------------------------------------------------

    async def _keep(self, identity: Identity) -> Identity:
        before = self._known.get(identity.user)
        self._remember(identity)
        if before is None or replace(before, checked_at=identity.checked_at) != identity:
            self.changes(identity)
        try:
            await self._identities.keep(identity)
        except (Overloaded, Stale):
            log.warning("who this is was not kept, and will be asked again", user=identity.user)
        return identity

    def _remember(self, identity: Identity) -> None:
        before = self._known.get(identity.user)
        if before is not None and self._by_email.get(before.email) == identity.user:
            del self._by_email[before.email]
        self._known[identity.user] = identity
        if identity.standing in _POWER:
            self._by_email[identity.email] = identity.user
            self._nobody.pop(identity.email, None)
