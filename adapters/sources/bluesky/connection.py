"""A stream's connection: opened, read, and what is wrong with it in words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSMsgType,
    WSServerHandshakeError,
)

from adapters.sources.bluesky.xrpc import A_WHILE, asked_to_wait
from bot.ports import Clock, SourceBusy, SourceDown, SourceShut

NO_STREAM: Final = "There is no stream of Bluesky at {url} (it answered {status}): correct stream and stream_url in the policy."
BUSY: Final = "Bluesky's stream at {url} asks the desk to come back later."
FAILED: Final = "Bluesky's stream at {url} answered {status}."
AWAY: Final = "Bluesky's stream at {url} cannot be reached: {why}."
ENDED: Final = "Bluesky's stream at {url} broke off."

HEARTBEAT: Final = 25.0
LARGEST: Final = 8_000_000
_WRONG: Final = (401, 403, 404, 405, 410)


@asynccontextmanager
async def opened(
    http: ClientSession, clock: Clock, base: str, path: str, query: list[tuple[str, str]]
) -> AsyncIterator[ClientWebSocketResponse[bool]]:
    """The connection, alive or found dead within a minute. Raises SourceDown, SourceBusy, SourceShut."""
    try:
        socket = await http.ws_connect(
            base + path,
            params=query,
            heartbeat=HEARTBEAT,
            max_msg_size=LARGEST,
            timeout=ClientWSTimeout(ws_close=3.0),
            decode_text=False,
        )
    except WSServerHandshakeError as error:
        if error.status == 429:
            after = asked_to_wait(error.headers or {}, clock.real())
            raise SourceBusy(BUSY.format(url=base), after or A_WHILE) from error
        if error.status in _WRONG:
            raise SourceShut(NO_STREAM.format(url=base, status=error.status)) from error
        raise SourceDown(FAILED.format(url=base, status=error.status)) from error
    except (ClientError, TimeoutError, OSError) as error:
        raise SourceDown(AWAY.format(url=base, why=type(error).__name__)) from error
    try:
        yield socket
    finally:
        await socket.close()


def payload(kind: WSMsgType, data: object, base: str) -> bytes:
    """What a message holds. Raises SourceDown where it is the end."""
    if kind in (WSMsgType.TEXT, WSMsgType.BINARY) and isinstance(data, bytes):
        return data
    raise SourceDown(ENDED.format(url=base))
