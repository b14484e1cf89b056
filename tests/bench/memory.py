"""What a replica holds after a long flood: mentions without end, filed and shown, its memory noted after each wave."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.table import Table

from bot.policy.load import load
from storage.sql.store import SqlStore
from tests.bench.client import send
from tests.bench.posts import requests
from tests.bench.process import a_server, memory_mb
from tests.bench.server import NOWHERE, POLICY, WHOLE

WAVES: Final = 20
_FILED_WITHIN: Final = 1800.0


async def over_a_flood(folder: Path, count: int, database: str = NOWHERE) -> Sequence[float]:
    """MB: before the flood, and after each of its waves, once all of it lies in cases."""
    url = f"sqlite:///{folder / 'desk.db'}" if database == NOWHERE else database
    async with a_server(WHOLE, folder, NOWHERE, database) as desk:
        store = SqlStore(url, load(POLICY))
        held = [memory_mb(desk.pid)]
        try:
            for number in range(WAVES):
                wave = await send(desk.port, requests(count // WAVES, seed=3, name=f"wave{number}"))
                assert not wave.refused, wave.refused[0][:300]
                async with asyncio.timeout(_FILED_WITHIN):
                    # The desk tells nobody when it is done.
                    while await store.unfiled():  # noqa: ASYNC110
                        await asyncio.sleep(0.1)
                held.append(memory_mb(desk.pid))
        finally:
            await store.close()
    return held


def slope(held: Sequence[float], count: int) -> float:
    """MB for ten thousand mentions, over the later half of the flood: what a desk keeps for good."""
    later = held[len(held) // 2 :]
    found = statistics.linear_regression(range(len(later)), later).slope
    return found * 10_000 / (count / WAVES)


def show_flood(floods: dict[str, Sequence[float]], count: int) -> Table:
    table = Table(title=f"Memory of one replica over a flood of {count:,} mentions, filed and shown")
    for name in (
        "database",
        "before, MB",
        "half way",
        "at the end",
        "peak",
        "later half, MB for 10,000 more",
    ):
        table.add_column(name, justify="left" if name == "database" else "right")
    for kind, held in floods.items():
        figures = (held[0], held[len(held) // 2], held[-1], max(held))
        table.add_row(kind, *(f"{each:.0f}" for each in figures), f"{slope(held, count):+.1f}")
    return table
