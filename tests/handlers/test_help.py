"""`help` reads the very table that runs the verbs."""

from __future__ import annotations

from bot.cards.card import Facts
from handlers import all_routes
from tests.desk import Story


async def test_help_tells_of_every_verb(desk: Story) -> None:
    card = await desk.hears("help", from_="vera")
    assert card is not None
    told = {usage for e in card.elements if isinstance(e, Facts) for usage, _ in e.rows}
    assert {usage.replace(" ", "") for usage in told} == {
        verb.usage.replace(" ", "") for verb in all_routes().verbs.values()
    }
    # As people say them, apart.
    assert {"claim next", "ack all", "accept all [person]"} <= told


async def test_help_tells_of_one_verb(desk: Story) -> None:
    said = await desk.says("help claim", from_="vera")
    assert "Say: claim <case>" in said
    assert "From now on you answer for it." in said
    assert "Say: claim next" in await desk.says("help claim next", from_="vera")


async def test_help_about_an_unknown_word_says_so(desk: Story) -> None:
    assert "There is no word “frobnicate”" in await desk.says("help frobnicate", from_="vera")
