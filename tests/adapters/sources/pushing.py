"""A desk that vendors and networks push to, served on a real port."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.policy.load import parse
from bot.policy.model import Policy
from storage.sql.cases import MENTIONS
from tests.adapters.serving import Answer, Asker, asking
from tests.desk import Story, a_desk

_POLICY = Path(__file__).parents[2] / "policy.toml"
JSON = {"Content-Type": "application/json"}
TOKEN = "0123456789abcdef0123456789abcdef"
SECRET = "a-secret-that-is-long-enough"


def policy_with(sources: str) -> Policy:
    reading = parse(_POLICY.read_text(encoding="utf-8") + "\n" + sources, "policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


@dataclass
class Pushed:
    """The desk, and whoever pushes to it."""

    story: Story
    asker: Asker

    async def post(self, path: str, body: Any, headers: Mapping[str, str] = JSON) -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.asker.ask("POST", path, content, headers)

    async def get(self, path: str) -> Answer:
        return await self.asker.ask("GET", path)

    async def mentions(self) -> list[Any]:
        """Every mention as its row stands, the first first."""
        wanted = select(MENTIONS).order_by(MENTIONS.c.id)
        return list(await self.story.desk.store.reader.once(lambda c: c.execute(wanted).all()))

    async def card(self) -> str:
        """The card of the first mention's case, as ana reads it."""
        (row, *_) = await self.mentions()
        return await self.story.says(f"show {row.case_id}", from_="ana")


@asynccontextmanager
async def pushed_to(
    folder: Path, sources: str, secrets: Mapping[str, Mapping[str, str]], **more: Any
) -> AsyncIterator[Pushed]:
    settings = {"source_secrets": secrets}
    async with (
        a_desk(folder, policy=policy_with(sources), settings=settings, **more) as story,
        asking(*story.desk.sources.routes()) as asker,
    ):
        yield Pushed(story, asker)


def hub_signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
