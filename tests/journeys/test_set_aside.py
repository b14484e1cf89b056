"""A job of the desk's own that fails for good."""

from __future__ import annotations

from bot.router import Call
from tests.desk import Story, text_of


async def test_somebody_is_told_of_a_job_that_was_set_aside(desk: Story) -> None:
    async def broken(call: Call) -> None:
        raise KeyError("surprise")

    desk.desk.router.routes.timers["wake"] = broken
    number = await desk.mention()
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"snooze {number} 2h", from_="ben")
    await desk.passes(hours=4)
    (told,) = [text_of(card) for card in await desk.direct("ana") if "set aside" in text_of(card)]
    assert f"wake:{number}" in told
    assert "KeyError" in told
