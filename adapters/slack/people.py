"""Who is who: Slack's users and the policy's people, matched by verified e-mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from adapters.slack.api import SlackApi
from adapters.slack.book import Book
from adapters.slack.why import NOBODY, UNREACHABLE, why_card
from bot.cards.card import Card
from bot.domain.people import Person, PersonId, Role
from bot.policy.duty import is_active
from bot.policy.model import Policy
from bot.ports import Clock, Identities, Identity, Standing, Undeliverable


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A Slack user. `person` is None for nobody of ours; then `why` is a friendly, useful answer."""

    user: str
    person: Person | None
    why: Card | None = None


class Directory:
    """Remembers who is who; asks Slack only for who was never seen or changed.

    A member of our workspace whose confirmed e-mail is of the company's domains is the person whom the policy names
    by it, or else a colleague without any role, who may do what anyone in the company may. A guest, or somebody
    with an address from elsewhere, is only what the policy names as external. Everybody else is nobody.
    """

    def __init__(self, api: SlackApi, policy: Policy, identities: Identities, clock: Clock) -> None:
        self._policy, self._clock = policy, clock
        self._met = False
        self.book = Book(api, identities, clock)
        self.regroups: Callable[[str], None] = lambda _: None
        """Called with a user group whose members changed."""

    async def open(self) -> None:
        """Remembers whom the desk met before. Everything else here does it too, when nobody did."""
        await self.book.open()
        if not self._met:
            self._met = True
            colleagues = (self.colleague(identity) for identity in self.book.everyone())
            self._policy.people.meet(*(person for person in colleagues if person is not None))

    async def close(self) -> None:
        """Asks Slack nothing any more."""
        await self.book.close()

    async def who(self, user: str, team: str | None = None) -> Known:
        """Who this user is. `team` is the workspace the user comes from, where the payload says so.

        Raises ChatErrors when Slack has to be asked and does not answer.
        """
        await self.open()
        identity = await self.book.of(user)
        if team and identity.team and team != identity.team:
            identity = replace(identity, standing=Standing.STRANGER)
        person = self._person(identity)
        return Known(
            user=user, person=person, why=None if person is not None else why_card(self._policy, identity)
        )

    async def user_of(self, person: PersonId) -> str:
        """The person's Slack user id. Undeliverable when Slack knows nobody with that e-mail."""
        await self.open()
        identity = await self.book.find(person)
        if identity is not None and identity.standing in (Standing.MEMBER, Standing.GUEST):
            return identity.user
        told = UNREACHABLE.get(identity.standing, NOBODY) if identity else NOBODY
        raise Undeliverable(told.format(email=person))

    async def changed(self, user: Mapping[str, Any]) -> None:
        """Slack says that this user (a user object) changed. Power that it takes is gone when this returns."""
        await self.book.changed(user)

    async def group_changed(self, group: str) -> None:
        """Slack says that this user group has other members now. Nobody waits for who they are."""
        self.regroups(group)

    def colleague(self, identity: Identity) -> Person | None:
        """The verified colleague, without any role; None for everybody else."""
        if identity.standing is not Standing.MEMBER or not self._is_ours(identity.email):
            return None
        zone = _zone(identity.zone) or self._policy.company.zone
        return Person(id=PersonId(identity.email), name=identity.name, zone=zone)

    def _person(self, identity: Identity) -> Person | None:
        colleague = self.colleague(identity)
        if colleague is None:
            return self._external(identity)
        named = self._policy.people.get(colleague.id)
        if named is None:
            self._policy.people.meet(colleague)
        return named or colleague

    def _external(self, identity: Identity) -> Person | None:
        """What the policy names as external of a person, until their last day."""
        if identity.standing not in (Standing.GUEST, Standing.MEMBER):
            return None
        named = self._policy.people.named(PersonId(identity.email))
        if named is None or not is_active(named, self._clock.now()):
            return None
        external = {
            name: frozenset({Role.EXTERNAL}) for name, held in named.roles.items() if Role.EXTERNAL in held
        }
        return replace(named, roles=external) if external else None

    def _is_ours(self, email: str) -> bool:
        domains = {domain.lower() for domain in self._policy.company.domains}
        return not domains or email.partition("@")[2] in domains


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):  # not found is a KeyError; odd names end in the file system
        return None
