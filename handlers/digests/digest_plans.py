"""Which digests the policy plans, and the words that bring one: shared by the digest's clock and its view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from bot.domain.digests.digest import Rhythm, Schedule
from bot.domain.people import PersonId
from bot.policy.model import DigestPlan, Policy
from bot.policy.places import channels, lane_of
from bot.policy.presence import standing as who_stands
from bot.ports import Put

USUAL: Final = time(8, 45)
"""When a daily or monthly digest would be due where the policy plans none."""
USUAL_WEEKLY: Final = (4, time(15))


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One digest with its schedule: of a `department` for its channels, or of a `person` for themselves."""

    department: str | None
    person: PersonId | None
    schedule: Schedule

    @property
    def who(self) -> str:
        return self.department or self.person or ""

    @property
    def key(self) -> str:
        """The key of its clock. A policy that moves the digest makes another; the old one ends by itself."""
        schedule = self.schedule
        when = {Rhythm.DAILY: "", Rhythm.WEEKLY: f"{schedule.weekday}-", Rhythm.MONTHLY: f"{schedule.day}-"}
        return f"digest:{self.who}:{schedule.rhythm}:{when[schedule.rhythm]}{schedule.at:%H%M}"

    def subject(self, day: date) -> str:
        return f"{self.who}:{self.schedule.rhythm}:{day}"

    def asked_for(self, day: date | None, now: datetime) -> str:
        """The digest to show who asks at `now` (UTC): the coming one so far, or that of the day they name.

        Of a week or a month any day may be named; a day has its own digest, on weekends too.
        """
        coming = self.schedule.next_after(now)
        if day is None:
            return self.subject(coming)
        named = day if self.schedule.rhythm is Rhythm.DAILY else self.schedule.from_(day)
        return self.subject(min(named, coming))

    def clock(self, day: date) -> Put:
        """The timer that rings for the digest of that local date."""
        who = {"department": self.department} if self.department else {"person": self.person}
        args = {**who, "kind": self.schedule.rhythm.value}
        return Put(kind="digest", key=self.key, due=self.schedule.moment(day), args=args)

    def lanes(self, policy: Policy, at: datetime) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Where it is read: (lane, what a delivery there says of its place). For who is away at `at`, by their cover."""
        if self.person is not None:
            reader = who_stands(policy, self.person, at) or self.person
            yield lane_of(reader), {"person": reader}
        elif self.department is not None:
            for place in channels(policy, self.department):
                yield str(place), {"place": str(place), "department": self.department}


def planned(policy: Policy) -> Iterator[Planned]:
    """Every digest that the policy plans, for people and departments it knows."""
    for plan in policy.digests:
        known = policy.people if plan.person else policy.departments
        if (plan.person or plan.department) in known:
            for schedule in _schedules(policy, plan):
                yield Planned(department=plan.department, person=plan.person, schedule=schedule)


def of(policy: Policy, who: str, rhythm: Rhythm) -> Planned | None:
    """That digest as the policy plans it, else the usual one; None for somebody the policy does not know."""
    found = (plan for plan in planned(policy) if plan.who == who and plan.schedule.rhythm is rhythm)
    plan = next(found, None)
    if plan is not None:
        return plan
    person = PersonId(who) if who in policy.people else None
    if person is None and who not in policy.departments:
        return None
    department = None if person else who
    usual = {Rhythm.DAILY: DigestPlan(daily=USUAL), Rhythm.WEEKLY: DigestPlan(weekly=USUAL_WEEKLY)}
    asked = usual.get(rhythm, DigestPlan(monthly=(1, USUAL)))
    (schedule,) = _schedules(
        policy,
        DigestPlan(
            department=department,
            person=person,
            daily=asked.daily,
            weekly=asked.weekly,
            monthly=asked.monthly,
        ),
    )
    return Planned(department=department, person=person, schedule=schedule)


def standing(policy: Policy, now: datetime) -> list[Put]:
    """The clocks of all digests, each set for its next date after `now` (UTC).

    They are to be put where no clock of that key stands: one that rang during an outage still has to say so.
    """
    return [plan.clock(plan.schedule.next_after(now)) for plan in planned(policy)]


def _schedules(policy: Policy, plan: DigestPlan) -> Iterator[Schedule]:
    if plan.person is not None:
        person = policy.people[plan.person]
        zone, holidays = person.zone, (person.calendar or policy.company.calendar).holidays
    else:
        department = policy.departments[plan.department or ""]
        zone, holidays = department.zone, department.calendar.holidays
    if plan.daily is not None:
        yield Schedule(rhythm=Rhythm.DAILY, at=plan.daily, zone=zone, holidays=holidays)
    if plan.weekly is not None:
        yield Schedule(
            rhythm=Rhythm.WEEKLY, at=plan.weekly[1], zone=zone, weekday=plan.weekly[0], holidays=holidays
        )
    if plan.monthly is not None:
        yield Schedule(
            rhythm=Rhythm.MONTHLY, at=plan.monthly[1], zone=zone, day=plan.monthly[0], holidays=holidays
        )
