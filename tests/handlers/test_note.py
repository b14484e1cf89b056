"""Notes where they were written, where they are shown, and what becomes of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.cards.card import Card, Text
from bot.grammar import Heard
from bot.grammar.listener import Happened
from bot.ports import Origin, Place
from tests.desk import Story, text_of

MESSAGE = "support:17.42"


def thread(case: int, message: str | None = MESSAGE) -> Place:
    """The case's thread in the channel of Support."""
    return Place(platform="web", conversation="support", department="support", case_id=case, message=message)


async def writes(desk: Story, case: int, text: str, *, from_: str, message: str = MESSAGE) -> None:
    """Somebody writes a note into the case's thread."""
    heard = Heard(
        id=f"wrote {message} {text}",
        words=f"note {case} {text}",
        person=desk.person(from_),
        place=thread(case, message),
    )
    assert await desk.desk.listener.hear(heard) is None
    await desk.settles()


async def happens(
    desk: Story, name: str, *args: object, from_: str, case: int, id: str | None = None, settle: bool = True
) -> Card | None:
    happened = Happened(
        id=id, name=name, person=desk.person(from_), place=thread(case), args=(case, MESSAGE, *args)
    )
    answer = await desk.desk.listener.happened(happened)
    if settle:
        await desk.settles()
    return answer


async def below(desk: Story, case: int, department: str) -> list[str]:
    """What Baton says in the case's thread there."""
    page = await desk.desk.store.weblog.page(department, limit=1000)
    (root,) = [message for message in page if message.case_id == case]
    return [text_of(card) for card in await desk.channel(department, thread=root.id)]


async def history(desk: Story, case: int) -> str:
    return await desk.says(f"show {case}", from_="ana")


async def offered_to_sales(desk: Story) -> int:
    """A case that both Support and Sales see, with a note of Ben's."""
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales", from_="ben")
    await writes(desk, case, "rang tehm", from_="ben")
    return case


async def test_a_changed_note_is_corrected_where_others_read_it(desk: Story) -> None:
    case = await offered_to_sales(desk)
    assert await below(desk, case, "sales") == ["Ben Okafor · 09:00\nrang tehm"]
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    assert await below(desk, case, "sales") == ["Ben Okafor · 09:00 · edited\nrang them"]
    assert await below(desk, case, "support") == [], "there it stands itself"


async def test_the_history_has_one_line_of_it(desk: Story) -> None:
    case = await offered_to_sales(desk)
    await happens(desk, "note_changed", "rang him", from_="ben", case=case)
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    shown = await history(desk, case)
    assert "Ben Okafor noted (edited): rang them." in shown
    assert "tehm" not in shown
    assert "rang him" not in shown
    assert "changed a note" not in shown


async def test_the_card_shows_the_newest_words(desk: Story) -> None:
    case = await desk.mention()
    await writes(desk, case, "rang tehm", from_="ben")
    assert "rang tehm" in text_of(await desk.card(case, "support"))
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    card = text_of(await desk.card(case, "support"))
    assert "Ben Okafor noted (edited): rang them" in card
    assert "tehm" not in card
    await happens(desk, "note_withdrawn", from_="ben", case=case)
    assert "rang" not in text_of(await desk.card(case, "support"))


async def test_a_note_that_was_taken_back_is_read_nowhere(desk: Story) -> None:
    case = await offered_to_sales(desk)
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    await happens(desk, "note_withdrawn", from_="ben", case=case)
    assert await below(desk, case, "sales") == ["(Ben Okafor took this note back.)"]
    shown = await history(desk, case)
    assert "Ben Okafor took a note back." in shown
    assert "rang" not in shown


async def test_words_edited_away_are_taken_back(desk: Story) -> None:
    case = await offered_to_sales(desk)
    await happens(desk, "note_changed", " \n", from_="ben", case=case)
    assert (await desk.kinds(case))[-1] == "note_withdrawn"


