"""Who stands for a department: turns that pass on at a local moment, and the hours people really work."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.people import COMPANY, Person, PersonId, Role
from bot.domain.times.calendar import Calendar, Span
from bot.policy.duty import champions, is_active, leads, members, on_duty, paged
from bot.policy.model import Community, Company, Department, Goal, Measure, Policy, Rotation, Surge
from bot.policy.roster import Roster
from bot.policy.sections.company import DEFAULTS

MADRID = ZoneInfo("Europe/Madrid")
TOKYO = ZoneInfo("Asia/Tokyo")
WEEKLY = Rotation(weekday=0, at=time(9))
OFFICE = Calendar.parse("Mon-Fri 09:00-18:00", MADRID)


def mail(name: str) -> PersonId:
    return PersonId(f"{name}@aurora.example")


def person(name: str, hours: str | None = None, zone: ZoneInfo = MADRID, **more: object) -> Person:
    calendar = Calendar.parse(hours, zone) if hours else None
    return Person(id=mail(name), name=name, zone=zone, calendar=calendar, **more)  # type: ignore[arg-type]


def policy(
    *people: Person,
    duty: tuple[str, ...] = (),
    rotation: Rotation | None = WEEKLY,
    calendar: Calendar = OFFICE,
    deputies: tuple[str, ...] = (),
) -> Policy:
    support = Department(
        name="support",
        title="Support",
        zone=MADRID,
        calendar=calendar,
        duty=tuple(mail(name) for name in duty),
        rotation=rotation,
    )
    x = Community(
        name="x",
        title="X",
        interacts=("support",),
        pays={"support": 100},
        champion=mail("dana"),
        goal=Goal(measure=Measure.FIRST_RESPONSE_WITHIN, target=Span.parse("1h"), share=0.9),
        deputies=tuple(mail(name) for name in deputies),
    )
    company = Company(name="Aurora", zone=MADRID, calendar=OFFICE, default_community="x")
    return Policy(
        company=company,
        defaults=DEFAULTS,
        surge=Surge(),
        people=Roster({each.id: each for each in people}),
        departments={"support": support},
        communities={"x": x},
        rules=(),
        escalations={},
    )


def at(text: str, zone: ZoneInfo = MADRID) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def who(desk: Policy, moment: str) -> str | None:
    found = on_duty(desk, "support", at(moment))
    return found.split("@")[0] if found else None


ANA, BEN, CLEO = person("ana"), person("ben"), person("cleo")


def test_weekly_turns_pass_on_at_the_local_moment() -> None:
    desk = policy(ANA, BEN, duty=("ana", "ben"))
    first = who(desk, "2026-03-02T09:00")
    second = who(desk, "2026-03-09T09:00")
    assert {first, second} == {"ana", "ben"}
    assert who(desk, "2026-03-09T08:59") == first
    assert who(desk, "2026-03-15T23:00") == second
    assert who(desk, "2026-03-16T09:00") == first


def test_turns_pass_on_at_the_same_local_time_when_the_clocks_change() -> None:
    desk = policy(ANA, BEN, duty=("ana", "ben"), rotation=Rotation(weekday=0, at=time(9)))
    for monday in ("2026-03-30", "2026-10-26"):  # the day after each change
        moment = at(f"{monday}T09:00")
        before = on_duty(desk, "support", moment - timedelta(seconds=1))
        assert before != on_duty(desk, "support", moment)


def test_daily_turns() -> None:
    desk = policy(ANA, BEN, CLEO, duty=("ana", "ben", "cleo"), rotation=Rotation(at=time(8)))
    seen = [who(desk, f"2026-03-{day:02}T10:00") for day in range(2, 8)]
    assert seen[:3] == seen[3:]
    assert set(seen) == {"ana", "ben", "cleo"}
    assert who(desk, "2026-03-03T07:59") == seen[0]


def test_a_turn_on_another_weekday() -> None:
    desk = policy(ANA, BEN, duty=("ana", "ben"), rotation=Rotation(weekday=4, at=time(17)))
    assert who(desk, "2026-03-06T16:59") != who(desk, "2026-03-06T17:00")
    assert who(desk, "2026-03-06T17:00") == who(desk, "2026-03-13T16:59")


def test_turns_count_from_a_fixed_monday() -> None:
    """The same moment means the same person, today and after a restart, also before the anchor."""
    desk = policy(ANA, BEN, duty=("ana", "ben"))
    assert who(desk, "2024-01-01T09:00") == "ana"
    assert who(desk, "2024-01-08T09:00") == "ben"
    assert who(desk, "2023-12-31T09:00") == "ben"


def test_without_rotation_the_first_of_the_list() -> None:
    assert who(policy(ANA, BEN, duty=("ben", "ana"), rotation=None), "2026-03-02T10:00") == "ben"


def test_nobody_on_the_list_and_unknown_departments() -> None:
    assert on_duty(policy(ANA), "support", at("2026-03-02T10:00")) is None
    assert on_duty(policy(ANA, duty=("ana",)), "gone", at("2026-03-02T10:00")) is None


def test_people_who_left_are_skipped_and_the_others_keep_their_turns() -> None:
    gone = person("ben", until=date(2026, 3, 10))
    desk = policy(ANA, gone, CLEO, duty=("ana", "ben", "cleo"))
    stays = policy(ANA, BEN, CLEO, duty=("ana", "ben", "cleo"))
    for week in range(12):
        moment = (date(2026, 3, 12) + timedelta(weeks=week)).isoformat() + "T10:00"
        expected = who(stays, moment)
        assert who(desk, moment) == ("cleo" if expected == "ben" else expected)


def test_the_last_day_itself_still_counts_in_the_persons_zone() -> None:
    last = person("ben", zone=TOKYO, until=date(2026, 3, 10))
    assert is_active(last, at("2026-03-10T23:59", TOKYO))
    assert not is_active(last, at("2026-03-11T00:00", TOKYO))
    assert on_duty(policy(last, duty=("ben",)), "support", at("2026-03-12T10:00")) is None


def test_somebody_of_the_list_who_works_now_stands_in() -> None:
    part_time, kenji = person("ben", "Mon-Wed 09:00-15:00"), person("kenji", "Mon-Fri 09:00-18:00", TOKYO)
    desk = policy(part_time, ANA, kenji, duty=("ben", "ana", "kenji"), rotation=None)
    assert who(desk, "2026-03-02T10:00") == "ben"
    assert who(desk, "2026-03-02T16:00") == "ana"  # Ben has gone home; Ana keeps the department's hours
    assert who(desk, "2026-03-03T03:00") == "kenji"  # 11:00 in Tokyo
    assert who(desk, "2026-03-07T22:00") == "ben"  # nobody works: the turn's own


def test_a_person_of_the_list_whom_the_policy_does_not_know_is_skipped() -> None:
    assert who(policy(ANA, duty=("ghost", "ana"), rotation=None), "2026-03-02T10:00") == "ana"


def test_leads_and_members() -> None:
    people = (
        person("cleo", roles={COMPANY: frozenset({Role.LEAD})}),
        person("ana", roles={"support": frozenset({Role.LEAD, Role.MEMBER})}),
        person("ben", roles={"support": frozenset({Role.MEMBER})}),
        person("eli", roles={"support": frozenset({Role.EXTERNAL})}, until=date(2026, 3, 1)),
        person("vic", roles={"support": frozenset({Role.VIEWER})}),
        person("mia", roles={"marketing": frozenset({Role.LEAD})}),
    )
    desk = policy(*people)
    assert leads(desk, "support") == (mail("ana"), mail("cleo"))
    assert members(desk, "support") == (mail("ana"), mail("ben"), mail("eli"), mail("cleo"))
    assert members(desk, "support", at("2026-03-02T10:00")) == (mail("ana"), mail("ben"), mail("cleo"))


def test_champions() -> None:
    desk = policy(deputies=("cleo", "ana", "dana"))
    assert champions(desk, "x") == (mail("dana"), mail("cleo"), mail("ana"))
    assert champions(desk, "gone") == ()


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("duty", ["ben"]),
        ("lead", ["ana"]),
        ("champion", ["dana"]),
        ("deputies", ["cleo"]),
        ("CLEO@aurora.example", ["cleo"]),
        ("ghost@aurora.example", []),
        ("eli@aurora.example", []),
    ],
)
def test_whom_a_step_pages(page: str, names: list[str]) -> None:
    desk = policy(
        person("ana", roles={"support": frozenset({Role.LEAD})}),
        BEN,
        CLEO,
        person("dana"),
        person("eli", until=date(2026, 3, 1)),
        duty=("ben",),
        deputies=("cleo", "eli"),
    )
    assert paged(desk, page, "support", "x", at("2026-03-02T10:00")) == tuple(map(mail, names))
