"""Absences as a live part of the policy: who stands for whom, and whom duty falls to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.people import PersonId, Role
from bot.domain.shifts.absence import Absence
from bot.domain.times.calendar import Calendar
from bot.policy.actors import actor_of
from bot.policy.duty import LEAD, on_duty, paged, turn_ends, turn_of
from bot.policy.model import Policy, Rotation
from bot.policy.places import speaking
from bot.policy.presence import standing, works_again
from bot.policy.roster import Roster
from tests.desk import MONDAY, test_policy

ANA, BEN, CLEO, DANA, FINN, GIL, HANA = (
    PersonId(f"{name}@kettle.example") for name in ("ana", "ben", "cleo", "dana", "finn", "gil", "hana")
)
LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)


def away(person: PersonId, cover: PersonId | None = None, *, hours: float | None = 8) -> Absence:
    until = MONDAY + timedelta(hours=hours) if hours is not None else None
    return Absence(person=person, since=MONDAY, by=person, until=until, cover=cover)


def policy_with(*absences: Absence, duty: tuple[PersonId, ...] = (ANA, BEN, HANA)) -> Policy:
    known = test_policy()
    support = replace(known.departments["support"], duty=duty)
    policy = replace(known, departments={**known.departments, "support": support})
    policy.absences.adopt(absences)
    return policy


def test_copies_of_a_policy_share_them() -> None:
    policy = test_policy()
    copy = speaking(policy, ("web",))
    copy.absences.put(away(ANA))
    assert policy.absences.of(ANA, MONDAY) is not None
    assert policy.absences.of(ANA, MONDAY + 8 * HOUR) is None
    assert policy.absences.of(ANA, MONDAY - HOUR) is None


def test_covers_are_followed_and_never_for_ever() -> None:
    policy = policy_with(away(ANA, BEN), away(BEN, HANA))
    assert standing(policy, ANA, MONDAY) == HANA
    assert policy.absences.covered_by(HANA, MONDAY) == {ANA, BEN}
    policy.absences.put(away(HANA, ANA))
    assert standing(policy, ANA, MONDAY) is None
    assert standing(policy, PersonId("gone@kettle.example"), MONDAY) is None


def test_a_cover_may_end_before_the_absence() -> None:
    short = replace(away(ANA, BEN), cover_until=MONDAY + HOUR)
    policy = policy_with(short)
    assert standing(policy, ANA, MONDAY) == BEN
    assert standing(policy, ANA, MONDAY + HOUR) is None


def test_duty_goes_to_the_cover_else_to_the_next_who_works() -> None:
    assert on_duty(policy_with(away(ANA, HANA)), "support", MONDAY) == HANA
    assert on_duty(policy_with(away(ANA)), "support", MONDAY) == BEN
    # A cover without a part in the department has no turn there.
    assert on_duty(policy_with(away(ANA, FINN)), "support", MONDAY) == BEN


def test_a_whole_list_that_is_away_leaves_a_lead_then_the_fallback() -> None:
    assert on_duty(policy_with(away(BEN), away(HANA), duty=(BEN, HANA)), "support", MONDAY) == ANA
    everybody = policy_with(away(BEN), away(HANA), away(ANA), duty=(BEN, HANA))
    assert on_duty(everybody, "support", MONDAY) == ANA
    everybody.absences.put(away(ANA, CLEO))
    assert on_duty(everybody, "support", MONDAY) == CLEO


def test_who_covers_acts_with_duty_and_for_whom_they_cover() -> None:
    policy = policy_with(away(ANA, BEN))
    ben = actor_of(policy, policy.people[BEN], MONDAY)
    assert Role.DUTY in ben.in_department("support")
    assert ben.covers == {ANA}
    assert actor_of(policy, policy.people[BEN], MONDAY + 8 * HOUR).covers == frozenset()


def test_leads_and_champions_who_are_away_are_stood_for() -> None:
    policy = policy_with(away(ANA, BEN), away(DANA))
    assert paged(policy, LEAD, "support", "x-kettle", MONDAY) == (BEN,)
    assert paged(policy, "champion", "support", "x-kettle", MONDAY) == (CLEO,)
    policy.absences.put(away(DANA, BEN))
    assert paged(policy, "champion", "support", "x-kettle", MONDAY) == (BEN,)


def test_duty_prefers_who_reads_the_language_among_those_who_work() -> None:
    policy = policy_with()
    speaking_people = {
        who: replace(person, languages=("en", "es-MX") if who == HANA else ("en",))
        for who, person in policy.people.items()
    }
    policy = replace(policy, people=Roster(speaking_people))
    assert on_duty(policy, "support", MONDAY, language="es") == HANA
    assert on_duty(policy, "support", MONDAY, language="en") == ANA
    assert on_duty(policy, "support", MONDAY, language="fi") == ANA
    assert on_duty(policy, "support", MONDAY) == ANA
    policy.absences.put(away(HANA))
    assert on_duty(policy, "support", MONDAY, language="es") == ANA


def rotating(weekday: int | None = 0) -> Policy:
    policy = policy_with()
    support = replace(policy.departments["support"], rotation=Rotation(at=time(9), weekday=weekday))
    return replace(policy, departments={**policy.departments, "support": support})


def test_turns_end_at_the_local_moment_also_when_the_clocks_change() -> None:
    policy = rotating()
    # British summer time begins on 29 March 2026: nine in the morning is 08:00 UTC from then on.
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    change = datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert turn_ends(policy, "support", before) == change
    assert turn_of(policy, "support", change - timedelta(seconds=1)) != turn_of(policy, "support", change)
    assert turn_ends(policy, "support", change) == change + timedelta(days=7)
    autumn = datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert turn_ends(rotating(None), "support", autumn) == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_on_a_holiday_the_turn_is_kept_but_who_works_is_turned_to() -> None:
    policy = rotating()
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    turn = turn_of(policy, "support", at)
    assert turn is not None
    resting = Calendar.parse("Mon-Sun 07:00-22:00", LONDON, frozenset({date(2026, 3, 2)}))
    people = {**policy.people, turn: replace(policy.people[turn], calendar=resting)}
    policy = replace(policy, people=Roster(people))
    assert turn_of(policy, "support", at) == turn
    assert on_duty(policy, "support", at) not in (turn, None)


def test_when_somebody_works_again() -> None:
    policy = policy_with(away(BEN, hours=14), away(HANA, hours=None))
    assert works_again(policy, BEN, "support", MONDAY) == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert works_again(policy, HANA, "support", MONDAY) is None
