"""Posts that people bring."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards.card import Card
from bot.grammar import Heard
from bot.ports import Origin, Place
from tests.desk import Story, text_of

LINK = "https://social.example/p/77"


async def _latest(desk: Story) -> int:
    async with desk.desk.store.work(Origin()) as work:
        threads = await work.cases.threads([f"link:{LINK}"])
    return threads[f"link:{LINK}"].case_id


async def test_anyone_in_the_company_may(desk: Story) -> None:
    said = await desk.says("file My neighbour says her parcel never came", from_="vera")
    assert "her parcel never came" in said
    (card,) = await desk.channel("support")
    assert "her parcel never came" in text_of(card)


async def test_the_rules_hold_for_it_too(desk: Story) -> None:
    await desk.hears(f"file they say they sue you, see {LINK}", from_="gil")
    case = await desk.case(await _latest(desk))
    assert (case.department, case.escalating, case.last_by) == ("legal", True, "desk")


async def test_a_known_link_shows_its_case(desk: Story) -> None:
    number = await desk.mention(url=LINK)
    said = await desk.says(f"file have you seen {LINK}?", from_="gil")
    assert str(number) in said
    assert await desk.kinds(number) == ["opened"]


async def test_the_same_link_twice_is_one_case(desk: Story) -> None:
    await asyncio.gather(
        *(desk.hears(f"file {LINK}", from_=name, settle=False) for name in ("gil", "ben", "ana"))
    )
    await desk.settles()
    assert len(await desk.channel("support")) == 1


async def test_a_post_that_arrives_after_a_person_filed_it_joins(desk: Story) -> None:
    await desk.hears(f"file {LINK}", from_="gil")
    number = await _latest(desk)
    assert await desk.mention(url=LINK, external_id="77") == number
    assert await desk.mention("And?", in_reply_to="77") == number


# -- a message of a chat -----------------------------------------------------------------------------------


async def _files(
    desk: Story, text: str, *, from_: str, id: str, message: str | None = "C9:7.1"
) -> Card | None:
    """Somebody files a message of a colleague, as a chat's shortcut does."""
    place = Place(platform="slack", conversation="C9", message=message)
    heard = Heard(id=id, words=f"file {text}", person=desk.person(from_), place=place)
    return await desk.desk.listener.hear(heard)


async def test_a_message_is_filed_with_its_words_and_by_whom(desk: Story) -> None:
    text = "My neighbour wrote:\n\n  her parcel  never came & she is <b>furious</b>"
    answer = await _files(desk, text, from_="gil", id="1")
    assert answer is not None
    number = int(answer.title.split()[0])
    await desk.settles()
    async with desk.desk.store.work(Origin()) as work:
        (mention,) = await work.mentions.of(number)
        (*_, opened) = await work.cases.history(number)
    assert (mention.text, mention.source, mention.author.handle) == (text, "filed", "unknown")
    assert mention.extra == {"filed_by": "gil@kettle.example"}
    assert (opened.by, opened.place) == ("gil@kettle.example", "slack:C9")
    assert "Gil Park filed it with Support" in await desk.says(f"show {number}", from_="ana")


async def test_the_same_message_filed_again_is_the_same_case(desk: Story) -> None:
    first = await _files(desk, "her parcel never came", from_="gil", id="1")
    again = await _files(desk, "her parcel never came (edited since)", from_="ben", id="2")
    await desk.settles()
    assert first is not None
    assert again is not None
    assert again.title == first.title
    assert len(await desk.channel("support")) == 1


async def test_another_message_with_the_same_words_is_another_case(desk: Story) -> None:
    await _files(desk, "her parcel never came", from_="gil", id="1")
    await _files(desk, "her parcel never came", from_="gil", id="2", message="C9:8.2")
    await desk.settles()
    assert len(await desk.channel("support")) == 2


async def test_a_message_with_a_link_is_found_by_either(desk: Story) -> None:
    await _files(desk, f"her parcel never came {LINK}", from_="gil", id="1")
    await _files(desk, f"look: {LINK}", from_="ben", id="2", message="C9:8.2")
    await _files(desk, "her parcel never came (the link is gone)", from_="ana", id="3")
    await desk.settles()
    assert len(await desk.channel("support")) == 1


@pytest.mark.parametrize(
    ("texts", "messages"),
    [
        (["her parcel never came"] * 4, ["C9:7.1"] * 4),
        ([f"her parcel never came {LINK}"] * 4, [f"C9:{n}" for n in range(4)]),
        ([f"her parcel {n} https://social.example/p/{n}" for n in range(4)], ["C9:7.1"] * 4),
    ],
)
async def test_filed_by_several_at_one_moment_it_is_one_case(
    desk: Story, texts: list[str], messages: list[str]
) -> None:
    people = ("gil", "ben", "ana", "vera")
    answers = await asyncio.gather(
        *(
            _files(desk, text, from_=who, id=f"{who}", message=message)
            for who, text, message in zip(people, texts, messages, strict=True)
        )
    )
    await desk.settles()
    assert len({answer.title for answer in answers if answer}) == 1
    assert None not in answers
    assert len(await desk.channel("support")) == 1


async def test_words_without_a_message_are_filed_each_time(desk: Story) -> None:
    await desk.hears("file her parcel never came", from_="gil")
    await desk.hears("file her parcel never came", from_="gil")
    assert len(await desk.channel("support")) == 2
