"""Publishing stops, for one case, a community or the company, and whoever is concerned sees it."""

from __future__ import annotations

import pytest

from bot.cards.card import Tone
from bot.domain.alarms.freeze_refusals import Frozen
from bot.ports import Origin, Stale
from storage.sql.audit import verify
from tests.desk import Story, text_of, words_on


async def test_one_case(desk: Story) -> None:
    number, other = await desk.mention(), await desk.mention()
    detail = await desk.hears(f"show {number}", from_="ana")
    assert f"freeze {number}" in words_on(detail)
    await desk.hears(f"freeze {number} the lawyers look at it", from_="ana")
    card = text_of(await desk.card(number, "support"))
    assert (
        f"Publishing is frozen for case {number} by Ana Ruiz since 09:00 GMT: the lawyers look at it" in card
    )
    assert card.count("the lawyers look at it") == 1
    assert "frozen" not in text_of(await desk.card(other, "support"))
    assert (await desk.kinds(number))[-1] == "frozen"
    assert f"thaw {number}" in words_on(await desk.hears(f"show {number}", from_="ana"))
    await desk.hears(f"thaw {number} they agreed", from_="ana")
    assert "Publishing is frozen" not in text_of(await desk.card(number, "support"))
    assert (await desk.kinds(number))[-1] == "thawed"


async def test_a_community_with_every_open_card(desk: Story) -> None:
    here, closed = await desk.mention(), await desk.mention()
    elsewhere = await desk.mention(source="letter", community="everywhere")
    await desk.hears(f"dismiss {closed} spam", from_="ben")
    answer = await desk.hears("freeze x-kettle the outage is not understood yet", from_="dana")
    assert "thaw x-kettle" in words_on(answer)
    banner = "Publishing is frozen for X: @kettleco by Dana Voss"
    assert banner in text_of(await desk.card(here, "support"))
    assert banner not in text_of(await desk.card(closed, "support"))
    assert banner not in text_of(await desk.card(elsewhere, "support"))
    assert banner in await desk.says("home", from_="ben")
    assert banner in await desk.says("oncall", from_="ben")
    assert banner in await desk.says("who x-kettle", from_="ben")
    new = await desk.mention()
    assert banner in text_of(await desk.card(new, "support"))
    told = [text_of(card) for card in await desk.channel("support")]
    assert sum("Dana Voss froze publishing for X: @kettleco" in said for said in told) == 1
    assert sum("froze publishing" in text_of(card) for card in await desk.direct("ana")) == 1
    assert not any("froze publishing" in text_of(card) for card in await desk.channel("legal"))
    await desk.hears("thaw x-kettle", from_="dana")
    assert banner not in text_of(await desk.card(here, "support"))
    assert sum("allowed publishing" in text_of(card) for card in await desk.direct("ana")) == 1


async def test_the_company_by_a_champion_only(desk: Story) -> None:
    number = await desk.mention()
    assert "Only a champion may freeze the whole company" in await desk.says("freeze all stop", from_="ana")
    assert "Freeze" not in await desk.says("freeze", from_="ana")
    await desk.hears("freeze all a false alarm may be one", from_="dana")
    assert "Publishing is frozen for the whole company" in text_of(await desk.card(number, "support"))
    assert "thaw all" in words_on(await desk.hears("freeze", from_="dana"))
    assert "thaw all" not in words_on(await desk.hears("freeze", from_="ana"))
    said = await desk.says(f"thaw {number}", from_="ana")
    assert "Not case" in said
    assert "`thaw all` ends that" in said


async def test_who_may(desk: Story) -> None:
    number = await desk.mention()
    assert "may freeze" in await desk.says(f"freeze {number} no", from_="ben")
    assert "may freeze" in await desk.says(f"freeze {number} no", from_="finn")
    assert "may freeze" in await desk.says("freeze x-kettle no", from_="ben")
    await desk.hears("freeze x-kettle mine too", from_="finn")  # leads a department that interacts there
    assert "Finn Moss" in await desk.says("freeze", from_="ben")


