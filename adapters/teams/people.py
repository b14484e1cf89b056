"""Who is who: Teams' users and the policy's people, matched by Entra object id and e-mail."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from adapters.teams.api import TeamsApi
from adapters.teams.book import Book, Roster, Unseen
from adapters.teams.colleagues import Colleagues, zone_named
from adapters.teams.references import Addresses, Reference, base_of, of_channel, of_person
from adapters.teams.search import Search
from adapters.teams.user import Sender, sender, table, text
from adapters.teams.why import NOBODY, NOT_ADDED, NOT_INSTALLED, REMOVED, unseen_card, why_card
from bot.cards.card import Card
from bot.config import TeamsSettings
from bot.domain.people import Person, PersonId
from bot.policy.model import Policy
from bot.ports import (
    Clock,
    Identities,
    Identity,
    References,
    Shut,
    Undeliverable,
)

__all__ = ["Directory", "Known", "Reference"]

_MOST_ROSTERS: Final = 8
"""Somebody waits for the answer, and each may have to be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A Teams user. `person` is None for nobody of ours; then `why` is a friendly, useful answer."""

    user: str
    person: Person | None
    why: Card | None = None


class Directory:
    """Remembers who is who and where they are reached; asks the connector only for who was never seen.

    A member of a tenant of ours whose e-mail is of the company's domains is the person whom the policy names by it,
    or else a colleague without any role, who may do what anyone in the company may. A guest, or somebody with an
    address from elsewhere, is only what the policy names as external. Everybody else is nobody: people of other
    tenants, whoever is not signed in, bots.
    """

    def __init__(
        self,
        api: TeamsApi,
        policy: Policy,
        identities: Identities,
        references: References,
        clock: Clock,
        *,
        settings: TeamsSettings,
    ) -> None:
        self._api, self._policy, self._stand_in = api, policy, settings.anonymous
        self._colleagues = Colleagues(policy=policy, clock=clock, settings=settings)
        self._met = False
        self._opening: dict[str, asyncio.Lock] = {}
        self.book = Book(api, identities, clock, self._colleagues.read)
        self.addresses = Addresses(references)
        self._search = Search(api, clock, self._found)

    async def open(self) -> None:
        """Remembers whom the desk met before. Everything else here does it too, when nobody did."""
        if self._met:
            return
        await self.book.open()
        await self.addresses.open()
        if not self._met:
            self._met = True
            self._colleagues.meet(self.book.everyone())

    async def close(self) -> None:
        """Asks Teams nothing any more."""
        await self.book.close()

    # -- who ---------------------------------------------------------------------------------------

    async def who(self, activity: Mapping[str, Any]) -> Known:
        """Who sent this activity (JSON as received, its token checked). Learns the conversation's reference from it
        on the way.

        Raises ChatErrors when the connector has to be asked and does not answer.
        """
        await self.open()
        who = sender(activity, stand_in=self._stand_in)
        refused = self._colleagues.refused(who)
        if refused is not None:
            return Known(user=who.user or who.member, person=None, why=why_card(self._policy, refused))
        await self.addresses.learn(activity, who)
        said_by = table(activity, "from") if self._stand_in else {}
        try:
            identity = await self.book.of(who.user, self._rosters(who, activity), if_unseen=said_by)
        except Unseen:
            return Known(user=who.user, person=None, why=unseen_card())
        identity = self._colleagues.here(await self._at_home(identity, who.zone))
        person = self._colleagues.person(identity)
        if person is None:
            return Known(user=who.user, person=None, why=why_card(self._policy, identity))
        await self.addresses.met(who, activity)
        return Known(user=who.user, person=person)

    async def learned(self, activity: Mapping[str, Any]) -> None:
        """Keeps what an activity says of its conversation: install, uninstall, members added and removed."""
        await self.open()
        who = sender(activity, stand_in=self._stand_in)
        if self._colleagues.of_ours(who):
            await self.addresses.learn(activity, who)
        if activity.get("membersAdded"):
            self._search.forget()

    def known_service(self, service_url: str) -> bool:
        """Whether a checked activity of a tenant of ours ever named this address as Teams' own."""
        return self.addresses.serves(service_url)

    # -- where -------------------------------------------------------------------------------------

    async def reference_of(self, person: PersonId) -> Reference:
        """Where the person is reached; their chat with Baton is opened if there is none yet.

        Undeliverable when the app is not installed for them, or no team of ours shows anybody with that e-mail.
        """
        await self.open()
        found = self._nearest(person)
        if found is None:
            await self._search.look(self.addresses.teams(), lambda: self._nearest(person) is not None)
            found = self._nearest(person)
        if found is None:
            raise Undeliverable(NOBODY.format(person=person))
        if found.removed:
            raise Undeliverable(REMOVED.format(person=person))
        return found if found.conversation else await self._opened(found, person)

    async def reference_to(self, conversation: str) -> Reference:
        """Where a channel, or a chat that we know, is reached. A channel of which we never heard is taken to be where
        all else is: the connector says if Baton is not in its team. Shut while Baton was added to none at all."""
        await self.open()
        conversation = base_of(conversation)
        known, near = self.addresses.at(conversation), self.addresses.newest()
        if known is not None:
            return known
        if near is None:
            raise Shut(NOT_ADDED)
        about = of_channel(conversation)
        return replace(near, about=about, conversation=conversation, user="", team="", removed=False)

    def users_of(self, people: Iterable[PersonId]) -> Sequence[str]:
        """The bot's own ids (29:…) of those whom Teams showed us already; the others are left out. Asks nobody."""
        found = (self._nearest(person) for person in people)
        return [reference.user for reference in found if reference is not None and reference.user]

    def _nearest(self, person: PersonId) -> Reference | None:
        """One who has a chat with Baton before one for whom it has to be opened. A guest who merely has the address
        reads nothing that is meant for the person."""
        found = [
            known
            for identity in self.book.with_email(person)
            if self._colleagues.reads(identity) and (known := self.addresses.get(of_person(identity.user)))
        ]
        return min(found, key=lambda known: (not known.conversation, known.removed), default=None)

    async def _opened(self, reference: Reference, person: PersonId) -> Reference:
        lock = self._opening.setdefault(reference.about, asyncio.Lock())
        async with lock:
            known = self.addresses.get(reference.about) or reference
            if known.conversation:
                return known
            opened = replace(known, conversation=await self._open_chat(known, person))
            await self.addresses.keep(opened)
            return opened

    async def _open_chat(self, known: Reference, person: PersonId) -> str:
        """The id of the person's chat with Baton. Asked twice, Teams gives the same one."""
        wanted = {
            "isGroup": False,
            "bot": {"id": known.bot},
            "members": [{"id": known.user}],
            "tenantId": known.tenant,
            "channelData": {"tenant": {"id": known.tenant}},
        }
        try:
            answer = await self._api.call("POST", known.service_url, "/v3/conversations", wanted, urgent=True)
        except Undeliverable as no:
            raise Undeliverable(NOT_INSTALLED.format(person=person)) from no
        return base_of(text(answer, "id"))

    async def _found(self, team: Reference, member: Mapping[str, Any]) -> None:
        """Somebody in a team's roster: kept if the policy names them, since only they are ever written to."""
        user = (text(member, "aadObjectId") or text(member, "objectId")).lower()
        user = user or (text(member, "id") if self._stand_in else "")
        identity = self._colleagues.read(member, user)
        if not user or PersonId(identity.email) not in self._policy.people:
            return
        known = self.book.known(user)
        if known is None or (known.email, known.standing) != (identity.email, identity.standing):
            await self.book.told(member, user)
        about = of_person(user)
        if self.addresses.get(about) is None:
            by_id = text(member, "id")
            await self.addresses.keep(replace(team, about=about, conversation="", user=by_id, team=""))

    def _rosters(self, who: Sender, activity: Mapping[str, Any]) -> Sequence[Roster]:
        """Where Teams can be asked about the sender: here, in their chat with Baton, in the teams that have Baton."""
        service_url = text(activity, "serviceUrl").rstrip("/")
        here = base_of(text(table(activity, "conversation"), "id"))
        places = [(service_url, here)]
        own = self.addresses.get(of_person(who.user))
        others = (*((own,) if own else ()), *self.addresses.teams())
        places += [(known.service_url, known.team or known.conversation) for known in others]
        return [
            Roster(service_url=url, conversation=conversation, member=who.member)
            for url, conversation in list(dict.fromkeys(places))[:_MOST_ROSTERS]
            if url and conversation
        ]

    async def _at_home(self, identity: Identity, zone: str) -> Identity:
        """With the time zone that they speak from."""
        if not zone or zone == identity.zone or zone_named(zone) is None:
            return identity
        return await self.book.keep(replace(identity, zone=zone))
