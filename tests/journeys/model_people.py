"""Who may do and see what, said here once more and apart from the desk's own table: the model asks both.

It knows the people of `tests/policy.toml`, and Nico, who works for the company and has no role in the desk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.policy.load import parse
from bot.policy.model import Policy

_POLICY: Final = Path(__file__).parents[1] / "policy.toml"
_MORE: Final = """
[people."nico@kettle.example"]
name = "Nico Roth"

[[rules]]
name = "danger"
words = ["smoke"]
mark = "safety"

[[rules]]
name = "somebody known"
author = { followers_at_least = 500000 }
mark = "vip"

[[rules]]
name = "leaks"
words = ["leaked"]
restrict = ["support", "legal"]
"""

NAMES: Final = ("ana", "ben", "cleo", "dana", "finn", "gil", "hana", "ira", "vera", "eli", "nico")
MAY_LEAVE: Final = ("ben", "gil")
"""Not Hana, whose time zone changes how everybody reads a moment."""
COLLEAGUES: Final = {
    "support": ("ana", "ben", "hana"),
    "sales": ("finn", "gil"),
    "pr": ("cleo",),
    "legal": ("cleo",),
}
"""Who works in a department, its lead and duty person first."""
_CHAMPION: Final = "dana@kettle.example"
_EXTERNAL: Final = "eli@agency.example"
_LAST_RESORT: Final = "ana@kettle.example"
_READERS: Final = {"support": ("vera@kettle.example",)}


def email(name: str) -> str:
    return _EXTERNAL if name == "eli" else f"{name}@kettle.example"


_WORK_IN: Final = {place: tuple(map(email, names)) for place, names in COLLEAGUES.items()}


def policy_without(gone: Set[str]) -> Policy:
    """The company, with surges of three, without those people."""
    text = _POLICY.read_text(encoding="utf-8").replace("copies = 1000000", "copies = 3") + _MORE
    for name in gone:
        text = re.sub(rf'\[people\."{email(name)}"\]\n(?:[^\[\n].*\n)*', "", text)
    reading = parse(text, "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody is away; who covers for them, until when."""

    person: str
    cover: str | None
    cover_until: datetime | None
    until: datetime | None

    def covered(self, at: datetime) -> bool:
        return all(end is None or at < end for end in (self.until, self.cover_until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What people may do at one moment."""

    at: datetime
    away: tuple[Away, ...]

    def covers(self, person: str) -> Set[str]:
        """Whom this person stands in for, also for those who stand in for somebody themselves."""
        found: set[str] = set()
        wanted = {person}
        while more := {a.person for a in self.away if a.cover in wanted and a.covered(self.at)} - found:
            found |= more
            wanted |= more
        return found

    def works(self, person: str, department: str | None) -> bool:
        if department is None:
            return any(self.works(person, each) for each in _WORK_IN)
        return person in _WORK_IN[department] or self._stands_for_duty(person, department)

    def leads(self, person: str, department: str) -> bool:
        return person == _WORK_IN[department][0] or self._stands_for_duty(person, department)

    def _stands_for_duty(self, person: str, department: str) -> bool:
        """Duty passes to a cover who works there; where nobody is left, to the last resort or who covers for them."""
        duty = _WORK_IN[department][0]
        if not any(each.person == duty for each in self.away):
            return False
        covers = self.covers(person)
        last = person == _LAST_RESORT or _LAST_RESORT in covers
        return last or (duty in covers and person in _WORK_IN[department])

    def sees(self, person: str, case: Case) -> bool:
        """Whether they may read the case: of a restricted one those departments, its owner and who was paged."""
        if not case.restricted_to or person == _CHAMPION:
            return True
        if person == _EXTERNAL:
            return False
        asked = [page.person for page in case.escalation.pages] if case.escalation else []
        acked = case.escalation.acked_by if case.escalation else None
        if person in (case.owner, *asked, acked):
            return True
        return any(
            person in (*_WORK_IN[where], *_READERS.get(where, ())) or self._stands_for_duty(person, where)
            for where in (case.department, *case.restricted_to)
        )

    def why_not(self, person: str, event: Event, before: Case | None) -> str | None:
        """Why this person may not have done that to the case as it was; None where they may."""
        if before is None or event.kind not in _NEEDED:
            return None
        if not self.sees(person, before):
            return f"{person} does not see it"
        allowed = self._allowed(person, event, before)
        return None if allowed else f"{person} has no right to it"

    def _allowed(self, person: str, event: Event, case: Case) -> bool:
        needed = _NEEDED[event.kind]
        if event.kind is Kind.NOTED and "answers" in event.data:
            needed = "asked"
        me = {person, *self.covers(person)}
        owns = case.owner in me
        paged = case.escalation is not None and any(page.person in me for page in case.escalation.pages)
        works, leads = self.works(person, case.department), self.leads(person, case.department)
        match needed:
            case "works":
                return works or owns
            case "holds":
                return owns or leads or (case.owner is None and works)
            case "leads":
                return leads
            case "takes":
                return works or paged or person == _CHAMPION
            case "seen":
                return works or paged or self.works(person, None) or person == _CHAMPION
            case "notes":
                return works or owns or person == _CHAMPION or self._advises(person, case)
            case "offered":
                return case.offer is not None and self.works(person, case.offer.to)
            case "asked":
                return any(self.works(person, asked.to) for asked in case.consults)
            case "handed":
                return case.handover is not None and case.handover.to in me
            case _:
                return self._may_undo(person, event, case)

    def _advises(self, person: str, case: Case) -> bool:
        external = person == _EXTERNAL and case.department == "sales" and case.community == "x-kettle"
        return external or any(self.works(person, each) for each in case.consulted)

    def _may_undo(self, person: str, event: Event, case: Case) -> bool:
        kept = case.undoable
        if event.kind is Kind.UNDONE and kept is not None:
            return person == kept.by or any(
                self.leads(person, each) for each in (kept.department, case.department)
            )
        return self.works(person, None)


_NEEDED: Final[Mapping[Kind, str]] = {
    Kind.CLAIMED: "takes",
    Kind.TAKEN: "takes",
    Kind.RELEASED: "holds",
    Kind.EXTENDED: "holds",
    Kind.OFFERED: "holds",
    Kind.ACCEPTED: "offered",
    Kind.DECLINED: "offered",
    Kind.CONSULTED: "works",
    Kind.CONSULT_DECLINED: "asked",
    Kind.NOTED: "notes",
    Kind.WAITING: "holds",
    Kind.SNOOZED: "holds",
    Kind.RESOLVED: "holds",
    Kind.DISMISSED: "holds",
    Kind.REOPENED: "works",
    Kind.TAGGED: "works",
    Kind.ASSIGNED: "leads",
    Kind.PRIORITISED: "leads",
    Kind.MERGED: "leads",
    Kind.MERGED_INTO: "leads",
    Kind.RESTRICTED: "leads",
    Kind.ACKNOWLEDGED: "seen",
    Kind.PASSED: "seen",
    Kind.HANDOVER_OFFERED: "holds",
    Kind.HANDOVER_ACCEPTED: "handed",
    Kind.HANDOVER_DECLINED: "handed",
    Kind.UNDONE: "undoes",
    Kind.SEPARATED: "undoes",
}
"""What somebody must be to cause such an event. Anyone may file and escalate; the rest follows from these."""
