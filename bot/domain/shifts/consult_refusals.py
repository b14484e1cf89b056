"""Refusals about questions to other departments."""

from __future__ import annotations

from datetime import datetime

from bot.domain.refusals import CaseRefusal, Names


class OwnDepartment(CaseRefusal):
    def __init__(self, case_id: int, department: str) -> None:
        super().__init__(case_id)
        self.department = department

    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} is with {names.department(self.department)} itself. To ask your colleagues "
            f"there, say `note {self.case_id} <question>`; to ask others, name their department."
        )


class AskedAlready(CaseRefusal):
    def __init__(self, case_id: int, to: str, until: datetime) -> None:
        super().__init__(case_id)
        self.to, self.until = to, until

    def sentence(self, names: Names) -> str:
        return (
            f"{names.department(self.to)} was asked about case {self.case_id} already and has until "
            f"{names.moment(self.until)}. What they should know besides, say as `note {self.case_id} <text>`: "
            "they see it below their card."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class HiddenFromThem(CaseRefusal):
    """The case is restricted, and the department asked may not see it."""

    def __init__(self, case_id: int, to: str, restricted_to: tuple[str, ...]) -> None:
        super().__init__(case_id)
        self.to, self.restricted_to = to, restricted_to

    def sentence(self, names: Names) -> str:
        may = " and ".join(names.department(each) for each in self.restricted_to)
        wider = ",".join((*self.restricted_to, self.to))
        return (
            f"Case {self.case_id} is restricted to {may}: {names.department(self.to)} would see neither it nor "
            f"the question. A lead lets them in with `restrict {self.case_id} to {wider}`."
        )


class NothingAsked(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"No question about case {self.case_id} is waiting: it was answered, withdrawn or ran out. "
            f"`show {self.case_id}` tells which; `note {self.case_id} <text>` tells colleagues something."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class WhichQuestion(CaseRefusal):
    """Several departments were asked for which this person may speak."""

    def __init__(self, case_id: int, departments: tuple[str, ...]) -> None:
        super().__init__(case_id)
        self.departments = departments

    def sentence(self, names: Names) -> str:
        asked = " and ".join(names.department(each) for each in self.departments)
        return (
            f"{asked} were each asked about case {self.case_id}, and you may speak for them all. "
            "Say it in the channel of the one you mean, below the case's card."
        )
