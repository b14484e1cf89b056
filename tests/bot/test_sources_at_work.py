"""Sources as the policy names them, in a desk at work: from a post to its card, and what is said of one that is shut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from standardwebhooks import Webhook

from adapters.http import serve
from bot.config import Config
from bot.ports import Finding, Health, SourceState
from bot.wiring import Desk, running
from bot.wiring.application import application
from storage.sql.clock import SqlClock
from storage.sql.doctor_sources import examine_sources
from tests.adapters.sources.held_time import WITHIN, HeldTime
from tests.adapters.sources.restarted import LISTENING, policy
from tests.desk import address_of, text_of
from tests.fakes.hackernews import FakeHackerNews
from tests.storage.kit import rows

FEED = """
[sources.octolens]
kind = "webhook"
"""
NO_WORDS = '\n[sources.hn]\nkind = "hackernews"\n'
ADMIN = "ira@kettle.example"
SECRET = "whsec_" + "bm9ib2R5IGd1ZXNzZXMgdGhpcyBvbmU="


async def becomes(look: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Until looking gives what is wanted."""
    async with asyncio.timeout(WITHIN):
        while await look() != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class Running:
    """A desk at work, and somebody who asks it."""

    def __init__(self, desk: Desk, url: str, http: ClientSession) -> None:
        self.desk, self._url, self._http = desk, url, http

    async def asks(self, path: str) -> tuple[int, str]:
        async with self._http.get(self._url + path) as answer:
            return answer.status, await answer.text()

    async def posts(self, path: str, body: str, headers: Mapping[str, str]) -> int:
        async with self._http.post(self._url + path, data=body, headers=headers) as answer:
            return answer.status

    async def finds(self, name: str) -> Finding:
        """What `baton doctor` says."""
        url, now = self.desk.config.database_url, self.desk.store.clock.real()
        (found,) = await asyncio.to_thread(lambda: list(examine_sources(url, [name], now)))
        return found

    async def is_(self, state: SourceState, name: str) -> None:
        await becomes(lambda: self.state(name), state)

    async def state(self, name: str) -> SourceState:
        report = (await self.desk.store.sources.reports()).get(name)
        return report.state if report else SourceState.NEW

    async def told(self, sentence: str) -> int:
        """How often the one who runs the desk was told something that holds this."""
        page = await self.desk.store.weblog.page(f"@{ADMIN}", limit=100)
        return sum(sentence in text_of(message.card) for message in page if message.card)


@asynccontextmanager
async def at_work(
    folder: Path, more: str, secrets: Mapping[str, Mapping[str, str]] | None = None, **parts: Any
) -> AsyncIterator[Running]:
    url = address_of(folder / "desk.db")
    config = Config(database_url=url, web_chat="local", source_secrets=secrets or {})
    async with (
        running(config, policy=policy(more), **parts) as desk,
        serve(application(desk), "127.0.0.1", 0) as serving,
        ClientSession() as http,
    ):
        yield Running(desk, serving.url, http)


@pytest.fixture
async def there() -> AsyncIterator[FakeHackerNews]:
    fake = FakeHackerNews()
    async with fake.serving():
        yield fake


async def test_a_post_becomes_a_card(tmp_path: Path, there: FakeHackerNews) -> None:
    there.says("7", "My kettle leaks", datetime.now(UTC), by="quetzal")
    async with at_work(tmp_path, LISTENING.format(url=there.url)) as known:

        async def cards() -> int:
            page = await known.desk.store.weblog.page("support", limit=100)
            texts = [text_of(message.card) for message in page if message.card]
            return sum("My kettle leaks" in text and "quetzal" in text for text in texts)

        await becomes(cards, 1)
        await known.is_(SourceState.WELL, "hn")
        assert (await known.asks("/readyz"))[0] == 200
        _, metrics = await known.asks("/metrics")
        assert 'baton_source_posts_total{outcome="accepted",source="hn"} 1.0' in metrics
        assert 'baton_source_well{source="hn"} 1.0' in metrics
        found = await known.finds("hn")
        assert found.health is Health.WELL and "it last brought something at" in found.says


async def test_without_its_settings_a_source_is_shut_and_says_so_everywhere_until_it_is_mended(
    tmp_path: Path, there: FakeHackerNews
) -> None:
    async with at_work(tmp_path, NO_WORDS + FEED) as known:
        for name, why in (("hn", "says nothing to look for"), ("octolens", "BATON_SOURCE_OCTOLENS__")):
            await known.is_(SourceState.SHUT, name)
            await becomes(partial(known.told, f"The source {name} brings no mentions"), 1)
            status, body = await known.asks("/readyz")
            assert status == 200 and f"source {name}" in body and why in body
            _, metrics = await known.asks("/metrics")
            assert f'baton_source_well{{source="{name}"}} 0.0' in metrics
            found = await known.finds(name)
            assert found.health is Health.BROKEN and why in found.says
    # Started again unmended: nobody is told twice.
    async with at_work(tmp_path, NO_WORDS + FEED) as known:
        await becomes(lambda: fences(known), {"hn": 2, "octolens": 2})
    secrets = {"octolens": {"secret": SECRET}}
    async with at_work(tmp_path, LISTENING.format(url=there.url) + FEED, secrets) as known:
        for name in ("hn", "octolens"):
            await known.is_(SourceState.WELL, name)
            await becomes(partial(known.told, f"The source {name} brings mentions again."), 1)
            assert await known.told(f"The source {name} brings no mentions") == 1
            assert (await known.finds(name)).health is Health.WELL
        _, body = await known.asks("/readyz")
        assert "brings" not in body and "since" not in body


async def fences(known: Running) -> dict[str, int]:
    found = await rows(known.desk.store, "SELECT name, fence FROM sources WHERE lease_until = 0")
    return {row.name: row.fence for row in found}


async def test_what_is_pushed_is_counted_by_its_source(tmp_path: Path) -> None:
    async with at_work(tmp_path, FEED, {"octolens": {"secret": SECRET}}) as known:
        post = {
            "source": "x",
            "id": "7",
            "created_at": "2026-03-02T09:00:00Z",
            "author": "q",
            "text": "It leaks",
        }
        body, now = json.dumps(post), datetime.now(UTC)
        headers = {
            "webhook-id": "m1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("m1", now, body),
            "content-type": "application/json",
        }
        assert await known.posts("/mentions/octolens", body, headers) == 202
        _, metrics = await known.asks("/metrics")
        assert 'baton_source_posts_total{outcome="accepted",source="octolens"} 1.0' in metrics


async def test_a_desk_without_sources_counts_none(tmp_path: Path) -> None:
    async with at_work(tmp_path, "") as known:
        assert (await known.asks("/readyz"))[0] == 200
        assert "baton_source" not in (await known.asks("/metrics"))[1]


async def test_a_network_that_is_away_is_tried_later_and_the_desk_is_ready(
    tmp_path: Path, there: FakeHackerNews
) -> None:
    time = HeldTime(datetime.now(UTC))
    clock = SqlClock(real=time.real, sleep=time.sleep)
    async with at_work(tmp_path, LISTENING.format(url="http://127.0.0.1:9"), clock=clock) as known:
        await known.is_(SourceState.DOWN, "hn")
        status, body = await known.asks("/readyz")
        assert status == 200 and "source hn" in body and "down since" in body
        assert (await known.finds("hn")).health is Health.DOUBTFUL
        assert await known.told("hn") == 0
        time.passes(timedelta(seconds=1))
