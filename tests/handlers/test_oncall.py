"""`oncall` and `who`."""

from __future__ import annotations

from tests.desk import Story


async def test_who_is_on_call_everywhere(desk: Story) -> None:
    said = await desk.says("oncall", from_="vera")
    assert "Support: Ana Ruiz open until 22:00" in said
    assert "Legal: Cleo Hart open until 18:00 · +44 20 7946 0000" in said


async def test_one_department_in_full_with_its_ladder(desk: Story) -> None:
    said = await desk.says("oncall legal", from_="ben")
    assert "On call: Cleo Hart" in said
    assert "Leads: Cleo Hart" in said
    assert "1. the person on duty, 5 min to answer" in said
    assert "Then every lead, and an alarm in the channel" in said


async def test_out_of_hours_it_says_when_somebody_comes(desk: Story) -> None:
    await desk.passes(hours=10)
    said = await desk.says("oncall legal", from_="ben")
    assert "Hours: opens Tue 09:00" in said
    assert "At work: not at work now; opens Tue 09:00" in said


async def test_a_communitys_three_questions(desk: Story) -> None:
    said = await desk.says("who x-kettle", from_="gil")
    assert "Who interacts: Support, Sales and Press" in said
    assert "Who pays: Support 60 % and Sales 40 %" in said
    assert "Who champions: Dana Voss; then Cleo Hart" in said
    assert "Goal: first response within 1 hour for 90 % of the cases" in said
    assert "Mentions come here by brands Kettle & Co, from X." in said
