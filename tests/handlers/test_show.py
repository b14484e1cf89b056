"""`show`, and the card that channels hold: who sees what."""

from __future__ import annotations

from bot.cards.card import Quote, Tone
from tests.desk import Story, buttons_of, text_of, words_on


async def test_the_channel_sees_the_post_and_why_it_came(desk: Story) -> None:
    case = await desk.mention(
        name="Ellie", handle="oddsocks", followers=212_345, lang="es", url="https://x.example/1"
    )
    card = await desk.card(case, "support")
    said = text_of(card)
    assert card.title == f"{case} · Support · P3"
    assert "Ellie (oddsocks) · X · 212 k followers" in said
    assert 'Why here: rule "parcels"' in said
    assert "Spanish" in said
    assert "First response: due 13:00" in said
    assert words_on(card)[0] == f"claim {case}"
    assert [b.label for b in buttons_of(card)].count("Open the post") == 1


async def test_a_link_that_is_no_web_address_is_not_offered(desk: Story) -> None:
    case = await desk.mention(url="javascript:alert(1)")
    assert "Open the post" not in [b.label for b in buttons_of(await desk.card(case, "support"))]


async def test_the_card_tells_who_did_what_last(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.passes(minutes=12)
    await desk.hears(f"note {case} rang them", from_="ben")
    said = text_of(await desk.card(case, "support"))
    assert "Ben Okafor noted: rang them · 09:12" in said
    assert "Owner: Ben Okafor, since 09:00 GMT; the claim runs until 13:12 GMT" in said


async def test_an_offer_shows_both_sides_their_own_buttons(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales they want a price", from_="ben")
    giver, receiver = await desk.card(case, "support"), await desk.card(case, "sales")
    assert f"release {case}" in words_on(giver)
    assert f"accept {case}" not in words_on(giver)
    assert words_on(receiver)[:2] == [f"accept {case}", f"decline {case}"]
    for card in (giver, receiver):
        assert card.tone is Tone.WAITING
        assert "offered to Sales by Ben Okafor until 11:00" in text_of(card)


async def test_after_a_handoff_the_giver_sees_where_it_is_and_the_receiver_why(desk: Story) -> None:
    case = await desk.mention("My parcel: secret words.")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales they want a price", from_="ben")
    await desk.hears(f"accept {case}", from_="gil")
    former = await desk.card(case, "support")
    assert text_of(former) == f"{case} is with Sales now (Gil Park)"
    assert "Handed over by Ben Okafor (Support): they want a price" in text_of(await desk.card(case, "sales"))


async def test_an_escalation_colours_the_card_and_names_who_was_paged(desk: Story) -> None:
    case = await desk.mention("I will sue you")
    card = await desk.card(case, "legal")
    assert card.tone is Tone.ALARM
    assert "paged: Cleo Hart 09:00" in text_of(card)
    await desk.hears(f"ack {case}", from_="cleo")
    said = text_of(await desk.card(case, "legal"))
    assert "acknowledged by Cleo Hart at 09:00; climbs again at 09:30 unless work follows" in said


async def test_show_tells_everything_to_who_asks(desk: Story) -> None:
    case = await desk.mention("First words about a parcel.", handle="ellie", external_id="p1", thread="p1")
    await desk.mention("Second words.", handle="ellie", external_id="p2", thread="p1")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"note {case} rang them", from_="ben")
    card = await desk.hears(f"show {case}", from_="ana")
    said = text_of(card)
    assert card is not None
    assert [e.text for e in card.elements if isinstance(e, Quote)] == [
        "Second words.",
        "First words about a parcel.",
    ]
    assert "latest of 2" in said
    assert "Ben Okafor noted: rang them." in said
    assert "Another mention joined" in said
    assert "First response: due 13:00 (in 4 h)" in said


async def test_the_answer_is_in_the_readers_own_time_zone(desk: Story) -> None:
    case = await desk.mention()
    assert "due 22:00 (in 4 h)" in await desk.says(f"show {case}", from_="hana")


async def test_a_viewer_reads_and_is_offered_nothing_they_may_not_do(desk: Story) -> None:
    case = await desk.mention()
    card = await desk.hears(f"show {case}", from_="vera")
    assert words_on(card) == [f"escalate {case}"]


async def test_the_owner_alone_or_a_lead_is_offered_the_owners_buttons(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    assert f"resolve {case}" in words_on(await desk.hears(f"show {case}", from_="ben"))
    assert f"resolve {case}" in words_on(await desk.hears(f"show {case}", from_="ana"))
    colleague = words_on(await desk.hears(f"show {case}", from_="hana"))
    assert f"resolve {case}" not in colleague
    assert f"take {case}" in colleague


async def test_whoever_holds_a_role_reads_any_case_and_an_external_only_in_their_communities(
    desk: Story,
) -> None:
    ours = await desk.mention("the price?", source="x")
    theirs = await desk.mention("the price?", source="reviews")
    assert f"{theirs} · Sales" in await desk.says(f"show {theirs}", from_="vera")
    assert f"{ours} · Sales" in await desk.says(f"show {ours}", from_="eli")
    assert "is not yours to read" in await desk.says(f"show {theirs}", from_="eli")


async def test_a_case_that_does_not_exist(desk: Story) -> None:
    assert "There is no case 77" in await desk.says("show 77", from_="ana")


async def test_a_resolved_case_can_be_reopened_from_its_card(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"resolve {case} refunded", from_="ben")
    card = await desk.card(case, "support")
    assert card.tone is Tone.DONE
    assert words_on(card) == [f"reopen {case}", f"undo {case}", f"show {case}"]
    assert "Outcome: Refunded" in text_of(card)
    assert "answered 09:00 GMT, in time" in text_of(card)
