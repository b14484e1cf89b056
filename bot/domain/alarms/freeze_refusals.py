"""Refusals about stopping publishing and allowing it again. `what` is the scope in words: "X: @kettleco", "case 1042"."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.alarms.freeze import ALL, Freeze, case_in
from bot.domain.people import Role
from bot.domain.refusals import Names, Refusal

_WHO = (Role.LEAD, Role.DUTY, Role.CHAMPION)


class FreezeRefusal(Refusal):
    """A refusal about one scope; `said` is how the scope is typed."""

    def __init__(self, what: str, said: str) -> None:
        super().__init__(what)
        self.what, self.said = what, said


class WhyFreeze(FreezeRefusal):
    def sentence(self, names: Names) -> str:
        return f"Say why publishing is to stop for {self.what}: `freeze {self.said} <why>`. Everybody concerned reads it."


class FreezeWhat(Refusal):
    """It is not said what to freeze or thaw."""

    def __init__(self, verb: str, said: Iterable[str]) -> None:
        super().__init__(verb)
        self.verb, self.said = verb, tuple(said)

    def sentence(self, names: Names) -> str:
        known = f", such as {', '.join(f'`{each}`' for each in self.said[:3])}" if self.said else ""
        return (
            f"Say what to {self.verb}: a case's number, a community{known}, or `all` for the whole company. "
            f"`{self.verb}` alone shows what is frozen."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (self.verb,)


class MayNotFreeze(FreezeRefusal):
    def __init__(self, what: str, said: str, verb: str, departments: Iterable[str]) -> None:
        super().__init__(what, said)
        self.verb, self.departments = verb, tuple(departments)

    def sentence(self, names: Names) -> str:
        if not self.departments:
            return f"Only a champion may {self.verb} {self.what}. {names.who_may(_WHO, 'company')}"
        whose = ", ".join(names.department(each) for each in self.departments)
        return (
            f"Leads and the people on duty of {whose}, and champions, may {self.verb} {self.what}. "
            f"{names.who_may(_WHO, self.departments[0])}"
        )


class FrozenAlready(FreezeRefusal):
    def __init__(self, what: str, said: str, freeze: Freeze) -> None:
        super().__init__(what, said)
        self.freeze = freeze

    def sentence(self, names: Names) -> str:
        return (
            f"Publishing is frozen for {self.what} already, by {names.person(self.freeze.by)} since "
            f"{names.moment(self.freeze.at)}: {self.freeze.why}"
        )

    def suggestions(self) -> tuple[str, ...]:
        return ("freeze",)


class NotFrozen(FreezeRefusal):
    """`wider` says what else stops it, in words and as it is typed."""

    def __init__(self, what: str, said: str, wider: tuple[str, str] | None = None) -> None:
        super().__init__(what, said)
        self.wider = wider

    def sentence(self, names: Names) -> str:
        if self.wider is None:
            return f"Nothing to thaw: publishing is not frozen for {self.what}."
        what, said = self.wider
        return f"Not {self.what} itself is frozen but {what}: `thaw {said}` ends that."

    def suggestions(self) -> tuple[str, ...]:
        return ("freeze",)


class Frozen(Refusal):
    """Nothing of this case may be published now."""

    def __init__(self, case_id: int, freeze: Freeze) -> None:
        super().__init__(case_id)
        self.case_id, self.freeze = case_id, freeze

    def sentence(self, names: Names) -> str:
        one = case_in(self.freeze.scope) is not None
        what = "the whole company" if self.freeze.scope == ALL else f"case {self.case_id}"
        where = what if one or self.freeze.scope == ALL else "its community"
        return (
            f"Nothing was published: {names.person(self.freeze.by)} froze publishing for {where} at "
            f"{names.moment(self.freeze.at)}: {self.freeze.why} Your words are kept; `freeze` shows who can thaw it."
        )

    def suggestions(self) -> tuple[str, ...]:
        return ("freeze",)
