"""A delivery that comes twice at once has one effect, and each is announced as being handled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.grammar import Listener
from tests.desk import Story


class Noted:
    """What was handled, and how many at the same time."""

    def __init__(self) -> None:
        self.events: list[str | None] = []
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def alone(self, event: str | None) -> AsyncIterator[None]:
        async with self._one:
            self.events.append(event)
            yield


async def test_each_delivery_is_handled_alone(desk: Story) -> None:
    number, noted = await desk.mention(), Noted()
    desk.desk.listener = Listener(desk.desk.router, noted)
    answers = await asyncio.gather(
        *(desk.hears(f"claim {number}", from_="ana", id="Ev1", settle=False) for _ in range(3))
    )
    assert noted.events == ["Ev1"] * 3
    assert sum(answer is not None for answer in answers) == 1, "only the first one says something"
    assert (await desk.kinds(number)).count("claimed") == 1