async def test_twice_without_a_reason_and_of_nothing(desk: Story) -> None:
    number = await desk.mention()
    assert "Nothing is frozen" in await desk.says("freeze", from_="ben")
    assert "Say why" in await desk.says(f"freeze {number}", from_="ana")
    assert "Nothing to thaw" in await desk.says(f"thaw {number}", from_="ana")
    await desk.hears(f"freeze {number} first", from_="ana")
    said = await desk.says(f"freeze {number} second", from_="ana")
    assert "already, by Ana Ruiz since 09:00: first" in said
    assert "There is no case 4711" in await desk.says("freeze 4711 no", from_="ana")
    assert "Say what to freeze" in await desk.says("freeze because I say so", from_="ana")


async def test_in_a_cases_thread_that_case_is_meant(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears("freeze until legal has read it", from_="ana", in_="support", thread=number)
    assert f"case {number}" in await desk.says("freeze", from_="ana")
    await desk.hears("thaw", from_="ana", in_="support", thread=number)
    assert "Nothing is frozen" in await desk.says("freeze", from_="ana")


async def test_a_closed_case_stays_frozen_for_the_day_it_comes_back(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"freeze {number} the lawyers look at it", from_="ana")
    await desk.hears(f"dismiss {number} settled", from_="ana")
    assert f"case {number}" in await desk.says("freeze", from_="ana")
    await desk.hears(f"reopen {number}", from_="ana")
    assert "Publishing is frozen" in text_of(await desk.card(number, "support"))


async def test_a_restricted_case_is_not_told_to_others(desk: Story) -> None:
    number = await desk.mention()
    await desk.hears(f"restrict {number} to support", from_="ana")
    await desk.hears(f"freeze {number} a secret", from_="ana")
    assert "a secret" in await desk.says("freeze", from_="ana")
    assert "a secret" not in await desk.says("freeze", from_="finn")


async def test_whoever_publishes_meanwhile_does_not(desk: Story) -> None:
    number = await desk.mention()
    case = await desk.case(number)
    store = desk.desk.store
    publishing = store.work(Origin(event_id="publish"))
    await publishing.__aenter__()
    await publishing.freezes.must_be_thawed(case)
    await desk.hears("freeze x-kettle stop", from_="dana")
    with pytest.raises(Stale):
        await publishing.__aexit__(None, None, None)
    async with store.work(Origin()) as later:
        with pytest.raises(Frozen):
            await later.freezes.must_be_thawed(case)


async def test_it_is_in_a_chain_of_its_own(desk: Story) -> None:
    await desk.hears("freeze x-kettle stop", from_="dana")
    await desk.hears("thaw x-kettle go", from_="dana")
    verdicts = await desk.desk.store.reader.once(lambda c: list(verify(c)))
    (chain,) = [each for each in verdicts if each.subject == "freeze:community:x-kettle"]
    assert (chain.events, chain.broken_at) == (2, None)


async def test_many_cards_are_corrected_in_batches(desk: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.urgent.freeze.BATCH", 2)
    texts = (
        "My parcel never came.",
        "Is the shop in Leeds open on Sundays?",
        "Your biscuits taste of cardboard now!",
        "Who drives so badly in a green van of yours?",
        "I cannot sign in since yesterday evening.",
    )
    numbers = [await desk.mention(text) for text in texts]
    await desk.hears("freeze all stop", from_="dana")
    for number in numbers:
        assert "Publishing is frozen" in text_of(await desk.card(number, "support"))


async def test_what_was_merged_stays_frozen(desk: Story) -> None:
    first, second = (
        await desk.mention("My parcel never came."),
        await desk.mention("Is Leeds open on Sundays?"),
    )
    await desk.hears(f"freeze {first} the lawyers look at it", from_="ana")
    await desk.hears(f"merge {first} into {second} one customer", from_="ana")
    assert f"Publishing is frozen for case {first}" in text_of(await desk.card(second, "support"))
    assert f"`thaw {first}` ends that" in await desk.says(f"thaw {second}", from_="ana")


async def test_only_the_stop_is_an_alarm(desk: Story) -> None:
    await desk.hears("freeze all stop", from_="dana")
    await desk.settles()
    assert [card.tone for card in await desk.channel("support")][-1] is Tone.ALARM
    await desk.hears("thaw all", from_="dana")
    await desk.settles()
    last = (await desk.channel("support"))[-1]
    assert "allowed publishing for the whole company again" in text_of(last)
    assert last.tone is Tone.NEUTRAL
