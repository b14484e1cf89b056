"""The champion's page: goals, escalations and how they ended, what got better or worse, over all departments."""

from __future__ import annotations

from datetime import timedelta

from tests.desk import Story


async def test_it_tells_of_all_communities_that_its_reader_champions(desk: Story) -> None:
    first, second = await desk.mention(), await desk.mention("the price?")
    elsewhere = await desk.mention(source="forum")
    for case, who in ((first, "ben"), (second, "gil"), (elsewhere, "ben")):
        await desk.hears(f"claim {case}", from_=who)
        await desk.hears(f"resolve {case} answered", from_=who)
    said = await desk.says("digest weekly", from_="dana")
    assert said.startswith("Your communities · this week so far")
    assert "3 cases opened, 2 of 2 goals reached." in said
    assert "X: @kettleco: reached: 2 of 2 (100 %)" in said
    assert "X: @kettleco 2 and Anything else we hear 1." in said


async def test_escalations_how_fast_they_were_answered_and_how_they_ended(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"escalate {case} the customer is furious", from_="ben")
    await desk.passes(minutes=3)
    await desk.hears(f"claim {case}", from_="ana")
    running = await desk.mention()
    await desk.hears(f"escalate {running} this too", from_="ben")
    said = await desk.says("digest weekly", from_="dana")
    assert "Cases: 2: 1 claimed, 1 still running" in said
    assert "answered after 3 min (the median)" in said


async def test_what_got_worse_against_the_week_before(desk: Story) -> None:
    quick = await desk.mention()
    await desk.hears(f"claim {quick}", from_="ben")
    await desk.hears(f"resolve {quick} answered", from_="ben")
    desk.time.at += timedelta(days=7)
    await desk.settles()
    slow = await desk.mention()
    desk.time.at += timedelta(hours=2)
    await desk.settles()
    said = await desk.says("digest weekly", from_="dana")
    assert f"{slow}" in said
    assert "Worse: X: @kettleco -100 points towards its goal." in said


async def test_a_quiet_time_takes_one_line(desk: Story) -> None:
    said = await desk.says("digest weekly", from_="dana")
    assert said.splitlines()[2:] == ["A quiet time: nothing came in, and nobody had to be paged."]


async def test_who_champions_nothing_reads_of_their_departments(desk: Story) -> None:
    assert (await desk.says("digest weekly", from_="cleo")).startswith("Your departments · this week so far")


async def test_what_was_merged_is_counted_once(desk: Story) -> None:
    first, second = await desk.mention(), await desk.mention("Is Leeds open on Sundays?")
    await desk.mention(source="forum")
    await desk.hears(f"merge {second} into {first} one customer", from_="ana")
    said = await desk.says("digest weekly", from_="dana")
    assert "2 cases opened" in said
    assert "X: @kettleco 1 and Anything else we hear 1." in said
