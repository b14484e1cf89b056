"""Who may see a restricted case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.alarms.escalation import Rung, climb, escalate
from bot.domain.case import Case
from bot.domain.people import COMPANY, PersonId, Role
from bot.domain.refusals import NotAllowed
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.consult import consult
from bot.domain.shifts.handoff import offer
from bot.domain.sight import (
    eyes_in,
    eyes_of,
    lift,
    restrict,
    restrict_by_desk,
    sees,
    viewers,
    visible,
)
from bot.domain.sight_refusals import NotRestricted, NotTheirs
from tests.bot.domain.made import ANA, BEN, DANA, GIL, LEASE, NOBODY, NOW, OFFER, VERA, actor, claimed


def hidden(*to: str) -> Case:
    return restrict(claimed(), to or ("support",), by=ANA, at=NOW, lease=LEASE)


def test_its_own_department_always_sees_it() -> None:
    assert hidden("legal").restricted_to == ("support", "legal")
    moved = replace(hidden("legal"), department="pr")
    assert sees(actor("pia", pr=Role.MEMBER), moved)


@pytest.mark.parametrize("who", [ANA, BEN, VERA, DANA, DESK, actor("vi", company=Role.VIEWER)])
def test_who_reads_for_one_of_its_departments_or_for_all(who: Actor) -> None:
    assert sees(who, hidden())


@pytest.mark.parametrize(
    "who",
    [
        GIL,
        NOBODY,
        actor("ira", company=Role.ADMIN),
        actor("ivo", support=Role.ADMIN),
        actor("eli", support=Role.EXTERNAL),
    ],
)
def test_who_does_not(who: Actor) -> None:
    assert not sees(who, hidden())
    assert sees(who, claimed())


def test_externals_never_do_whatever_else_they_are() -> None:
    roles = {"support": frozenset({Role.EXTERNAL}), COMPANY: frozenset({Role.CHAMPION})}
    eli = Actor(id=PersonId("eli@x.example"), name="Eli", roles=roles)
    assert not sees(eli, replace(hidden(), owner=eli.id))


def test_its_owner_and_who_was_paged_do() -> None:
    case = escalate(replace(hidden(), owner=GIL.id), "fire", "standard", by=ANA, at=NOW)
    rung = Rung(step=0, round=0, people=(NOBODY.id,), next_at=None)
    case = climb(case, rung, at=NOW)
    assert sees(GIL, case) and sees(NOBODY, case)
    assert viewers(case) == ("support", GIL.id, NOBODY.id)
    assert viewers(claimed()) == ()


def test_channels() -> None:
    assert visible(hidden(), eyes_in("support"))
    assert not visible(hidden(), eyes_in("sales")) and not visible(hidden(), eyes_in(None))
    assert eyes_of(DANA) is None


def test_only_leads_restrict_and_open() -> None:
    for who in (BEN, VERA, GIL):
        with pytest.raises(NotAllowed):
            restrict(claimed(), ("support",), by=who, at=NOW, lease=LEASE)
        with pytest.raises(NotAllowed):
            lift(hidden(), by=who, at=NOW)
    assert lift(hidden(), by=ANA, at=NOW).restricted_to == ()
    with pytest.raises(NotRestricted):
        lift(claimed(), by=ANA, at=NOW)


def test_the_same_again_is_no_event() -> None:
    case = hidden("legal", "pr")
    assert restrict(case, ("pr", "legal"), by=ANA, at=NOW, lease=LEASE) is case


def test_nothing_about_it_waits_for_who_may_not_see_it() -> None:
    case = consult(claimed(), "sales", "zebras?", by=BEN, at=NOW, clock=OFFER, lease=LEASE)
    case = offer(case, "pr", "", by=BEN, at=NOW, clock=OFFER, lease=LEASE, page_at_half=False)
    after = restrict(case, ("legal",), by=ANA, at=NOW, lease=LEASE)
    assert after.offer is None and after.consults == ()
    assert after.lease is not None and after.lease.left is None
    both = restrict(case, ("sales", "pr"), by=ANA, at=NOW, lease=LEASE)
    assert both.offer is not None and len(both.consults) == 1
    by_desk = restrict_by_desk(case, ("legal",), "a rule", at=NOW, lease=LEASE)
    assert by_desk.offer is None and by_desk.consults == ()
    with pytest.raises(NotTheirs):
        offer(after, "pr", "", by=BEN, at=NOW, clock=OFFER, lease=LEASE, page_at_half=False)


def test_the_desk_never_widens() -> None:
    case = hidden()
    assert restrict_by_desk(case, ("legal",), "a rule", at=NOW, lease=LEASE) is case
    assert restrict_by_desk(claimed(), (), "no rule", at=NOW, lease=LEASE) == claimed()
