"""Slack's user groups as departments: whoever is in the group is a member of the department."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final

import structlog

from adapters.slack.api import SlackApi, SlackRefused, SlackShut
from adapters.slack.people import Directory
from adapters.slack.user import PLATFORM
from bot.domain.people import Person
from bot.policy.model import Policy
from bot.ports import ChatError, Clock, Identities, Identity, Overloaded, SlowDown, Stale

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(hours=1)
AGAIN: Final = timedelta(minutes=1)
"""How soon Slack is asked again when it did not answer."""

GONE: Final = (
    "the user group does not exist or is switched off, so it gives nobody a role: see the policy's groups"
)
NOT_READ: Final = "the user group could not be read, so its members stay as they were"


class Groups:
    """The members of the policy's user groups, kept so that a restart knows them without asking.

    A group that Slack does not have any more has no members. One that cannot be read keeps those it had.
    """

    def __init__(
        self, api: SlackApi, directory: Directory, identities: Identities, policy: Policy, clock: Clock
    ) -> None:
        """From now on the directory's changes of people and groups reach the policy's roster."""
        self._api, self._directory, self._identities = api, directory, identities
        self._policy, self._clock = policy, clock
        self._members: dict[str, frozenset[str]] = {}
        self._wanted: set[str] = set()
        self._rings = asyncio.Event()
        self._opening = asyncio.Lock()
        self._opened = False
        directory.regroups = self._changed
        directory.book.changes = self._someone_changed

    @property
    def ids(self) -> frozenset[str]:
        """The groups that the policy names."""
        named = (department.groups.get(PLATFORM) for department in self._policy.departments.values())
        return frozenset(group for group in named if group)

    async def open(self) -> None:
        """Whoever was a member when we last looked is one again; once, and without asking Slack."""
        async with self._opening:
            if not self._opened:
                await self._directory.open()
                kept = await self._identities.groups(PLATFORM)
                self._members = {group: users for group, users in kept.items() if group in self.ids}
                self._adopt()
                self._opened = True

    async def refresh(self) -> None:
        """Asks Slack for the members of every group. Raises the ChatErrors of Slack not answering."""
        await self.open()
        await self._read(self.ids)

    async def run(self) -> None:
        """Keeps the groups as Slack has them, at once, hourly and whenever one changes; until it is cancelled."""
        await self.open()
        wanted: Collection[str] = self.ids
        while self.ids:
            self._wanted.clear()
            self._rings.clear()
            try:
                await self._read(wanted)
                pause = EVERY
            except ChatError as error:
                log.warning("user groups could not be read and will be tried again", error=str(error))
                self._wanted.update(wanted)
                pause = AGAIN
            rang = await self._waits(pause)
            wanted = frozenset(self._wanted) if rang or self._wanted else self.ids

    # -- reading ----------------------------------------------------------------------------------

    async def _read(self, groups: Iterable[str]) -> None:
        for group in sorted(groups):
            users = await self._users(group)
            if users is not None and users != self._members.get(group):
                self._members[group] = users
                # Who left has lost the role before anybody new is looked up.
                self._adopt()
                await self._keep(group, users)
        for user in sorted(frozenset().union(*self._members.values())):
            await self._check(user)
        self._adopt()

    async def _users(self, group: str) -> frozenset[str] | None:
        """The group's users; None when Slack does not let us read them."""
        while True:
            try:
                answer = await self._api.call("usergroups.users.list", {"usergroup": group})
                return frozenset(str(user) for user in answer.get("users") or ())
            except SlowDown as slow:
                await self._clock.sleep(slow.after)
            except (SlackRefused, SlackShut) as refused:
                if refused.code == "no_such_subteam":
                    log.error(GONE, group=group)
                    return frozenset()
                log.error(NOT_READ, group=group, error=str(refused))
                return None

    async def _check(self, user: str) -> None:
        while True:
            try:
                await self._directory.book.check(user)
                return
            except SlowDown as slow:
                await self._clock.sleep(slow.after)

    async def _keep(self, group: str, users: Collection[str]) -> None:
        try:
            await self._identities.keep_group(PLATFORM, group, users)
        except (Overloaded, Stale):
            log.warning("who is in the user group was not kept, and will be asked again", group=group)

    # -- telling the roster --------------------------------------------------------------------------

    def _adopt(self) -> None:
        joined = {
            name: self._people(self._members.get(department.groups.get(PLATFORM, ""), frozenset()))
            for name, department in self._policy.departments.items()
        }
        self._policy.people.adopt(PLATFORM, joined)

    def _people(self, users: Iterable[str]) -> list[Person]:
        """The verified colleagues among them, in the order of their e-mail."""
        known = (self._directory.book.known(user) for user in users)
        people = (self._directory.colleague(identity) for identity in known if identity is not None)
        return sorted((person for person in people if person is not None), key=lambda person: person.id)

    # -- changes ----------------------------------------------------------------------------------

    def _changed(self, group: str) -> None:
        if group in self.ids:
            self._wanted.add(group)
            self._rings.set()

    def _someone_changed(self, identity: Identity) -> None:
        if any(identity.user in users for users in self._members.values()):
            self._adopt()

    async def _waits(self, pause: timedelta) -> bool:
        """True when a group changed before the pause was over."""
        waiting = [asyncio.ensure_future(self._clock.sleep(pause)), asyncio.ensure_future(self._rings.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return self._rings.is_set()
