"""Ten thousand mentions within a minute, while people claim cases over Slack and in the web chat.

The mentions come at their own pace, whatever the desk does; so do the clicks, and the time until a click is
acknowledged counts from when it was due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.table import Table

from bot.policy.load import load
from storage.sql.store import SqlStore
from tests.bench.client import Load, pour, send
from tests.bench.posts import requests
from tests.bench.process import Server, a_server, memory_mb
from tests.bench.server import CHANNEL, NOWHERE, POLICY, WHOLE_IN_SLACK
from tests.bench.slack import ANA, FIRST_CASE, commands
from tests.bench.webs import typed
from tests.fakes.slack import FakeSlack, fake_slack

MENTIONS: Final = "mentions taken in"
SLACK: Final = "claims in Slack, signed HTTP"
WEB: Final = "claims in the web chat"
CLICKS: Final = 2.0
"""A second, in each chat: so many people are busy at once."""
GOAL_MS: Final = 1000
_FILED_WITHIN: Final = 1800.0


@dataclass
class Surge:
    """Rounds by what was sent; how long after each the last mention lay in a case, and the desk's memory then."""

    loads: dict[str, list[Load]] = field(default_factory=dict)
    filed_after: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


async def in_a_surge(folder: Path, rounds: int, count: int, seconds: float, database: str = NOWHERE) -> Surge:
    """The rounds follow one another on the same desk."""
    came = Surge()
    url = f"sqlite:///{folder / 'desk.db'}" if database == NOWHERE else database
    async with fake_slack() as slack, a_server(WHOLE_IN_SLACK, folder, slack.url, database) as desk:
        user = slack.add_user("Ana Ruiz", ANA)
        slack.add_channel(CHANNEL, members=[user])
        slack.request_url = f"http://127.0.0.1:{desk.port}/slack/events"
        store = SqlStore(url, load(POLICY))
        try:
            clicks = max(1, int(CLICKS * seconds))
            before = await send(desk.port, requests(2 * clicks * rounds, seed=1, name="before"))
            assert not before.refused, before.refused[0][:300]
            await _until_filed(store)
            for number in range(rounds):
                await _round(came, slack, user, desk, (number, count, clicks, seconds))
                loop = asyncio.get_running_loop()
                begun = loop.time()
                await _until_filed(store)
                came.filed_after.append(loop.time() - begun)
                came.memory.append(memory_mb(desk.pid))
        finally:
            await store.close()
    return came


async def _round(
    came: Surge, slack: FakeSlack, user: str, desk: Server, size: tuple[int, int, int, float]
) -> None:
    number, count, clicks, seconds = size
    first = FIRST_CASE + 2 * clicks * number
    in_slack = [f"claim {first + each}" for each in range(clicks)]
    in_web = [f"claim {first + clicks + each}" for each in range(clicks)]
    sent: dict[str, Sequence[bytes]] = {
        MENTIONS: requests(count, seed=2, name=f"surge{number}", alike=True),
        SLACK: commands(slack, user, in_slack, f"surge{number}"),
        WEB: typed(in_web, name=f"surge-{number}"),
    }
    loads = await asyncio.gather(*(pour(desk.port, each, seconds=seconds) for each in sent.values()))
    for what, load_ in zip(sent, loads, strict=True):
        came.loads.setdefault(what, []).append(load_)


async def _until_filed(store: SqlStore) -> None:
    async with asyncio.timeout(_FILED_WITHIN):
        # The desk tells nobody when it is done.
        while await store.unfiled():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def show_surge(surges: dict[str, Surge], count: int, seconds: float) -> Table:
    """Every figure is that of the median round; beside it the worst round's."""
    rounds = max(len(each.filed_after) for each in surges.values())
    table = Table(
        title=f"A surge of {count:,} mentions in {seconds:.0f} s, {CLICKS:g} clicks a second in each chat: median "
        f"(and worst) of {rounds} (goal: p99 of clicks below {GOAL_MS:,} ms)"
    )
    for name in ("what", "p50 ms", "p99 ms", "refused"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for kind, surge in surges.items():
        for what, loads in surge.loads.items():
            halves, nearly = ([each.percentile(share) for each in loads] for share in (0.5, 0.99))
            refused = sum(len(each.refused) for each in loads)
            table.add_row(f"{kind}: {what}", _both(halves), _both(nearly), str(refused))
        table.add_row(f"{kind}: seconds from its end until all are filed", _both(surge.filed_after), "", "")
        table.add_row(f"{kind}: memory then, MB", _both(surge.memory), "", "")
        table.add_section()
    return table


def _both(figures: Sequence[float]) -> str:
    return f"{sorted(figures)[len(figures) // 2]:,.0f} ({max(figures):,.0f})"
