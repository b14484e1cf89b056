"""Refusals about offers from one department to another."""

from __future__ import annotations

from datetime import datetime

from bot.domain.people import PersonId, Role
from bot.domain.refusals import CaseRefusal, Names


class OfferPending(CaseRefusal):
    def __init__(self, case_id: int, to: str, until: datetime, *, mine: bool = False) -> None:
        super().__init__(case_id)
        self.to, self.until, self.mine = to, until, mine

    def sentence(self, names: Names) -> str:
        if self.mine:
            return f"Case {self.case_id} is being offered to you: `accept {self.case_id}` makes it yours."
        return (
            f"Case {self.case_id} is being offered to {names.department(self.to)} until "
            f"{names.moment(self.until)}. Wait for the answer, or `release {self.case_id}` to withdraw it."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"accept {self.case_id}",) if self.mine else ()


class NoOffer(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"No offer of case {self.case_id} is waiting: it was answered, withdrawn or ran out. "
            f"`show {self.case_id}` tells which."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class DepartmentClosed(CaseRefusal):
    """Nobody is there to answer an offer; whoever offers says what they want."""

    def __init__(self, case_id: int, to: str, opens: datetime, duty: PersonId | None, note: str) -> None:
        super().__init__(case_id)
        self.to, self.opens, self.duty, self.note = to, opens, duty, note

    def sentence(self, names: Names) -> str:
        who = f"{names.person(self.duty)}, who is on duty" if self.duty else "whoever is on duty"
        return (
            f"{names.department(self.to)} is closed until {names.moment(self.opens)}: nothing was done yet. "
            f"Offer it anyway and they answer then, offer it paging {who}, or keep it."
        )

    def suggestions(self) -> tuple[str, ...]:
        said = f"handoff {self.case_id} {self.to}"
        return tuple(f"{said} {how} {self.note}".strip() for how in ("anyway", "paging"))


class ThirdHandoff(CaseRefusal):
    """Handed over twice already: from now on a lead decides where it belongs."""

    def __init__(self, case_id: int, department: str) -> None:
        super().__init__(case_id)
        self.department = department

    def sentence(self, names: Names) -> str:
        who = names.who_may((Role.LEAD, Role.DUTY), self.department)
        return (
            f"Case {self.case_id} was handed over twice already. Where it belongs is now for a lead of "
            f"{names.department(self.department)} to decide. {who}"
        )


class DecisionStands(CaseRefusal):
    """The third handoff was a lead's decision, so the receiver cannot decline it."""

    def __init__(self, case_id: int, by: PersonId) -> None:
        super().__init__(case_id)
        self.by = by

    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} was handed over twice already, and {names.person(self.by)} decided that it "
            f"belongs here. Say `accept {self.case_id}`, or talk to them."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"accept {self.case_id}",)


class SameDepartment(CaseRefusal):
    def __init__(self, case_id: int, department: str) -> None:
        super().__init__(case_id)
        self.department = department

    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} is with {names.department(self.department)} already. "
            f"To give it to a colleague there, a lead says `assign {self.case_id} <person>`."
        )


class OtherNeeded(CaseRefusal):
    def __init__(self, case_id: int, department: str) -> None:
        super().__init__(case_id)
        self.department = department

    def sentence(self, names: Names) -> str:
        return (
            f"{names.department(self.department)} declines only by naming who else should have it: "
            f"`decline {self.case_id} <department> because ...`."
        )
