"""Refusals: each is a type carrying a sentence that says what happened and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

from bot.domain.people import PersonId, Role

_DOINGS: Final = {
    "priority": "set priorities",
    "ack": "acknowledge",
    "pass": "pass on",
    "note": "write notes",
    "notours": "answer",
    "handoff": "hand off",
    "handover": "hand over",
    "digest": "read digests",
    "list": "list cases",
    "who": "look that up",
    "away": "say who is away",
    "cover": "name who covers",
}
"""What a verb does, where its name alone makes no sentence after "may not"."""


class Names(Protocol):
    """How the reader of a refusal calls people, departments and moments."""

    def person(self, person: PersonId) -> str: ...
    def department(self, department: str) -> str: ...
    def moment(self, at: datetime) -> str: ...
    def who_may(self, roles: Iterable[Role], department: str | None) -> str: ...


class Refusal(Exception):
    """The desk will not do it. Nothing was changed."""

    sentence_text = "That cannot be done."

    def sentence(self, names: Names) -> str:
        return self.sentence_text

    def suggestions(self) -> tuple[str, ...]:
        """Words worth saying next, ready to be pressed."""
        return ()


class CaseRefusal(Refusal):
    """A refusal about one case."""

    def __init__(self, case_id: int) -> None:
        super().__init__(case_id)
        self.case_id = case_id


class NoSuchCase(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"There is no case {self.case_id}. `list open` shows the open ones."

    def suggestions(self) -> tuple[str, ...]:
        return ("list open",)


class NotAllowed(Refusal):
    def __init__(self, verb: str, roles: Iterable[Role], department: str | None) -> None:
        super().__init__(verb)
        self.verb, self.roles, self.department = verb, tuple(roles), department

    def sentence(self, names: Names) -> str:
        where = f" in {names.department(self.department)}" if self.department else ""
        who = names.who_may(self.roles, self.department)
        return f"You may not {_DOINGS.get(self.verb, self.verb)}{where}. {who}"


class OtherCommunity(NotAllowed):
    """Asked of somebody who works for us in some communities only."""

    def sentence(self, names: Names) -> str:
        who = names.who_may(self.roles, self.department)
        return f"This case is of another community than those you work in, so it is not yours to read. {who}"


class AlreadyClaimed(CaseRefusal):
    def __init__(self, case_id: int, owner: PersonId, since: datetime, *, mine: bool = False) -> None:
        super().__init__(case_id)
        self.owner, self.since, self.mine = owner, since, mine

    def sentence(self, names: Names) -> str:
        if self.mine:
            return f"Case {self.case_id} is yours already, since {names.moment(self.since)}."
        who = names.person(self.owner)
        return (
            f"{who} has had case {self.case_id} since {names.moment(self.since)}. "
            f"Ask {who} to release it, or say `take {self.case_id}` with a reason."
        )

    def suggestions(self) -> tuple[str, ...]:
        return () if self.mine else (f"show {self.case_id}", "next")


class NotClaimed(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"Nobody has claimed case {self.case_id}. Say `claim {self.case_id}` to make it yours."

    def suggestions(self) -> tuple[str, ...]:
        return (f"claim {self.case_id}",)


class NotYours(CaseRefusal):
    def __init__(self, case_id: int, owner: PersonId, verb: str) -> None:
        super().__init__(case_id)
        self.owner, self.verb = owner, verb

    def sentence(self, names: Names) -> str:
        who = names.person(self.owner)
        return (
            f"Case {self.case_id} belongs to {who}: only {who} or a lead can {self.verb} it. "
            f"To make it yours, say `take {self.case_id}` with a reason."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class ReasonNeeded(CaseRefusal):
    def __init__(self, case_id: int, verb: str, why: str) -> None:
        super().__init__(case_id)
        self.verb, self.why = verb, why

    def sentence(self, names: Names) -> str:
        return f"{self.why} Say why: `{self.verb} {self.case_id} <reason>`."


class Closed(CaseRefusal):
    def __init__(self, case_id: int, state: str) -> None:
        super().__init__(case_id)
        self.state = state

    def sentence(self, names: Names) -> str:
        return f"Case {self.case_id} is {self.state}. Say `reopen {self.case_id}` first."

    def suggestions(self) -> tuple[str, ...]:
        return (f"reopen {self.case_id}",)


class NotClosed(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"Case {self.case_id} is still open, so there is nothing to reopen."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class CannotHold(CaseRefusal):
    """The person named may not own cases of that department."""

    def __init__(self, case_id: int, person: PersonId, department: str) -> None:
        super().__init__(case_id)
        self.person, self.department = person, department

    def sentence(self, names: Names) -> str:
        return (
            f"{names.person(self.person)} is no member of {names.department(self.department)}, so case "
            f"{self.case_id} cannot be assigned there. Hand the case to their department instead."
        )


class NotEscalated(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"No escalation of case {self.case_id} is running. `escalate {self.case_id} <why>` starts one."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class AlreadyAcknowledged(CaseRefusal):
    def __init__(self, case_id: int, by: PersonId, at: datetime) -> None:
        super().__init__(case_id)
        self.by, self.at = by, at

    def sentence(self, names: Names) -> str:
        return f"{names.person(self.by)} acknowledged case {self.case_id} at {names.moment(self.at)}."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class NobodyLeft(CaseRefusal):
    """Every step was paged, so nothing comes after a pass."""

    def sentence(self, names: Names) -> str:
        return (
            f"Everybody who can be paged for case {self.case_id} was: there is nobody left to pass it to. "
            f"`take {self.case_id}` makes it yours, and a lead can `assign {self.case_id} <person>`."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"take {self.case_id}",)


class AlreadyEscalated(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return f"Case {self.case_id} is being escalated already; `show {self.case_id}` tells who was paged."

    def suggestions(self) -> tuple[str, ...]:
        return (f"show {self.case_id}",)


class NotInFuture(Refusal):
    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at

    def sentence(self, names: Names) -> str:
        passed = f"{names.moment(self.at)} has passed."
        return f"{passed} Say a moment to come, such as `2h`, `tomorrow` or `monday 9:00`."


class NothingToDo(Refusal):
    sentence_text = "Nothing is waiting for you: every case you may claim has an owner. Well done."
