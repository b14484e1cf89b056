"""`digest`: posted on its clock, skipped aloud when too late, and whenever somebody asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.cards.card import Card
from bot.domain.digests.digest import Rhythm
from handlers.digests import digest_plans
from handlers.digests.digest import standing
from tests.desk import MONDAY, Story, Time, a_desk, test_policy, text_of


async def digests(desk: Story, department: str = "support") -> list[Card]:
    return [card for card in await desk.channel(department) if "digest" in card.title]


async def test_it_is_posted_at_its_local_time_once(desk: Story) -> None:
    await desk.mention()
    await desk.passes(hours=23, minutes=44)
    assert await digests(desk) == []
    await desk.passes(minutes=1)
    (card,) = await digests(desk)
    assert card.title == "Support · daily digest · Tue 3 Mar 2026"
    await desk.passes(hours=5)
    assert len(await digests(desk)) == 1


async def test_it_counts_what_happened(desk: Story) -> None:
    first, second = await desk.mention(), await desk.mention()
    moved = await desk.mention()
    await desk.hears(f"claim {first}", from_="ben")
    await desk.hears(f"resolve {first} answered", from_="ben")
    await desk.hears(f"handoff {moved} sales", from_="ben")
    await desk.hears(f"accept {moved}", from_="gil")
    await desk.passes(days=1)
    said = text_of((await digests(desk))[0])
    assert "Opened: 3\n" in said
    assert "Answered in time: 1 of 2 (50 %)" in said
    assert "Resolved: 1\n" in said
    assert "Missed: 1\n" in said
    assert "Handed over: 0 in, 1 out\n" in said
    assert "Waiting longest (1 case without an answer)" in said
    assert f"{second} · P3" in said
    assert "Busiest: Mon 09–12, with 3 of 3 cases opened." in said
    assert "Changes are against" not in said, "there was nothing the week before"


async def test_a_quiet_day_says_so_in_one_line(desk: Story) -> None:
    await desk.passes(days=1)
    said = text_of((await digests(desk))[0]).splitlines()
    assert said[2:] == ["A quiet time: nothing came in and nothing was missed."]


async def test_monday_covers_the_weekend(desk: Story) -> None:
    await desk.passes(days=6)
    await desk.mention()
    await desk.passes(days=1)
    card = (await digests(desk))[-1]
    assert card.title == "Support · daily digest · Mon 9 Mar 2026"
    assert "Fri 6 Mar 08:45 to Mon 9 Mar 08:45" in text_of(card)
    assert "Opened: 1" in text_of(card)
    titles = [c.title for c in await digests(desk) if "daily" in c.title]
    assert len(titles) == 5  # Tuesday to Friday, and Monday


async def test_a_weekly_digest_has_its_own_clock(desk: Story) -> None:
    await desk.passes(days=5)
    assert [c.title for c in await digests(desk) if "weekly" in c.title] == [
        "Support · weekly digest · Fri 6 Mar 2026"
    ]


async def test_a_champions_monthly_digest_comes_to_their_direct_messages(desk: Story) -> None:
    await desk.passes(hours=720)
    cards = [c for c in await desk.direct("dana") if "monthly digest" in c.title]
    assert [c.title for c in cards] == ["Your communities · monthly digest · Wed 1 Apr 2026"]


async def after_an_outage(desk: Story, length: timedelta) -> None:
    """Nobody worked meanwhile."""
    desk.time.at += length
    await desk.settles()


async def test_more_than_a_day_late_it_is_skipped_and_said(desk: Story) -> None:
    await after_an_outage(desk, timedelta(days=2, hours=1))  # Wednesday 10:00
    said = [text_of(card) for card in await desk.channel("support")]
    assert [line for line in said if "skipped" in line] == [
        "The daily digest of Tue 3 Mar was skipped: Baton was not running when it was due. "
        "`digest support 2026-03-03` shows it."
    ]
    assert [c.title for c in await digests(desk)] == ["Support · daily digest · Wed 4 Mar 2026"]
    await desk.passes(days=1)
    assert len(await digests(desk)) == 2


async def test_several_skipped_digests_are_said_in_one_sentence(desk: Story) -> None:
    await after_an_outage(desk, timedelta(days=4))
    said = [text_of(card) for card in await desk.channel("support") if "skipped" in text_of(card)]
    assert len(said) == 1
    assert said[0].startswith("3 daily digests (Tue 3 Mar to Thu 5 Mar) were skipped")


async def test_a_restart_over_its_moment_loses_no_digest(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time):
        pass
    time.at += timedelta(days=1)  # It was due at 08:45, and the desk starts at 09:00.
    async with a_desk(tmp_path, time=time) as again:
        await again.settles()
        assert [card.title for card in await digests(again)] == ["Support · daily digest · Tue 3 Mar 2026"]


# -- on demand -----------------------------------------------------------------------------------


async def test_asked_for_it_shows_the_time_since_the_last_one(desk: Story) -> None:
    await desk.mention()
    said = await desk.says("digest support", from_="vera")
    assert said.startswith("Support · so far")
    assert "Mon 2 Mar 08:45 to Mon 2 Mar 09:00" in said
    assert "Opened: 1\n" in said


async def test_asked_for_a_day_it_shows_that_days_digest(desk: Story) -> None:
    await desk.mention()
    await desk.passes(days=2)
    said = await desk.says("digest support 2026-03-03", from_="vera")
    assert said.startswith("Support · daily digest · Tue 3 Mar 2026")
    assert "Opened: 1" in said


async def test_without_a_department_it_is_the_one_of_the_channel_or_all_of_mine(desk: Story) -> None:
    assert (await desk.says("digest", from_="cleo", in_="support")).startswith("Support")
    assert (await desk.says("digest", from_="ben")).startswith("Support")
    both = await desk.says("digest", from_="cleo")
    assert both.startswith("Your departments")


async def test_an_external_sees_the_numbers_of_their_own_department_only(desk: Story) -> None:
    assert (await desk.says("digest sales", from_="eli")).startswith("Sales")
    assert "You may not read digests" in await desk.says("digest support", from_="eli")


# -- the standing clocks ---------------------------------------------------------------------------


def test_every_digest_of_the_policy_has_a_clock_of_its_own() -> None:
    puts = {put.key: put.due for put in standing(test_policy(), MONDAY)}
    assert puts["digest:support:daily:0845"] == MONDAY + timedelta(hours=23, minutes=45)
    assert puts["digest:support:weekly:4-1500"] == MONDAY + timedelta(days=4, hours=6)
    assert puts["digest:dana@kettle.example:monthly:1-0900"] == datetime.fromisoformat(
        "2026-04-01T08:00:00+00:00"
    )
    assert len(puts) == len(standing(test_policy(), MONDAY))


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_a_digest_nobody_planned_has_the_usual_schedule(rhythm: Rhythm) -> None:
    policy = test_policy()
    plan = digest_plans.of(policy, "hana@kettle.example", rhythm)
    assert plan is not None
    assert plan.schedule.rhythm is rhythm
    assert str(plan.schedule.zone) == "Asia/Tokyo"
    assert digest_plans.of(policy, "nobody", rhythm) is None
