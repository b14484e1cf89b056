"""What stands in the local Slack, as its own page sees it: a WebSocket that tells every change."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.fakes.slack.state import Json

PATIENCE: Final = 10.0
"""Seconds for anything that should come at once."""


@dataclass
class Mirror:
    """Always a little behind; `catch_up` waits until it is not."""

    socket: ClientWebSocketResponse
    messages: dict[str, list[Json]] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    modals: list[Json] = field(default_factory=list)
    homes: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: Json = field(default_factory=dict)
    views_told: int = 0
    listened: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while our app is connected in Socket Mode."""
    _pings: dict[bytes, asyncio.Future[None]] = field(default_factory=dict)
    _told: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @classmethod
    async def open(cls, session: ClientSession, url: str) -> Mirror:
        # Pongs are looked at, so they must not be swallowed.
        return cls(await session.ws_connect(url, autoping=False, max_msg_size=0))

    async def run(self) -> None:
        async for frame in self.socket:
            if frame.type == WSMsgType.TEXT:
                self._learn(json.loads(frame.data))
            elif frame.type == WSMsgType.PING:
                await self.socket.pong(frame.data)
            elif frame.type == WSMsgType.PONG and (waiting := self._pings.pop(bytes(frame.data), None)):
                waiting.set_result(None)

    async def catch_up(self) -> None:
        """What the server did before now is known here."""
        mark = str(next(self._numbers)).encode()
        self._pings[mark] = asyncio.get_running_loop().create_future()
        await self.socket.ping(mark)
        async with asyncio.timeout(PATIENCE):
            await self._pings[mark]

    async def view_told(self, after: int) -> None:
        """Waits for news of dialogs that came after `views_told` stood at `after`."""
        async with asyncio.timeout(PATIENCE):
            while self.views_told == after:
                self._told.clear()
                await self._told.wait()

    def _learn(self, frame: Json) -> None:
        kind = frame["t"]
        if kind == "init":
            self._begin(frame["state"])
        elif kind == "message":
            self.messages.setdefault(frame["message"]["channel"], []).append(frame["message"])
        elif kind == "message_update":
            self._replace(frame["message"])
        elif kind == "message_delete":
            kept = [m for m in self.messages.get(frame["channel"], []) if m["ts"] != frame["ts"]]
            self.messages[frame["channel"]] = kept
        elif kind == "channel":
            self.channels[frame["channel"]["id"]] = frame["channel"]
        elif kind in ("view", "view_errors"):
            self._views(frame)
        elif kind == "socket_status":
            self._connected(frame["connected"])
        elif kind == "home":
            self.homes.setdefault(frame["user"], {})[frame["appId"]] = frame["view"]

    def _connected(self, connected: bool) -> None:
        if connected:
            self.listened.set()
        else:
            self.listened.clear()

    def _begin(self, state: Json) -> None:
        self._connected(state["apps"][0]["connected"])
        self.messages = state["messages"]
        self.channels = {each["id"]: each for each in state["channels"]}
        self.modals, self.homes = state["modalStack"], state["homeViews"]

    def _replace(self, message: Json) -> None:
        line = self.messages.setdefault(message["channel"], [])
        line[:] = [message if each["ts"] == message["ts"] else each for each in line]

    def _views(self, frame: Json) -> None:
        if frame["t"] == "view":
            self.modals, self.errors = frame["stack"], {}
        else:
            self.errors = frame["errors"]
        self.views_told += 1
        self._told.set()


async def ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
