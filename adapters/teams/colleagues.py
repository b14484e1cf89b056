"""What a Teams user is to the desk: whom the policy names, a colleague without any role, or nobody. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from adapters.teams.user import Sender, in_stand_in, read_member
from bot.config import TeamsSettings
from bot.domain.people import Person, PersonId, Role
from bot.policy.duty import is_active
from bot.policy.model import Policy
from bot.ports import Clock, Identity, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleagues:
    """Reads identities by the policy and the tenants that the settings name. A stand-in has no tenants of ours."""

    policy: Policy
    clock: Clock
    settings: TeamsSettings

    def meet(self, identities: Iterable[Identity]) -> None:
        """The desk knows the names of the colleagues among them from now on."""
        colleagues = (self.colleague(self.here(identity)) for identity in identities)
        self.policy.people.meet(*(person for person in colleagues if person is not None))

    def read(self, member: Mapping[str, Any], user: str) -> Identity:
        """A member of a roster, as they are now."""
        identity = read_member(member, user, self._tenants(), self.clock.real())
        return in_stand_in(identity, self.policy) if self.settings.anonymous else identity

    def refused(self, who: Sender) -> Identity | None:
        """Who is nobody, whatever Teams says of them; None for everybody else."""
        if who.bot:
            return self._nobody(who, Standing.BOT)
        if not who.user or not self.of_ours(who):
            return self._nobody(who, Standing.STRANGER)
        return None

    def of_ours(self, who: Sender) -> bool:
        """Whether every tenant that the activity names is one of ours."""
        return self.settings.anonymous or (bool(who.tenants) and who.tenants <= self._tenants())

    def here(self, identity: Identity) -> Identity:
        """As it counts today: the settings may name fewer tenants than when it was written down."""
        if self.settings.anonymous or not identity.team or identity.team in self._tenants():
            return identity
        return replace(identity, standing=Standing.STRANGER)

    def reads(self, identity: Identity) -> bool:
        """Whether words for the person with that e-mail may go to this user: a member of a tenant of ours, or a guest
        whom the policy names as external."""
        standing = self.here(identity).standing
        return standing is Standing.MEMBER or (
            standing is Standing.GUEST and self._external(identity) is not None
        )

    def person(self, identity: Identity) -> Person | None:
        """The policy's person or a colleague, whose name the desk knows from now on; None for nobody of ours."""
        colleague = self.colleague(identity)
        if colleague is None:
            return self._external(identity)
        named = self.policy.people.get(colleague.id)
        if named is None:
            self.policy.people.meet(colleague)
        return named or colleague

    def colleague(self, identity: Identity) -> Person | None:
        """The verified colleague, without any role; None for everybody else."""
        if identity.standing is not Standing.MEMBER or not self._is_ours(identity.email):
            return None
        zone = zone_named(identity.zone) or self.policy.company.zone
        return Person(id=PersonId(identity.email), name=identity.name, zone=zone)

    def _external(self, identity: Identity) -> Person | None:
        """What the policy names as external of a person, until their last day."""
        if identity.standing not in (Standing.GUEST, Standing.MEMBER):
            return None
        named = self.policy.people.named(PersonId(identity.email))
        if named is None or not is_active(named, self.clock.now()):
            return None
        external = {
            name: frozenset({Role.EXTERNAL}) for name, held in named.roles.items() if Role.EXTERNAL in held
        }
        return replace(named, roles=external) if external else None

    def _nobody(self, who: Sender, standing: Standing) -> Identity:
        return replace(read_member({}, who.user, (), self.clock.real()), standing=standing)

    def _is_ours(self, email: str) -> bool:
        domains = {domain.lower() for domain in self.policy.company.domains}
        return not domains or email.partition("@")[2] in domains

    def _tenants(self) -> frozenset[str]:
        return frozenset(() if self.settings.anonymous else map(str.lower, self.settings.tenants))


def zone_named(name: str) -> ZoneInfo | None:
    """None for one that does not exist."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):  # not found is a KeyError; odd names end in the file system
        return None
