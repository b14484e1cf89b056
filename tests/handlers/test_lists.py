"""`next`, `list` and `search`."""

from __future__ import annotations

from tests.desk import Story, text_of, words_on


async def test_next_is_the_most_urgent_that_nobody_has(desk: Story) -> None:
    calm = await desk.mention("Where is my parcel?")
    urgent = await desk.mention("urgent, my refund")
    assert (await desk.says("next", from_="ben")).startswith(f"{urgent} ·")
    await desk.hears(f"claim {urgent}", from_="ana")
    assert (await desk.says("next", from_="ben")).startswith(f"{calm} ·")


async def test_next_leaves_out_what_is_offered_away_snoozed_or_of_other_departments(desk: Story) -> None:
    snoozed, offered = await desk.mention(), await desk.mention()
    await desk.mention("the price?")
    await desk.hears(f"snooze {snoozed} 2h", from_="ben")
    await desk.hears(f"handoff {offered} sales", from_="ben")
    assert "Nothing is waiting for you" in await desk.says("next", from_="ben")


async def test_next_brings_an_offer_to_who_may_accept_it(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"handoff {case} sales", from_="ben")
    assert f"accept {case}" in words_on(await desk.hears("next", from_="gil"))


async def test_next_is_refused_to_who_claims_nothing(desk: Story) -> None:
    await desk.mention()
    assert "You may not claim" in await desk.says("next", from_="vera")


async def test_list_shows_the_open_cases_of_my_departments(desk: Story) -> None:
    mine, other = await desk.mention(), await desk.mention("the price?")
    said = await desk.says("list", from_="ben")
    assert f"{mine} ·" in said
    assert f"{other} ·" not in said
    everywhere = await desk.says("list", from_="dana")
    assert f"{mine} ·" in everywhere
    assert f"{other} ·" in everywhere
    there = await desk.says("list sales", from_="ben")
    assert f"{other} ·" in there
    assert f"{mine} ·" not in there


async def test_a_row_claims_with_one_press_where_one_may(desk: Story) -> None:
    case = await desk.mention()
    assert words_on(await desk.hears("list open", from_="ben")) == [f"claim {case}", f"show {case}"]
    assert words_on(await desk.hears("list open", from_="vera")) == [f"show {case}"]


async def test_list_mine_shows_what_i_hold_wherever_it_is(desk: Story) -> None:
    case = await desk.mention("the price?")
    assert "You have claimed nothing" in await desk.says("list mine", from_="dana")
    await desk.hears(f"take {case}", from_="dana")
    assert f"{case} ·" in await desk.says("list mine", from_="dana")


async def test_list_stale_and_escalated(desk: Story) -> None:
    late, alarm = await desk.mention(), await desk.mention("I will sue you")
    assert "Nothing is late" in await desk.says("list stale support", from_="ben")
    await desk.passes(hours=5)
    assert f"{late} ·" in await desk.says("list stale support", from_="ben")
    assert f"{alarm} ·" in await desk.says("list escalated", from_="dana")
    assert "No escalation is running" in await desk.says("list escalated support", from_="vera")


async def test_a_long_list_goes_on_page_by_page(desk: Story) -> None:
    for _ in range(12):
        await desk.mention(settle=False)
    await desk.settles()
    first = await desk.hears("list", from_="ben")
    assert "10 of 12 cases" in text_of(first)
    assert words_on(first)[-1] == "list open 2"
    second = await desk.hears("list open 2", from_="ben")
    assert len([w for w in words_on(second) if w.startswith("show")]) == 2
    assert "list open support 2" in words_on(await desk.hears("list support", from_="ben"))


async def test_search_finds_all_words_in_open_and_closed_cases(desk: Story) -> None:
    open_, closed = await desk.mention("A blue parcel."), await desk.mention("A blue parcel, again.")
    await desk.mention("A red parcel.")
    await desk.hears(f"dismiss {closed} spam", from_="ben")
    said = await desk.says("search blue parcel", from_="vera")
    assert "2 cases" in said
    assert said.index(f"{open_} ·") < said.index(f"{closed} ·")
    assert "Nothing holds all of these words" in await desk.says("search purple", from_="vera")


async def test_an_external_finds_only_what_is_in_their_communities(desk: Story) -> None:
    ours = await desk.mention("the price of tea", source="x")
    theirs = await desk.mention("the price of tea", source="reviews")
    for words in ("search tea", "list sales", "list"):
        said = await desk.says(words, from_="eli")
        assert f"{ours} ·" in said, words
        assert f"{theirs} ·" not in said, words


async def test_what_waits_for_the_customer_is_not_late(desk: Story) -> None:
    case = await desk.mention("urgent, my refund")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"wait {case} customer 5d", from_="ben")
    await desk.passes(days=4)
    assert "Nothing is late" in await desk.says("list stale support", from_="ben")
    await desk.passes(days=5)
    assert f"{case} ·" in await desk.says("list stale support", from_="ben")


async def test_who_may_not_set_priorities_is_told_so_in_english(desk: Story) -> None:
    case = await desk.mention()
    assert "You may not set priorities in Support. Who may: Ana Ruiz" in await desk.says(
        f"priority {case} P2", from_="ben"
    )


async def test_communities_can_be_pressed_where_none_was_named(desk: Story) -> None:
    assert "who x-kettle" in words_on(await desk.hears("who", from_="ben"))
