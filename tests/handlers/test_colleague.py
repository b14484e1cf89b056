"""A colleague whom the policy does not name: may file and escalate, and reads what else would take."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.cards.card import Card
from bot.domain.people import Person, PersonId
from bot.grammar import Heard
from bot.ports import Place
from tests.desk import Story, text_of, words_on

ZOE = Person(id=PersonId("zoe@kettle.example"), name="Zoe Quill", zone=ZoneInfo("Asia/Tokyo"))
AT_HOME = Place(platform="slack", conversation="D1", person=ZOE.id)


async def says(desk: Story, words: str) -> Card:
    desk.desk.policy.people.meet(ZOE)
    card = await desk.desk.listener.hear(Heard(id=None, words=words, person=ZOE, place=AT_HOME))
    await desk.settles()
    assert card is not None
    return card


async def test_home_says_what_anyone_may_do(desk: Story) -> None:
    await desk.mention()
    for card in (await says(desk, ""), (await desk.desk.router.show("home", "", AT_HOME)).card):
        assert card.title == "Hello, Zoe Quill"
        assert words_on(card) == ["file", "escalate", "help"]
        assert "ask Ira Lind" in text_of(card)
        assert "unclaimed" not in text_of(card)


async def test_the_home_of_nobody_shows_nothing_of_the_desk(desk: Story) -> None:
    await desk.mention()
    place = Place(platform="slack", conversation="D1", person=PersonId("x@elsewhere.example"))
    assert "unclaimed" not in text_of((await desk.desk.router.show("home", "", place)).card)


async def test_they_may_escalate_without_reading_the_case(desk: Story) -> None:
    case = await desk.mention("My parcel never came.")
    answer = await says(desk, f"escalate {case} the press called")
    assert not answer.refused
    assert "is escalated" in text_of(answer) and "parcel" not in text_of(answer)
    assert "Escalated by Zoe Quill: the press called" in text_of(await desk.card(case, "support"))
    assert "the press called" in text_of((await desk.direct("ana"))[0])


async def test_they_may_file(desk: Story) -> None:
    answer = await says(desk, "file my refund never came, says a neighbour")
    assert not answer.refused
    assert "my refund never came" in text_of(answer)


_TAKES_A_ROLE = (
    "list|list mine|next|show 1001|claim 1001|take 1001 x|note 1001 x|search parcel|oncall|who x-kettle|"
    "digest support|handoff 1001 pr x|resolve 1001 answered"
)


@pytest.mark.parametrize("words", _TAKES_A_ROLE.split("|"))
async def test_everything_else_takes_a_role(desk: Story, words: str) -> None:
    assert await desk.mention() == 1001
    answer = await says(desk, words)
    assert answer.refused
    assert "Who may: " in text_of(answer)
    assert (await desk.case(1001)).owner is None
