"""Refusals about restricted cases."""

from __future__ import annotations

from bot.domain.people import PersonId
from bot.domain.refusals import CaseRefusal, Names, Refusal


class Restricted(CaseRefusal):
    """Not for these eyes. `department` answers for the case, `duty` is on duty there now."""

    def __init__(self, case_id: int, department: str, duty: PersonId | None = None) -> None:
        super().__init__(case_id)
        self.department, self.duty = department, duty

    def sentence(self, names: Names) -> str:
        duty = f" ({names.person(self.duty)} is on duty)" if self.duty else ""
        return f"{self.case_id} is restricted. Ask {names.department(self.department)}{duty}."


class NotRestricted(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} is not restricted: everybody with a role here sees it. "
            f"`restrict {self.case_id} to <departments>` changes that."
        )


class NotTheirs(CaseRefusal):
    """The case is restricted, and the department it is to be offered to may not see it."""

    def __init__(self, case_id: int, to: str, restricted_to: tuple[str, ...]) -> None:
        super().__init__(case_id)
        self.to, self.restricted_to = to, restricted_to

    def sentence(self, names: Names) -> str:
        may = " and ".join(names.department(each) for each in self.restricted_to)
        return (
            f"Case {self.case_id} is restricted to {may}: {names.department(self.to)} would not see what it is "
            f"offered. A lead lets them in first with `{self._wider}`."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (self._wider,)

    @property
    def _wider(self) -> str:
        return f"restrict {self.case_id} to {','.join((*self.restricted_to, self.to))}"


class ToWhom(Refusal):
    """`restrict` without a department that anybody could read out of it."""

    def __init__(self, case_id: int, said: str) -> None:
        super().__init__(case_id)
        self.case_id, self.said = case_id, said

    def sentence(self, names: Names) -> str:
        unknown = f"There is no department “{self.said}”. " if self.said else ""
        return (
            f"{unknown}Say who may see it, as in `restrict {self.case_id} to legal,pr`; "
            f"`restrict {self.case_id} off` opens it to everybody again."
        )
