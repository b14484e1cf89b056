"""Refusals about handing one's claims to a colleague, and about absences."""

from __future__ import annotations

from datetime import datetime

from bot.domain.people import PersonId
from bot.domain.refusals import CaseRefusal, Names, Refusal


class HandoverPending(CaseRefusal):
    def __init__(self, case_id: int, to: PersonId, until: datetime) -> None:
        super().__init__(case_id)
        self.to, self.until = to, until

    def sentence(self, names: Names) -> str:
        return (
            f"{names.person(self.to)} is asked to take case {self.case_id} over until {names.moment(self.until)}. "
            f"Wait for the answer, or say `extend {self.case_id}` to keep it."
        )

    def suggestions(self) -> tuple[str, ...]:
        return (f"extend {self.case_id}",)


class NothingHandedOver(Refusal):
    """Nobody asks this person to take anything over."""

    def __init__(self, giver: PersonId | None = None) -> None:
        super().__init__(giver)
        self.giver = giver

    def sentence(self, names: Names) -> str:
        who = names.person(self.giver) if self.giver else "Nobody"
        asks = "does not ask you" if self.giver else "asks you"
        return f"{who} {asks} to take a case over: it was answered, withdrawn or ran out. `list mine` shows yours."

    def suggestions(self) -> tuple[str, ...]:
        return ("list mine",)


class NothingToHandOver(Refusal):
    """No claim of theirs can be given to that colleague."""

    def __init__(self, to: PersonId, held: int) -> None:
        super().__init__(to)
        self.to, self.held = to, held

    def sentence(self, names: Names) -> str:
        if not self.held:
            return "You have claimed nothing, so there is nothing to hand over."
        return (
            f"None of your {self.held} claims can go to {names.person(self.to)}: each is offered or handed over "
            f"already, or with a department in which {names.person(self.to)} may not claim. `list mine` shows them."
        )

    def suggestions(self) -> tuple[str, ...]:
        return ("list mine",)


class ToYourself(Refusal):
    sentence_text = "These cases are yours already. Name the colleague who should take them over."


class IsAway(Refusal):
    """Whoever is asked is not there; who covers for them is."""

    def __init__(self, person: PersonId, until: datetime | None, cover: PersonId | None, verb: str) -> None:
        super().__init__(person)
        self.person, self.until, self.cover, self.verb = person, until, cover, verb

    def sentence(self, names: Names) -> str:
        until = f" until {names.moment(self.until)}" if self.until else ""
        covers = f"; {names.person(self.cover)} covers" if self.cover else ""
        return f"{names.person(self.person)} is away{until}{covers}. Name somebody who is there."

    def suggestions(self) -> tuple[str, ...]:
        return (f"{self.verb} {self.cover}",) if self.cover else ()


class CannotCover(Refusal):
    """A cover answers for what the person answers for, so they need a part in one of their departments."""

    def __init__(self, cover: PersonId, person: PersonId) -> None:
        super().__init__(cover)
        self.cover, self.person = cover, person

    def sentence(self, names: Names) -> str:
        who, whom = names.person(self.cover), names.person(self.person)
        if self.cover == self.person:
            return f"{who} cannot cover for {who}. Name a colleague."
        return f"{who} answers for none of the departments of {whom}. Name a colleague who does."


class NotForThem(Refusal):
    """Only they themselves, or a lead of one of their departments, says that somebody is away, back or covered."""

    def __init__(self, person: PersonId) -> None:
        super().__init__(person)
        self.person = person

    def sentence(self, names: Names) -> str:
        who = names.person(self.person)
        return f"Only {who}, or a lead of a department of {who}, can say that. To stand in yourself: `cover {self.person}`."

    def suggestions(self) -> tuple[str, ...]:
        return (f"cover {self.person}",)


class NotAway(Refusal):
    def __init__(self, person: PersonId, *, me: bool) -> None:
        super().__init__(person)
        self.person, self.me = person, me

    def sentence(self, names: Names) -> str:
        return f"{'You are' if self.me else names.person(self.person) + ' is'} not away."
