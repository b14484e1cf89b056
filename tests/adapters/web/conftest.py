"""A web chat on a real store, with somebody else listening instead of the desk."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import insert

from adapters.web.inbound import WebFrontend
from adapters.web.live import LiveHub
from bot.cards.card import Card
from bot.grammar import Heard
from bot.policy.model import Policy
from bot.ports import WebMessage
from bot.router import Reply, Verb
from storage.sql.messages import MESSAGES
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import test_policy


@dataclass
class Ear:
    """Hears instead of the desk, and answers what the test wants."""

    heard: list[Heard] = field(default_factory=list)
    answer: Card | None = None
    error: Exception | None = None
    seen: set[str | None] = field(default_factory=set)

    async def __call__(self, heard: Heard) -> Card | None:
        if self.error:
            raise self.error
        if heard.id in self.seen:
            return None
        self.seen.add(heard.id)
        self.heard.append(heard)
        return self.answer

    @property
    def words(self) -> list[str]:
        return [heard.words for heard in self.heard]


@dataclass
class WebDesk:
    store: SqlStore
    hub: LiveHub
    ear: Ear
    client: TestClient[Any, Any]
    policy: Policy
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def card(self, conversation: str, card: Card, *, case: int | None = None) -> WebMessage:
        """Baton posts the card; with `case` it is that case's card."""
        nonce = f"nonce-{next(self.numbers)}"
        if case is not None:
            row = {"key": f"card:{case}@web:{conversation}", "nonce": nonce, "state": "sent", "shown": ""}
            begun = {"place": f"web:{conversation}", "begun_at": self.store.clock.now()}
            await self.store.writer.submit([lambda c: c.execute(insert(MESSAGES).values(**row, **begun))])
        message = await self.store.weblog.post(conversation, nonce=nonce, card=card)
        self.hub.nudge()
        return message

    async def get(self, path: str, **params: str | int) -> Any:
        response = await self.client.get(path, params=params)
        assert response.status == 200, await response.text()
        return await response.json()

    async def post(self, path: str, *, expect: int = 200, **fields: Any) -> Any:
        given = {"as": "ana@kettle.example", "conversation": "support", "id": self.id(), **fields}
        response = await self.client.post(path, json=given)
        assert response.status == expect, await response.text()
        return await response.json()

    async def say(self, text: str, *, expect: int = 200, **fields: Any) -> Any:
        return await self.post("/web/say", text=text, expect=expect, **fields)

    async def press(self, words: str, *, expect: int = 200, **fields: Any) -> Any:
        return await self.post("/web/press", words=words, expect=expect, **fields)

    async def texts(self, conversation: str, thread: int | None = None) -> list[str | None]:
        return [m.text for m in await self.store.weblog.page(conversation, reply_to=thread)]

    def id(self) -> str:
        return f"test-event-{next(self.numbers)}"


async def _nothing() -> Reply:
    return Reply.nothing()


def _verb(name: str, group: Any, *aliases: str) -> Verb:
    return Verb(
        name=name, usage=f"{name} <case>", group=group, help="Help.", function=_nothing, aliases=aliases
    )


VERBS = (_verb("claim", "work", "grab"), _verb("show", "see"), _verb("note", "work"))


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[WebDesk]:
    policy, url = test_policy(), f"sqlite:///{tmp_path / 'chat.db'}"
    await asyncio.to_thread(upgrade, url)
    store = SqlStore(url, policy)
    hub, ear = LiveHub(store.weblog, store.clock), Ear()
    front = WebFrontend(policy=policy, log=store.weblog, hear=ear, clock=store.clock, hub=hub, verbs=VERBS)
    app = web.Application()
    app.add_routes(front.routes())
    app.on_shutdown.append(_closing(hub))
    async with TestClient(TestServer(app)) as client:
        yield WebDesk(store, hub, ear, client, policy)
    await store.close()


def _closing(hub: LiveHub) -> Callable[[web.Application], Awaitable[None]]:
    async def close(app: web.Application) -> None:
        await hub.close()

    return close
