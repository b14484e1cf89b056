"""Socket Mode: tickets, connections, envelopes and their acknowledgements.

docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from tests.fakes.slack.answer import Answer
from tests.fakes.slack.state import APP, Json

TAKES_ANSWER: Final = frozenset({"interactive", "slash_commands"})


@dataclass
class Sockets:
    """The app's open connections. An envelope goes to one of them, the newest."""

    base: str = ""
    open: list[web.WebSocketResponse] = field(default_factory=list)
    opened: int = 0
    _tickets: set[str] = field(default_factory=set)
    _waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def wanted(self) -> bool:
        """Whether our app ever asked for a connection."""
        return bool(self._tickets or self.opened)

    def ticket(self) -> str:
        """The address of one connection, good once."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"{self.base}/link/?ticket={ticket}&app_id={APP}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="this ticket was used or never given")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.open.append(socket)
        self.opened += 1
        try:
            await socket.send_json(self._hello())
            self._connected.set()
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            self.open.remove(socket)
            if not self.open:
                self._connected.clear()
        return socket

    async def send(
        self, kind: str, payload: Json, *, patience: float, attempt: int = 0, reason: str = ""
    ) -> Answer:
        """Waits `patience` seconds for a connection, and as long for the acknowledgement."""
        envelope: Json = {
            "envelope_id": secrets.token_hex(16),
            "type": kind,
            "accepts_response_payload": kind in TAKES_ANSWER,
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            async with asyncio.timeout(patience):
                await self._connected.wait()
            await self.open[-1].send_json(envelope)
            async with asyncio.timeout(patience):
                return Answer(200, await answer)
        except TimeoutError:
            return Answer(0, reason="timeout")
        except ConnectionError:
            return Answer(0, reason="connection_failed")
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def connected(self, within: float = 5.0) -> None:
        """Waits until our app is connected."""
        async with asyncio.timeout(within):
            await self._connected.wait()

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Slack wants the app to connect anew, as it does every few hours."""
        for socket in list(self.open):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})
            self._forget(socket)
            # Closing waits for the other side, which is busy connecting anew.
            asyncio.get_running_loop().call_later(0.2, _abort, socket)

    def drop(self) -> None:
        """Every connection breaks without a word."""
        for socket in list(self.open):
            self._forget(socket)
            _abort(socket)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if self.open == [socket]:
            self._connected.clear()

    def _hello(self) -> Json:
        about = {"host": "fake", "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "connection_info": {"app_id": APP},
            "num_connections": len(self.open),
            "debug_info": about,
        }

    def _acknowledged(self, message: Json) -> None:
        waiting = self._waiting.get(message.get("envelope_id", ""))
        if waiting and not waiting.done():
            waiting.set_result(message.get("payload"))


def _abort(socket: web.WebSocketResponse) -> None:
    writer = getattr(socket, "_writer", None)
    if writer is not None and writer.transport is not None:
        writer.transport.abort()
