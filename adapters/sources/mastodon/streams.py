"""What a server tells by itself: over a WebSocket, or as server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import structlog
from aiohttp import ClientError, ClientTimeout, WSMsgType, WSServerHandshakeError

from adapters.sources.mastodon.api import Api

log = structlog.get_logger(__name__)

OPENS_WITHIN: Final = 15.0
SILENT_FOR: Final = 90.0
"""A stream that says nothing for so many seconds, not even that it is there, is gone. Servers beat every 15 to 30."""

BEAT: Final = 25.0
_LONGEST: Final = 4 * 1024 * 1024
_SSE: Final = "text/event-stream"
_CARRIES: Final = frozenset({"update", "status.update", "status_update", "notification", "conversation"})


class Way(StrEnum):
    """How news of a server come, the best first."""

    WEBSOCKET = "websocket"
    EVENTS = "server-sent events"
    ASKING = "asking"


@dataclass(frozen=True, slots=True)
class Event:
    """What the server told: a name, and what goes with it."""

    name: str
    payload: Any = None


OPENED: Final = Event("")
"""The first of every stream: from now on nothing is missed."""


class NotOffered(Exception):
    """The server does not stream this way, or not for us."""


class Ended(Exception):
    """The stream is over."""


def stream(way: Way, api: Api, streaming: str) -> AsyncGenerator[Event, None]:
    """Raises NotOffered, Ended."""
    return _websocket(api, streaming) if way is Way.WEBSOCKET else _events(api, streaming)


async def _websocket(api: Api, streaming: str) -> AsyncGenerator[Event, None]:
    if not streaming:
        raise NotOffered("it does not say where")
    try:
        opened = await _connected(api, f"{streaming}/api/v1/streaming")
    except (WSServerHandshakeError, ValueError) as error:
        raise NotOffered(type(error).__name__) from error
    except (ClientError, TimeoutError, OSError) as error:
        raise Ended(type(error).__name__) from error
    try:
        yield OPENED
        async for message in opened:
            if message.type is not WSMsgType.TEXT:
                break
            event = read_message(message.data)
            if event is not None:
                yield event
    except (ClientError, TimeoutError, OSError) as error:
        raise Ended(type(error).__name__) from error
    finally:
        await opened.close()
    raise Ended("it was closed")


async def _connected(api: Api, address: str) -> Any:
    """The token goes in a header, for addresses are written into logs; a server that refuses this is asked the other
    way, which all of them know."""
    try:
        return await _socket(api, address, {"stream": "user"}, api.bearer)
    except WSServerHandshakeError as error:
        if error.status not in (400, 401, 403):
            raise
    return await _socket(api, address, {"stream": "user", "access_token": api.token}, {})


async def _socket(api: Api, address: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Any:
    async with asyncio.timeout(OPENS_WITHIN):
        return await api.http.ws_connect(
            address, params=query, headers=headers, heartbeat=BEAT, max_msg_size=_LONGEST
        )


async def _events(api: Api, streaming: str) -> AsyncGenerator[Event, None]:
    base = streaming.replace("ws", "http", 1) if streaming else api.base
    within = ClientTimeout(total=None, connect=OPENS_WITHIN, sock_read=SILENT_FOR)
    try:
        request = api.http.get(
            f"{base}/api/v1/streaming/user",
            headers={**api.bearer, "Accept": _SSE},
            timeout=within,
            allow_redirects=False,
        )
        async with request as response:
            if response.status != 200 or response.content_type != _SSE:
                raise NotOffered(str(response.status))
            yield OPENED
            async with aclosing(_said(response.content)) as said:
                async for event in said:
                    yield event
    except (ClientError, TimeoutError, OSError, ValueError) as error:
        raise Ended(type(error).__name__) from error
    raise Ended("it was closed")


async def _said(content: Any) -> AsyncGenerator[Event, None]:
    """The events in a stream of lines, split wherever the network split it."""
    name, data = "", list[str]()
    async for raw in _lines(content):
        line = raw.decode("utf-8", "replace").rstrip("\r")
        if line:
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if key == "event":
                name = value
            elif key == "data":
                data.append(value)
            continue
        if name:
            event = read_event(name, "\n".join(data))
            if event is not None:
                yield event
        name, data = "", []


async def _lines(content: Any) -> AsyncIterator[bytes]:
    """Raises ValueError at a line that is longer than anything a server has to say."""
    kept = bytearray()
    async for part in content.iter_any():
        kept += part
        *whole, rest = kept.split(b"\n")
        kept = bytearray(rest)
        for line in whole:
            yield bytes(line)
        if len(kept) > _LONGEST:
            raise ValueError("a line without end")


def read_message(text: str) -> Event | None:
    """The event in a WebSocket message; None where there is none that we know."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or not isinstance(said.get("event"), str):
        log.warning("a stream says what is no event, it is skipped")
        return None
    return read_event(said["event"], said.get("payload"))


def read_event(name: str, payload: object) -> Event | None:
    """None where it carries nothing that could be read."""
    if name in _CARRIES and isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except (ValueError, RecursionError):
            payload = None
    if name in _CARRIES and not isinstance(payload, dict):
        log.warning("a stream's event carries nothing that can be read, it is skipped", name=name[:40])
        return None
    return Event("status.update" if name == "status_update" else name, payload)
