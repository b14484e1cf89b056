"""Every room that the contract holds in. A new platform is one more entry, and passes all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.room import Room
from tests.contracts.slack_room import fake_room, local_room
from tests.contracts.teams_room import teams_room
from tests.contracts.web_room import web_room

Opened = Callable[[Path], AbstractAsyncContextManager[Room]]

ROOMS: dict[str, Opened] = {
    "web": web_room,
    "fake Slack over HTTP": partial(fake_room, socket=False),
    "fake Slack over a socket": partial(fake_room, socket=True),
    "local Slack over HTTP": partial(local_room, socket=False),
    "local Slack over a socket": partial(local_room, socket=True),
    "Teams, reading everything": partial(teams_room, mentions=False),
    "Teams, hearing mentions": partial(teams_room, mentions=True),
}
# The local Slack tells nothing twice, and keeps no metadata to look for; Teams has none.
ABLE = {name: opened for name, opened in ROOMS.items() if not name.startswith("local")}
SEARCHED = {name: opened for name, opened in ABLE.items() if not name.startswith("Teams")}


@pytest.fixture(params=ROOMS)
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Room]:
    """Each platform in turn."""
    async with ROOMS[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture(params=ABLE)
async def able_room(request: Any, tmp_path: Path) -> AsyncIterator[Room]:
    """Each platform that repeats what it told."""
    async with ABLE[request.param](tmp_path) as opened:
        yield opened


@pytest.fixture(params=SEARCHED)
async def searched_room(request: Any, tmp_path: Path) -> AsyncIterator[Room]:
    """Each platform whose messages can be searched."""
    async with SEARCHED[request.param](tmp_path) as opened:
        yield opened
