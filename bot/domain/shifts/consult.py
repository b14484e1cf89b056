"""Consulting: another department is asked for advice. Owner, department and its clocks stay as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.alarms.escalation import work_was_done
from bot.domain.case import Case, authorise, must_be_open, record
from bot.domain.claim import renew
from bot.domain.events import Datum, Kind
from bot.domain.notes import note
from bot.domain.parts import Consult
from bot.domain.roles import Actor
from bot.domain.shifts.consult_refusals import (
    AskedAlready,
    HiddenFromThem,
    NothingAsked,
    OwnDepartment,
    WhichQuestion,
)
from bot.domain.shifts.questions import ANSWER, ended, question_to, questions_for
from bot.domain.terms import Terms


def consult(
    case: Case, to: str, question: str, *, by: Actor, at: datetime, clock: Terms, lease: Terms
) -> Case:
    """Asks the department `to`; the question runs in its working time. The owner's own question renews the claim.

    Raises OwnDepartment, AskedAlready while an earlier question waits there, HiddenFromThem for a case that the
    department may not see.
    """
    authorise(case, by, "consult")
    must_be_open(case)
    if to == case.department:
        raise OwnDepartment(case.id, to)
    waits = question_to(case, to)
    if waits is not None:
        raise AskedAlready(case.id, to, waits.until)
    if case.restricted_to and to not in case.restricted_to:
        raise HiddenFromThem(case.id, to, case.restricted_to)
    asked = Consult(
        to=to,
        by=by.id,
        question=question,
        asked_at=at,
        until=clock.ends(at),
        event=case.seq + len(case.pending) + 1,
    )
    case = replace(
        case,
        consults=(*case.consults, asked),
        consulted=tuple(dict.fromkeys((*case.consulted, to))),
        seen_in=tuple(dict.fromkeys((*case.seen_in, to))),
    )
    case = record(case, Kind.CONSULTED, by, at, to=to, question=question, until=asked.until.isoformat())
    return work_was_done(renew(case, by, at, lease), by, at)


def answer(
    case: Case,
    asked: Consult,
    text: str,
    *,
    by: Actor,
    at: datetime,
    lease: Terms,
    thread: str | None = None,
    message: str | None = None,
) -> Case:
    """The advice is a note of the case, and ends the question. `thread` and `message` are those of a note."""
    by.must(ANSWER, asked.to, case.community)
    answers: dict[str, Datum] = {"answers": asked.event, "for": asked.to, "asked_by": asked.by}
    return note(
        ended(case, (asked,)),
        text,
        by=by,
        at=at,
        lease=lease,
        thread=thread,
        message=message,
        answers=answers,
    )


def not_ours(case: Case, asked: Consult, why: str, *, by: Actor, at: datetime) -> Case:
    """The department cannot say: the question ends without advice."""
    by.must(ANSWER, asked.to, case.community)
    return record(
        ended(case, (asked,)),
        Kind.CONSULT_DECLINED,
        by,
        at,
        to=asked.to,
        asked_by=asked.by,
        of=asked.event,
        why=why,
    )


def theirs(case: Case, by: Actor, here: str | None) -> Consult:
    """The question that `by` means: of the department in whose channel they speak, else the only one they may answer.

    Raises NothingAsked; NotAllowed, naming who may; WhichQuestion for who could answer several.
    """
    if not case.consults:
        raise NothingAsked(case.id)
    mine = questions_for(case, by)
    spoken_for = next((asked for asked in mine if asked.to == here), None)
    if spoken_for is not None:
        return spoken_for
    if not mine:
        by.must(ANSWER, case.consults[0].to, case.community)
    if len(mine) > 1:
        raise WhichQuestion(case.id, tuple(asked.to for asked in mine))
    return mine[0]


def answered_by_note(case: Case, by: Actor, here: str | None) -> Consult | None:
    """The question that a note answers: one written in the asked department's channel, or anywhere by who only
    advises; None for any other note."""
    mine = questions_for(case, by)
    spoken_for = next((asked for asked in mine if asked.to == here), None)
    if spoken_for is not None:
        # Who asked tells more of the question there.
        return spoken_for if spoken_for.by != by.id else None
    works_here = case.owner == by.id or by.may("note", case.department, case.community)
    return mine[0] if len(mine) == 1 and not works_here and here is None else None
