"""What is answered privately, and what the card on which it was said shows by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.grammar import Heard
from bot.ports import Place
from tests.desk import Story, a_desk, text_of


async def pressed(story: Story, words: str, *, card: int | None) -> str:
    place = Place(platform="web", conversation="support", department="support")
    heard = Heard(id=None, words=words, person=story.person("ana"), place=place, card=card)
    return text_of(await story.desk.listener.hear(heard))


async def test_what_the_card_shows_by_itself_is_not_said_again(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        first, second = await story.mention(), await story.mention("Where is it?")
        assert await pressed(story, f"claim {first}", card=first) == ""
        assert str(second) in await pressed(story, f"claim {second}", card=first)


@pytest.mark.parametrize("words", ["show {}", "next"])
async def test_who_asks_to_see_something_is_shown_it(tmp_path: Path, words: str) -> None:
    async with a_desk(tmp_path) as story:
        case = await story.mention()
        assert str(case) in await pressed(story, words.format(case), card=case)


async def test_a_refusal_is_always_said(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as story:
        case = await story.mention()
        await story.hears(f"claim {case}", from_="ben")
        assert "Ben" in await pressed(story, f"claim {case}", card=case)
