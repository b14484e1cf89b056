"""Socket Mode: Slack's payloads over a WebSocket that we open, acknowledged when their effect is committed."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, Final

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger(__name__)

LOGGER: Final = "baton.slack.socket"

GRACE: Final = 3.0
"""Seconds (real time) that payloads under way get to end when we close: as long as Slack waits for them."""

PING_EVERY: Final = 3.0
"""Seconds between signs of life, and until a broken connection is noticed; one that is silent four times as long
is opened anew."""

_SAME_AGAIN: Final = 60.0


class SocketMode:
    """One connection, kept by slack_sdk: it comes back by itself, also when Slack announces that it ends."""

    def __init__(self, app: AsyncApp, *, app_token: str, web: AsyncWebClient) -> None:
        self._app = app
        self._app_token = app_token
        self._web = web
        self._client: _Client | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._closing = False

    def open(self) -> None:
        """Begins to connect, and goes on trying for as long as it takes. To be called inside a running event loop."""
        self._client = _Client(self._app_token, self._web)
        self._client.socket_mode_request_listeners.append(self._hear)
        self._connecting = asyncio.create_task(self._client.connect())  # type: ignore[no-untyped-call]  # slack_sdk's

    async def close(self) -> None:
        """Takes nothing new, lets what is under way end within GRACE, and leaves no task behind."""
        self._closing = True
        if self._client is None:
            return
        if self._client.hearing:
            await asyncio.wait(set(self._client.hearing), timeout=GRACE)
        await self._client.close()  # type: ignore[no-untyped-call]  # slack_sdk's
        tasks = [self._connecting, *self._client.hearing, *self._client.own_tasks()]
        left = [task for task in tasks if task is not None]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._closing:
            return  # Unacknowledged, so that Slack brings it to another process or a later one.
        begun = time.time()
        response = await run_async_bolt_app(self._app, request)
        try:
            await send_async_response(client, request, response, begun)
        except ConnectionError as error:
            # Slack brings it again, and then it is known to be done.
            log.warning("an acknowledgement was lost", kind=request.type, error=str(error))


class _Client(SocketModeClient):
    """slack_sdk's client, whose tasks can be waited for."""

    def __init__(self, app_token: str, web: AsyncWebClient) -> None:
        super().__init__(app_token=app_token, web_client=web, logger=_logger(), ping_interval=PING_EVERY)
        # Of its own it takes a proxy from the environment even for addresses that need none.
        self.proxy = web.proxy
        self.hearing: set[asyncio.Task[Any]] = set()

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.hearing.add(task)
        try:
            await super().run_message_listeners(message, raw_message)
        finally:
            self.hearing.discard(task)

    def own_tasks(self) -> tuple[asyncio.Future[Any] | None, ...]:
        return (self.message_processor, self.message_receiver, self.current_session_monitor)


def _logger() -> logging.Logger:
    logger = logging.getLogger(LOGGER)
    # A level of its own: without one slack_sdk formats every payload for a debug line that nobody reads.
    logger.setLevel(logging.WARNING)
    if not any(isinstance(each, _Brief) for each in logger.filters):
        logger.addFilter(_Brief())
    return logger


class _Brief(logging.Filter):
    """A network that is away for ten minutes makes ten lines, not two hundred tracebacks."""

    _last = ("", 0.0)

    def filter(self, record: logging.LogRecord) -> bool:
        said, at = record.getMessage(), record.created
        if said == self._last[0] and at - self._last[1] < _SAME_AGAIN:
            return False
        self._last = (said, at)
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
