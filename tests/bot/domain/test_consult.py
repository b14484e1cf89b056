"""Asking another department for advice: what changes, and what must not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.notes import change_note, note
from bot.domain.parts import State
from bot.domain.people import Role
from bot.domain.refusals import Closed, NotAllowed
from bot.domain.roles import Actor
from bot.domain.shifts.consult import answer, answered_by_note, consult, theirs
from bot.domain.shifts.consult_refusals import HiddenFromThem, OwnDepartment, WhichQuestion
from bot.domain.shifts.questions import expire_questions, next_end, questions_for
from tests.bot.domain.made import (
    ANA,
    BEN,
    GIL,
    HOURS,
    LEASE,
    MINUTE,
    NOW,
    VERA,
    a_case,
    actor,
    claimed,
    kinds,
    saved,
    terms,
)

CLOCK = terms("2wh", HOURS)
EVE = actor("eve", legal=Role.EXTERNAL)
LEA = actor("lea", legal=Role.MEMBER)
MO = replace(BEN, roles={**BEN.roles, "legal": frozenset({Role.MEMBER})})


def asked(case: Case, to: str = "legal", by: Actor = BEN) -> Case:
    return consult(case, to, "may we?", by=by, at=NOW + MINUTE, clock=CLOCK, lease=LEASE)


def test_only_the_owners_question_renews_the_claim() -> None:
    case = claimed()
    renewed = asked(case).lease
    assert renewed is not None
    assert renewed.until == NOW + MINUTE * 61
    assert asked(case, by=ANA).lease == case.lease
    for after in (asked(case), asked(case, by=ANA)):
        assert (after.owner, after.department, after.state, after.offer) == (
            BEN.id,
            "support",
            case.state,
            None,
        )


def test_an_unclaimed_case_stays_unclaimed() -> None:
    after = asked(a_case())
    assert (after.owner, after.lease, after.seen_in) == (None, None, ("support", "legal"))


def test_who_may_not_ask_and_whom_nobody_asks() -> None:
    for stranger in (VERA, GIL):
        with pytest.raises(NotAllowed):
            asked(claimed(), by=stranger)
    with pytest.raises(OwnDepartment):
        asked(claimed(), to="support")
    with pytest.raises(Closed):
        asked(a_case(state=State.RESOLVED))


def test_nobody_is_asked_about_what_they_may_not_see() -> None:
    restricted = replace(claimed(), restricted_to=("support", "legal"))
    assert asked(restricted).consults
    with pytest.raises(HiddenFromThem):
        asked(restricted, to="pr")


def test_the_answer_ends_its_own_question_only_and_renews_nothing() -> None:
    case = saved(asked(asked(claimed()), to="pr"))
    after = answer(case, case.consults[0], "no", by=LEA, at=NOW + 5 * MINUTE, lease=LEASE)
    assert [each.to for each in after.consults] == ["pr"]
    assert kinds(after) == [Kind.NOTED]
    assert after.pending[0].data["answers"] == case.consults[0].event
    assert after.lease == case.lease
    with pytest.raises(NotAllowed):
        answer(case, case.consults[0], "no", by=EVE, at=NOW, lease=LEASE)


def test_which_note_is_an_answer() -> None:
    case = saved(asked(claimed()))
    (question,) = case.consults
    assert answered_by_note(case, LEA, "legal") == question
    assert answered_by_note(case, LEA, None) == question
    assert answered_by_note(case, ANA, "support") is None
    assert answered_by_note(case, MO, "support") is None
    # Who asked explains there; that is no answer.
    assert answered_by_note(saved(asked(claimed(MO), by=MO)), MO, "legal") is None
    assert answered_by_note(case, EVE, "legal") is None


def test_who_was_asked_may_note_and_mend_it_later() -> None:
    with pytest.raises(NotAllowed):
        note(claimed(), "hm", by=LEA, at=NOW, lease=LEASE)
    case = saved(asked(claimed()))
    after = answer(case, case.consults[0], "no", by=LEA, at=NOW, lease=LEASE)
    mended = change_note(saved(after), after.pending[0], "yes", by=LEA, at=NOW, lease=LEASE)
    assert kinds(mended) == [Kind.NOTE_CHANGED]


def test_who_may_speak_for_several_says_for_which() -> None:
    both = actor("both", legal=Role.MEMBER)
    both = replace(both, roles={**both.roles, "pr": frozenset({Role.MEMBER})})
    case = asked(asked(claimed()), to="pr")
    assert len(questions_for(case, both)) == 2
    with pytest.raises(WhichQuestion):
        theirs(case, both, None)
    assert theirs(case, both, "pr").to == "pr"


def test_the_clock_is_the_first_question_to_end() -> None:
    case = asked(claimed())
    end = next_end(case)
    assert end == NOW + 121 * MINUTE
    assert kinds(expire_questions(saved(case), at=end - MINUTE)) == []
    over = expire_questions(saved(case), at=end)
    assert (over.consults, next_end(over), kinds(over)) == ((), None, [Kind.CONSULT_EXPIRED])