async def test_taken_back_before_it_was_said_elsewhere_it_is_never_said(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales", from_="ben")
    heard = Heard(id="e", words=f"note {case} oops", person=desk.person("ben"), place=thread(case))
    await desk.desk.listener.hear(heard)
    await happens(desk, "note_withdrawn", from_="ben", case=case)
    assert await below(desk, case, "sales") == []


async def test_changed_before_it_was_said_elsewhere_it_is_said_once_as_it_is(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"handoff {case} sales", from_="ben")
    heard = Heard(id="e", words=f"note {case} oops", person=desk.person("ben"), place=thread(case))
    await desk.desk.listener.hear(heard)
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    assert await below(desk, case, "sales") == ["Ben Okafor · 09:00 · edited\nrang them"]


async def test_the_owners_notice_is_corrected_and_there_is_no_second_one(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="hana")
    await writes(desk, case, "rang tehm", from_="ben")
    before = len(await desk.direct("hana"))
    assert "Ben Okafor noted: rang tehm." in text_of((await desk.direct("hana"))[-1])
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    assert "Ben Okafor noted (edited): rang them." in text_of((await desk.direct("hana"))[-1])
    await happens(desk, "note_withdrawn", from_="ben", case=case)
    notice = (await desk.direct("hana"))[-1]
    assert "Ben Okafor took a note back." in text_of(notice)
    assert "rang" not in text_of(notice)
    assert len(await desk.direct("hana")) == before


async def test_taken_back_before_the_owner_was_told_it_is_not_told_at_all(desk: Story) -> None:
    case = await desk.mention()
    await desk.hears(f"claim {case}", from_="hana")
    heard = Heard(id="e", words=f"note {case} oops", person=desk.person("ben"), place=thread(case))
    await desk.desk.listener.hear(heard)
    await happens(desk, "note_withdrawn", from_="ben", case=case)
    assert await desk.direct("hana") == []


async def test_an_owner_of_later_is_not_told_of_an_old_notes_change(desk: Story) -> None:
    case = await desk.mention()
    await writes(desk, case, "rang tehm", from_="ben")
    await desk.passes(minutes=1)
    await desk.hears(f"claim {case}", from_="hana")
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    assert await desk.direct("hana") == []


async def test_nothing_comes_of_what_is_no_change(desk: Story) -> None:
    case = await offered_to_sales(desk)
    before = await desk.kinds(case)
    assert await happens(desk, "note_changed", "rang tehm", from_="ben", case=case) is None
    assert await happens(desk, "note_changed", "  rang tehm\n", from_="ben", case=case) is None
    assert await happens(desk, "note_changed", "not mine", from_="ana", case=case) is None
    assert await happens(desk, "note_withdrawn", from_="ana", case=case) is None
    other = await desk.mention("urgent, where is it?")
    assert await happens(desk, "note_changed", "elsewhere", from_="ben", case=other) is None
    assert await happens(desk, "note_withdrawn", from_="ben", case=other) is None
    assert await desk.kinds(case) == before
    assert await desk.kinds(other) == ["opened"]


async def test_a_change_that_comes_after_its_withdrawal_brings_nothing_back(desk: Story) -> None:
    case = await offered_to_sales(desk)
    await happens(desk, "note_withdrawn", from_="ben", case=case)
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    await happens(desk, "note_withdrawn", from_="ben", case=case)
    assert (await desk.kinds(case)).count("note_withdrawn") == 1
    assert "note_changed" not in await desk.kinds(case)


async def test_the_same_event_three_times_is_one_change(desk: Story) -> None:
    case = await offered_to_sales(desk)
    for _ in range(3):
        await happens(desk, "note_changed", "rang them", from_="ben", case=case, id="Ev1")
    assert (await desk.kinds(case)).count("note_changed") == 1


async def test_changed_and_taken_back_at_one_moment_it_ends_as_taken_back(desk: Story) -> None:
    case = await offered_to_sales(desk)
    await asyncio.gather(
        happens(desk, "note_changed", "rang them", from_="ben", case=case, id="Ev1", settle=False),
        happens(desk, "note_withdrawn", from_="ben", case=case, id="Ev2", settle=False),
    )
    await desk.settles()
    assert await below(desk, case, "sales") == ["(Ben Okafor took this note back.)"]


async def test_a_note_of_a_closed_case_is_corrected_and_it_stays_closed(desk: Story) -> None:
    case = await offered_to_sales(desk)
    await desk.hears(f"resolve {case} fixed", from_="ben")
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    assert (await desk.case(case)).closed
    assert await below(desk, case, "sales") == ["Ben Okafor · 09:00 · edited\nrang them"]


async def test_a_change_longer_than_any_command_is_refused(desk: Story) -> None:
    case = await offered_to_sales(desk)
    answer = await happens(desk, "note_changed", "x" * 8_001, from_="ben", case=case)
    assert answer is not None
    assert answer.refused
    assert "8,001 characters" in text_of(answer)


async def test_two_notes_are_told_apart_by_their_messages(desk: Story) -> None:
    case = await offered_to_sales(desk)
    await writes(desk, case, "call back at 3", from_="ben", message="support:18.00")
    await happens(desk, "note_changed", "rang them", from_="ben", case=case)
    assert await below(desk, case, "sales") == [
        "Ben Okafor · 09:00 · edited\nrang them",
        "Ben Okafor · 09:00\ncall back at 3",
    ]


async def test_where_messages_have_no_names_a_note_is_a_note(desk: Story) -> None:
    case = await desk.mention()
    place = replace(thread(case), message=None)
    heard = Heard(id="e", words=f"note {case} rang them", person=desk.person("ben"), place=place)
    assert await desk.desk.listener.hear(heard) is None
    async with desk.desk.store.work(Origin()) as work:
        (event, *_) = await work.cases.history(case)
    assert event.data == {"text": "rang them", "thread": "web:support"}


async def test_a_note_that_nobody_can_find_is_told_no_more(desk: Story) -> None:
    case = await desk.mention()
    for seq in (7, 0, -1):
        shown = await desk.desk.router.show("note", f"{case}:{seq}", thread(case))
        assert shown.only_edit
        assert [type(element) for element in shown.card.elements] == [Text]
