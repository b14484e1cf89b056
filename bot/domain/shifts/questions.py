"""Questions to other departments that wait for their answer: looking among them, and ending them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.parts import Consult
from bot.domain.roles import DESK, Actor

ANSWER = "answer"
"""The verb of which whoever answers for a department needs the right there."""


def question_to(case: Case, department: str | None) -> Consult | None:
    """What that department is asked and has not answered."""
    return next((asked for asked in case.consults if asked.to == department), None)


def questions_for(case: Case, by: Actor) -> tuple[Consult, ...]:
    """The questions that this person may answer, oldest first."""
    return tuple(asked for asked in case.consults if by.may(ANSWER, asked.to, case.community))


def was_consulted(case: Case, by: Actor) -> bool:
    """Whether a department was ever asked for whose people this one may write notes."""
    return any(by.may("note", department, case.community) for department in case.consulted)


def ended(case: Case, over: Iterable[Consult]) -> Case:
    """The case without these questions; nothing is recorded."""
    numbers = {asked.event for asked in over}
    return replace(case, consults=tuple(c for c in case.consults if c.event not in numbers))


def withdraw_questions(case: Case, *, by: Actor, at: datetime, to: str | None = None) -> Case:
    """Nobody needs the answer any more: of that department, else of any. Unchanged when nothing was asked."""
    over = tuple(asked for asked in case.consults if to in (None, asked.to))
    case = ended(case, over)
    for asked in over:
        case = record(case, Kind.CONSULT_WITHDRAWN, by, at, to=asked.to, asked_by=asked.by, of=asked.event)
    return case


def expire_questions(case: Case, *, at: datetime) -> Case:
    """Questions whose time is over end unanswered; unchanged while all of them run."""
    over = tuple(asked for asked in case.consults if asked.until <= at)
    case = ended(case, over)
    for asked in over:
        case = record(case, Kind.CONSULT_EXPIRED, DESK, at, to=asked.to, asked_by=asked.by, of=asked.event)
    return case


def next_end(case: Case) -> datetime | None:
    """When the next question runs out."""
    return min((asked.until for asked in case.consults), default=None)
