"""Who may do what: one table, asked by every move before anything changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.domain.people import COMPANY, PersonId, Role
from bot.domain.refusals import NotAllowed, OtherCommunity

_MEMBERS: Final = (Role.MEMBER, Role.LEAD, Role.DUTY)
_LEADS: Final = (Role.LEAD, Role.DUTY)
_READERS: Final = (*_MEMBERS, Role.VIEWER, Role.CHAMPION, Role.ADMIN, Role.EXTERNAL)
_PAGED: Final = (*_MEMBERS, Role.CHAMPION)

ALLOWED: Final[Mapping[str, tuple[Role, ...]]] = {
    "show": _READERS,
    "list": _READERS,
    "search": _READERS,
    "digest": _READERS,
    "who": _READERS,
    "away": _READERS,
    "cover": _PAGED,
    "handover": _MEMBERS,
    "claim": _MEMBERS,
    "take": (*_MEMBERS, Role.CHAMPION),
    "release": _MEMBERS,
    "extend": _MEMBERS,
    "note": (*_MEMBERS, Role.CHAMPION, Role.EXTERNAL),
    "handoff": _MEMBERS,
    "accept": _MEMBERS,
    "decline": _MEMBERS,
    "consult": _MEMBERS,
    "answer": _MEMBERS,
    "notours": _MEMBERS,
    "snooze": _MEMBERS,
    "wait": _MEMBERS,
    "resolve": _MEMBERS,
    "dismiss": _MEMBERS,
    "reopen": _MEMBERS,
    "ack": _PAGED,
    "pass": _PAGED,
    "tag": _MEMBERS,
    "undo": _MEMBERS,
    "reply": (*_MEMBERS, Role.EXTERNAL),
    "publish": _LEADS,
    "approve": _LEADS,
    "assign": _LEADS,
    "priority": _LEADS,
    "merge": _LEADS,
    "split": _LEADS,
    "restrict": _LEADS,
    "freeze": (*_LEADS, Role.CHAMPION),
    "thaw": (*_LEADS, Role.CHAMPION),
}
"""verb -> the roles of which one is needed, in the case's department or company-wide.

`file` and `escalate` are missing on purpose: anyone in the company may. `publish` and `approve` are what holds where
the policy says nothing else.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, with the roles in force at this moment: duty added, ended ones gone."""

    id: PersonId
    name: str
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    communities: tuple[str, ...] = ()
    covers: frozenset[PersonId] = frozenset()
    """Who is away now and has this person standing in: their claims are acted on as if by a lead of that case."""

    def in_department(self, department: str) -> frozenset[Role]:
        return self.roles.get(department, frozenset()) | self.roles.get(COMPANY, frozenset())

    def everywhere(self) -> frozenset[Role]:
        return frozenset().union(*self.roles.values()) if self.roles else frozenset()

    def may(self, verb: str, department: str | None, community: str | None = None) -> bool:
        """Whether the table gives `verb` to this person in `department` (None: in any)."""
        if self.id == DESK.id:
            return True
        if self._is_foreign_to(department, community):
            return False
        held = self.everywhere() if department is None else self.in_department(department)
        return verb not in ALLOWED or not held.isdisjoint(ALLOWED[verb])

    def must(self, verb: str, department: str | None, community: str | None = None) -> None:
        """Raises NotAllowed, naming who may, unless this person may."""
        if not self.may(verb, department, community):
            only_here = self._is_foreign_to(department, community) and self.may(verb, department)
            raise (OtherCommunity if only_here else NotAllowed)(verb, ALLOWED[verb], department)

    def _is_foreign_to(self, department: str | None, community: str | None) -> bool:
        """Whether this person, an external there, works in other communities only."""
        held = self.everywhere() if department is None else self.in_department(department)
        return community is not None and held == {Role.EXTERNAL} and community not in self.communities

    def leads(self, department: str) -> bool:
        return self.id == DESK.id or not self.in_department(department).isdisjoint(_LEADS)


DESK: Final = Actor(id=PersonId("desk"), name="Baton")
"""The desk itself, when a clock or a rule acts."""
