"""How people, departments and moments are called in what a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.people import COMPANY, PersonId, Role
from bot.domain.roles import DESK
from bot.policy.model import Policy
from bot.policy.presence import is_active

_ROLE_WORDS = {
    Role.VIEWER: "viewer",
    Role.MEMBER: "member",
    Role.LEAD: "lead",
    Role.DUTY: "person on duty",
    Role.CHAMPION: "executive champion",
    Role.EXTERNAL: "external",
    Role.ADMIN: "admin",
}
_MOST_NAMES = 4
_MOST_ADMINS = 3
_NO_ADMIN = "whoever keeps the desk's policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The names for one reader, whose wall clock is `zone`; `now` is business time, UTC.

    With `says_zone` every moment names its zone: many read it, and their wall clocks differ.
    """

    policy: Policy
    zone: ZoneInfo
    now: datetime
    says_zone: bool = False

    def person(self, person: PersonId | None) -> str:
        if person is None:
            return "nobody"
        if person == DESK.id:
            return DESK.name
        known = self.policy.people.known(person)
        return known.name if known else f"{person} (left)"

    def department(self, department: str) -> str:
        known = self.policy.departments.get(department)
        return known.title if known else department

    def community(self, community: str) -> str:
        known = self.policy.communities.get(community)
        return known.title if known else community

    def moment(self, at: datetime) -> str:
        """A moment in the reader's wall clock: 09:05, Tue 09:05, or 3 Mar 09:05, with the year only where it differs."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        clock = f"{local:%H:%M} {local:%Z}" if self.says_zone else f"{local:%H:%M}"
        if local.date() == today.date():
            return clock
        if abs(local.date() - today.date()) < timedelta(days=7):
            return f"{local:%a} {clock}"
        year = f" {local:%Y}" if local.year != today.year else ""
        return f"{local.day} {local:%b}{year} {clock}"

    def span(self, length: timedelta) -> str:
        """A length of time in the two largest units that matter: 45 s, 12 min, 3 h 20 min, 2 d 4 h."""
        seconds = max(0, int(length.total_seconds()))
        if seconds < 60:
            return f"{seconds} s"
        minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
        if hours < 1:
            return f"{minutes} min"
        if days < 1:
            return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
        return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"

    def due(self, at: datetime) -> str:
        """A due moment with its distance: `14:20 (in 35 min)` or `14:20 (12 min late)`."""
        if at > self.now:
            return f"{self.moment(at)} (in {self.span(at - self.now)})"
        return f"{self.moment(at)} ({self.span(self.now - at)} late)"

    def who_may(self, roles: Iterable[Role], department: str | None) -> str:
        """The people who may, or the roles when nobody has them. An agency's writers are nobody to send others to."""
        wanted = frozenset(roles) - {Role.EXTERNAL}
        people = (person for person in self.policy.people.values() if is_active(person, self.now))
        holders = [p.name for p in people if _holds(p.roles, wanted, department)]
        words = sorted({_ROLE_WORDS[role] for role in wanted})
        if not holders:
            return f"It takes the role {' or '.join(words)}, which nobody has: ask an admin."
        shown = ", ".join(holders[:_MOST_NAMES]) + (" and others" if len(holders) > _MOST_NAMES else "")
        return f"Who may: {shown}."


def admins(policy: Policy) -> str:
    """Whom to ask for a change of the policy: `Ira Lind or Ana Ruiz`."""
    found = [p.name for p in policy.people.values() if Role.ADMIN in p.roles.get(COMPANY, frozenset())]
    return " or ".join(found[:_MOST_ADMINS]) or _NO_ADMIN


def _holds(held: Mapping[str, frozenset[Role]], wanted: frozenset[Role], department: str | None) -> bool:
    return any(
        not roles.isdisjoint(wanted)
        for where, roles in held.items()
        if department is None or where in (department, COMPANY)
    )
