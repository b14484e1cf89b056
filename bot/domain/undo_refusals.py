"""Refusals about taking something back."""

from __future__ import annotations

from bot.domain.people import PersonId, Role
from bot.domain.refusals import CaseRefusal, Names, Refusal
from bot.domain.roles import DESK

_LEADS = (Role.LEAD, Role.DUTY)


class NothingToUndo(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"Nothing of case {self.case_id} can be taken back: only a dismissal, a resolution, an accepted handoff "
            f"or a merge can, within 24 hours. `show {self.case_id}` tells what happened."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class NothingOfYours(Refusal):
    sentence_text = (
        "You did nothing within the last 24 hours that can still be taken back: a dismissal, a resolution, an "
        "accepted handoff or a merge. `undo <case>` takes back what a colleague did, if you lead the department."
    )

    def suggestions(self) -> tuple[str, ...]:
        return ("list mine",)


class TooLate(CaseRefusal):
    """It was done more than a day ago."""

    def __init__(self, case_id: int, what: str, *, closed: bool) -> None:
        super().__init__(case_id)
        self.what, self.closed = what, closed

    def sentence(self, names: Names) -> str:
        said = f"It is more than 24 hours since {self.what} of case {self.case_id}, too late to take it back."
        instead = "reopen" if self.closed else "handoff"
        return f"{said} Say `{' '.join(self.suggestions()) or f'{instead} {self.case_id} <department>'}` instead."

    def suggestions(self) -> tuple[str, ...]:
        return (f"reopen {self.case_id}",) if self.closed else ()


class NotYoursToUndo(CaseRefusal):
    def __init__(self, case_id: int, what: str, by: PersonId, department: str) -> None:
        super().__init__(case_id)
        self.what, self.by, self.department = what, by, department

    def sentence(self, names: Names) -> str:
        who = names.person(self.by)
        return (
            f"Only {who} or a lead can take back {self.what} of case {self.case_id}: talk to {who}. "
            f"{names.who_may(_LEADS, self.department)}"
        )


class OpenAlready(CaseRefusal):
    """A closed case that was reopened since then."""

    def __init__(self, case_id: int, by: PersonId) -> None:
        super().__init__(case_id)
        self.by = by

    def sentence(self, names: Names) -> str:
        why = "the customer wrote again" if self.by == DESK.id else f"{names.person(self.by)} reopened it"
        return f"Case {self.case_id} is open already: {why}. `claim {self.case_id}` makes it yours."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}", f"claim {self.case_id}")


class MergedSince(CaseRefusal):
    def __init__(self, case_id: int, into: int) -> None:
        super().__init__(case_id)
        self.into = into

    def sentence(self, names: Names) -> str:
        return f"Case {self.case_id} was merged into case {self.into} since then; look there."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.into}",)


class WorkedOn(CaseRefusal):
    """The receiver of a handoff has begun to work on it."""

    def __init__(self, case_id: int, by: PersonId, department: str, giver: str, *, mine: bool) -> None:
        super().__init__(case_id)
        self.by, self.department, self.giver, self.mine = by, department, giver, mine

    def sentence(self, names: Names) -> str:
        if self.mine:
            back = f"Hand it back: `handoff {self.case_id} {self.giver} <note>`."
            return f"You have worked on case {self.case_id} since it was accepted. {back}"
        who = names.person(self.by)
        return (
            f"{who} has worked on case {self.case_id} since {names.department(self.department)} accepted it. "
            f"Talk to {who}: they can hand it back to {names.department(self.giver)}."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"handoff {self.case_id} {self.giver}",) if self.mine else (f"show {self.case_id}",)
