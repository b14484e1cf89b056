"""Every call to Slack's Web API: paced, timed, its errors translated.

Calls go straight over the session and not through slack_sdk's client, which hides whether a request was sent
before it was lost, and the Retry-After of an answer it cannot read. The client is there for Bolt, on the same session.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import (
    GARBLED,
    SLOW_DOWN,
    UNREACHABLE,
    SlackRefused,
    SlackShut,
    lost,
    translate,
)
from adapters.slack.pace import Pace
from bot.config import SlackSettings
from bot.ports import Budgets, Clock, Down, Failed, OwnBudgets, SlowDown

__all__ = ["TIMEOUT", "SlackApi", "SlackRefused", "SlackShut"]

CLOSED: Final = "this desk is closing"
ANSWER: Final = "response_url"
UPLOAD: Final = "files.upload"

log = structlog.get_logger(__name__)

TIMEOUT: Final = timedelta(seconds=10)

_MOST_CONNECTIONS: Final = 20
_MOST_ALT: Final = 1000
_NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
_JSON: Final = ("chat.", "views.", "conversations.open")
"""Methods that write take JSON; many that read do not. All of them take a form."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back over HTTP. `after` is the Retry-After, where there is one."""

    status: int
    after: timedelta | None
    body: bytes


class SlackApi:
    """One workspace's Web API over one shared session. Every method raises ChatErrors only."""

    def __init__(
        self,
        settings: SlackSettings,
        clock: Clock,
        *,
        timeout: timedelta = TIMEOUT,
        budgets: Budgets | None = None,
    ) -> None:
        """To be made inside a running event loop; `close` ends the session.

        `timeout` is for a whole call; half of it for the connection, so that a connection that comes too late is
        known not to have carried the request.
        """
        seconds = timeout.total_seconds()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=seconds, connect=seconds / 2),
        )
        self._pace = Pace(budgets or OwnBudgets(clock))
        self._url = settings.api_url
        self._headers = {"Authorization": f"Bearer {settings.bot_token}"}
        self.client = AsyncWebClient(
            token=settings.bot_token,
            base_url=settings.api_url,
            session=self._session,
            timeout=max(1, round(seconds)),
            retry_handlers=[],
        )
        self.client.proxy = _proxy(*_origin(settings.api_url))

    async def call(
        self,
        method: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        channel: str | None = None,
        urgent: bool = False,
    ) -> Mapping[str, Any]:
        """Slack's answer to `method`; arguments that are None are left out.

        `channel` is whose pace it counts against (without it, the argument of that name); `urgent` may use the
        reserve. Raises SlowDown before anything is sent when our own budget is used up, and for a 429; Down, Failed,
        FateUnknown (for methods that write), Gone, Shut, SlackRefused.
        """
        given = {name: value for name, value in (arguments or {}).items() if value is not None}
        channel = channel or given.get("channel")
        wait = await self._pace.take(method, channel, urgent=urgent)
        if wait:
            raise SlowDown(wait)
        answer = await self._send(method, self._url + method, headers=self._headers, **_body(method, given))
        try:
            return _read(method, answer)
        except SlowDown as slow:
            log.warning(
                "Slack asks to wait", method=method, channel=channel, seconds=slow.after.total_seconds()
            )
            await self._pace.block(method, channel, slow.after)
            raise

    async def upload(self, name: str, content: bytes, alt: str) -> str:
        """Puts a picture into the workspace, shared nowhere; its file id, for an image block."""
        wanted = {"filename": name, "length": len(content), "alt_txt": alt[:_MOST_ALT]}
        place = await self.call("files.getUploadURLExternal", wanted)
        url, file = str(place.get("upload_url")), str(place.get("file_id"))
        put = await self._send(UPLOAD, url, data=content)
        if put.status != 200:
            raise Failed(GARBLED.format(method=UPLOAD, status=put.status))
        await self.call("files.completeUploadExternal", {"files": [{"id": file, "title": name}]})
        return file

    async def answer(self, url: str, body: Mapping[str, Any]) -> None:
        """Answers at a `response_url`. It works five times within 30 minutes; SlackRefused (`used_url`,
        `expired_url`) after. The address is a secret by itself, so no token goes there."""
        answer = await self._send("chat.postEphemeral", url, json=body)
        if answer.status == 200 and not answer.body.lstrip().startswith(b"{"):
            return
        words = answer.body.decode(errors="replace").strip()
        if 400 <= answer.status < 500 and re.fullmatch(r"[a-z_]+", words):
            raise translate(ANSWER, {"error": words})
        _read("chat.postEphemeral", answer)

    async def close(self) -> None:
        """Ends the session; calls after that raise Down."""
        await self._session.close()

    async def _send(self, method: str, url: str, **request: Any) -> _Answer:
        """Down when the request never left, `lost` when it may have arrived."""
        if self._session.closed:
            raise Down(CLOSED)
        proxy = _proxy(*_origin(url))
        try:
            async with self._session.post(url, proxy=proxy, allow_redirects=False, **request) as response:
                return _Answer(response.status, _after(response.headers), await response.read())
        except _NEVER_SENT as error:
            raise Down(UNREACHABLE.format(error=type(error).__name__)) from _cause(error)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise lost(method, type(error).__name__) from _cause(error)


def _cause(error: Exception) -> Exception | None:
    """The error, unless it carries the request's headers, and with them the token, or its address."""
    return None if isinstance(error, aiohttp.ClientResponseError | aiohttp.InvalidURL) else error


def _body(method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    if method.startswith(_JSON):
        return {"json": arguments}
    form = {n: v if isinstance(v, str) else json.dumps(v) for n, v in arguments.items()}
    return {"data": form} if form else {}


def _read(method: str, answer: _Answer) -> Mapping[str, Any]:
    """Slack's answer if it is ok; raises what it means if not."""
    if answer.status == 429:
        raise SlowDown(answer.after or SLOW_DOWN)
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if isinstance(said, dict) and said.get("ok") is True:
        return said
    error = translate(method, said) if isinstance(said, dict) and said.get("error") else None
    if isinstance(error, SlowDown) and answer.after:
        raise SlowDown(answer.after)
    if error is not None and not (answer.status >= 500 and isinstance(error, SlackRefused)):
        raise error
    if 300 <= answer.status < 500:
        raise Failed(GARBLED.format(method=method, status=answer.status))
    raise lost(method, f"HTTP {answer.status}")


def _after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After in seconds, at least one."""
    try:
        return timedelta(seconds=max(1.0, float(headers["Retry-After"])))
    except (KeyError, ValueError, OverflowError):
        return None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or ""


@lru_cache(maxsize=64)
def _proxy(scheme: str, host: str) -> str | None:
    """The proxy that the environment names, unless NO_PROXY excepts the host; slack_sdk knows no exceptions."""
    return None if proxy_bypass(host) else getproxies().get(scheme)
