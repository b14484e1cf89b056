"""What a week's or a month's digest tells beyond numbers: goals, handoffs, topics, and who waits longest."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.digest import DigestView, Numbers, digest_card
from tests.desk import Story, text_of


async def after(desk: Story, **units: float) -> None:
    """Time passes; what was due meanwhile happens at its end."""
    desk.time.at += timedelta(**units)
    await desk.settles()


async def week(desk: Story, department: str = "support") -> str:
    return await desk.says(f"digest {department} weekly", from_="vera")


_CALM = [
    f"{who} {what}"
    for who in ("Parcel", "Driver", "Voucher", "Garden", "Cousin")
    for what in (
        "went to the neighbour again",
        "came at midnight, strange",
        "is blue, I ordered green",
        "costs twice what it did",
        "makes my cat nervous",
    )
]
_HOT = [
    "The handle melted on the stove",
    "My spout melted, what now",
    "It melted while I made tea",
    "Lid melted. Burnt fingers",
    "melted plastic in my cup",
    "Anyone else's base melted?",
    "Grandma's one melted too",
    "Why has the switch melted",
]


async def crowd(desk: Story, texts: list[str]) -> set[int]:
    """Many people write, each in their own words."""
    return {await desk.mention(text) for text in texts}


# -- which one ---------------------------------------------------------------------------------


async def test_a_week_and_a_month_so_far(desk: Story) -> None:
    await desk.mention()
    assert (await week(desk)).startswith("Support · this week so far\nFri 27 Feb 15:00 to Mon 2 Mar 09:00")
    said = await desk.says("digest support monthly", from_="vera")
    assert said.startswith("Support · this month so far\nSun 1 Mar 00:00 to Mon 2 Mar 09:00")


async def test_the_month_that_holds_a_day(desk: Story) -> None:
    await desk.mention()
    await after(desk, days=40)
    said = await desk.says("digest support monthly 2026-03-15", from_="vera")
    assert said.startswith("Support · monthly digest · Wed 1 Apr 2026\nSun 1 Mar 00:00 to Wed 1 Apr 00:00")
    assert "Opened: 1\n" in said


async def test_a_week_says_first_how_it_went(desk: Story) -> None:
    for _ in range(4):
        await desk.mention()
    await after(desk, days=7)
    first, second, third = [await desk.mention() for _ in range(3)]
    for case in (first, second):
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"resolve {case} answered", from_="ben")
    assert third
    assert "Calmer than the week before: 3 cases opened, 4 then" in await week(desk)


# -- goals -------------------------------------------------------------------------------------


async def test_the_goal_of_each_community_with_its_number_of_cases(desk: Story) -> None:
    kept, late = await desk.mention(), await desk.mention()
    await desk.hears(f"claim {kept}", from_="ben")
    await desk.hears(f"resolve {kept} answered", from_="ben")
    await after(desk, hours=2)
    await desk.hears(f"claim {late}", from_="ben")
    await desk.hears(f"resolve {late} answered", from_="ben")
    said = await week(desk)
    assert "X: @kettleco: missed by 40 points: 1 of 2 (50 %) first response within 1 hour, goal 90 %" in said
    assert "Anything else we hear" not in said


async def test_who_shows_how_the_month_stands(desk: Story) -> None:
    case = await desk.mention()
    assert "This month: nothing decided yet; 1 case still has time" in await desk.says(
        "who x-kettle", from_="ben"
    )
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"resolve {case} answered", from_="ben")
    assert "This month: reached so far: 1 of 1 (100 %)" in await desk.says("who x-kettle", from_="ben")


# -- handoffs ----------------------------------------------------------------------------------


async def test_handoffs_to_us_and_from_us_and_where_it_hurts(desk: Story) -> None:
    for _ in range(3):
        case = await desk.mention()
        await desk.hears(f"handoff {case} sales yours?", from_="ben")
        await desk.hears(f"decline {case} not ours", from_="gil")
    case = await desk.mention()
    await desk.hears(f"handoff {case} sales yours?", from_="ben")
    await after(desk, minutes=12)
    await desk.hears(f"accept {case}", from_="gil")
    waiting = await desk.mention()
    await desk.hears(f"handoff {waiting} sales yours?", from_="ben")
    said = await week(desk)
    assert "Offered by us: 5 asked; 1 accepted (after 12 min, the median), 3 declined" in said
    assert f"1 waits for an answer now, the oldest since 09:12 ({waiting})." in await week(desk, "sales")
    assert "It hurts from Support to Sales: 3 of 4 came back, declined." in said
    assert "Offered to us: 5 asked" in await week(desk, "sales")


async def test_a_case_sent_to_and_fro_is_named(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"handoff {case} sales yours?", from_="ben")
    await desk.hears(f"accept {case}", from_="gil")
    assert "Sent to and fro" not in await week(desk)
    await desk.hears(f"handoff {case} support yours?", from_="gil")
    await desk.hears(f"accept {case}", from_="ben")
    assert f"Sent to and fro: {case}." in await week(desk)


# -- what people say -----------------------------------------------------------------------------


async def test_what_people_talk_about_more_than_before(desk: Story) -> None:
    await crowd(desk, _CALM)
    await after(desk, days=7)
    await crowd(desk, _HOT)
    assert "melted" in (await week(desk)).partition("Talked about more than usual")[2]


async def test_words_of_restricted_cases_are_nobodys_topic(desk: Story) -> None:
    await crowd(desk, _CALM)
    await after(desk, days=7)
    for case in await crowd(desk, _HOT):
        await desk.hears(f"restrict {case} to legal", from_="ana")
    assert "melted" not in (await week(desk)).partition("Talked about")[2].partition("Waiting longest")[0]
    assert "melted" not in await week(desk, "pr")


async def test_the_case_that_most_posts_came_to(desk: Story) -> None:
    case = await desk.mention(handle="marta")
    for text in _HOT[:5]:
        await desk.mention(text, handle="marta")
    said = (await week(desk)).partition("Most posts")[2]
    assert said.strip().startswith(f"{case} ")
    assert "6 posts" in said


# -- who waits -----------------------------------------------------------------------------------


async def test_who_waits_longest_though_many_are_more_urgent(desk: Story) -> None:
    longest = await desk.mention("Hello, anybody there?")
    await after(desk, hours=1)
    for text in (
        "urgent: the lid is off",
        "Very urgent, call me",
        "My oven smells, urgent",
        "urgent!!",
        "so urgent, no tea",
    ):
        await desk.mention(text)
    said = (await week(desk)).partition("Waiting longest")[2]
    assert said.startswith(" (6 cases without an answer)")
    assert said.splitlines()[1].startswith(f"{longest} ")
    assert "waits 1 h" in said.splitlines()[1]


def test_what_was_missed_while_the_desk_was_down_is_said_apart() -> None:
    view = DigestView(
        title="Support",
        period="p",
        before="b",
        then=Numbers(),
        now=Numbers(opened=9, missed=2, missed_in_outage=7),
    )
    assert "Missed: 2; 7 more while Baton was down" in text_of(digest_card(view))
