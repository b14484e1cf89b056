"""Every call to the Bot Connector: with a token, paced, timed, tried again where that helps, its errors translated.

Where the app's token may go is `wire.address`'s rule; no redirect is followed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import aiohttp
import structlog

from adapters.teams.errors import (
    NO_ANSWER,
    SLOW_DOWN,
    UNREACHABLE,
    Asked,
    TeamsRefused,
    TeamsShut,
    lost,
    translate,
)
from adapters.teams.pace import Pace
from adapters.teams.tokens import Tokens
from adapters.teams.wire import address, proxy_for, retry_after, stands_in
from bot.config import TeamsSettings
from bot.ports import Budgets, Clock, Down, Failed, FateUnknown, OwnBudgets, SlowDown

__all__ = ["TIMEOUT", "TeamsApi", "TeamsRefused", "TeamsShut"]

CLOSED: Final = "this desk is closing"
GARBLED: Final = "what answered was not Teams (it was no JSON)"

log = structlog.get_logger(__name__)

TIMEOUT: Final = timedelta(seconds=10)

_MOST_CONNECTIONS: Final = 50
_MOST_TRIES: Final = 3
_TRANSIENT: Final = (412, 429, 502, 504)
"""Worth trying again, says Microsoft: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""

_MAYBE_DONE: Final = (502, 504)
_PATIENCE: Final = timedelta(seconds=2)
"""So long a wait is sat out; for a longer one somebody else has the lane's turn."""

_FIRST_PAUSE: Final = 0.5
_NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back over HTTP. `after` is the Retry-After, where there is one."""

    status: int
    after: timedelta | None
    body: bytes


@dataclass(slots=True)
class _Ask:
    """One call with its tries. `maybe_done`: one of them may have had its effect."""

    asked: Asked
    url: str
    body: bytes | None
    conversation: str | None
    urgent: bool
    maybe_done: bool = False
    renewed: bool = False


class TeamsApi:
    """The Bot Connector over one shared session. Every method raises ChatErrors only."""

    def __init__(
        self,
        settings: TeamsSettings,
        clock: Clock,
        *,
        timeout: timedelta = TIMEOUT,
        budgets: Budgets | None = None,
        chance: random.Random | None = None,
    ) -> None:
        """To be made inside a running event loop; `close` ends the session.

        `timeout` is for one try; half of it for the connection, so that a connection that comes too late is known not
        to have carried the request. `chance` spreads the pauses before another try.
        """
        seconds = timeout.total_seconds()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=seconds, connect=seconds / 2),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self.tokens = Tokens(settings, clock, self._session)
        self._settings, self._clock = settings, clock
        self._pace = Pace(budgets or OwnBudgets(clock))
        self._random = chance or random.Random()

    async def call(
        self,
        verb: str,
        service_url: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        conversation: str | None = None,
        urgent: bool = False,
    ) -> Mapping[str, Any]:
        """The connector's answer to `verb` (GET, POST, PUT, DELETE) at `service_url` + `path` (such as
        `/v3/conversations/{id}/activities`). `conversation` is whose windows it counts against; `urgent` may use the
        reserve. An answer that is a list is `{"value": […]}`.

        412, 429, 502 and 504 are tried again, three times in all, a post after 502 or 504 once: Microsoft says so,
        though such a post may then be there twice. Raises SlowDown before anything is sent when our own windows are
        used up, and for a 429 that asks for more than two seconds; Down, Failed, FateUnknown (for posts), Gone, Shut,
        TeamsRefused.
        """
        asked = Asked(verb=verb, path=path, conversation=conversation or "", posts=_posts(verb, path, body))
        data = None if body is None else json.dumps(body).encode()
        ask = _Ask(
            asked,
            address(service_url, stands_in=stands_in(self._settings)) + path,
            data,
            conversation,
            urgent,
        )
        try:
            return await self._answered(ask)
        except (SlowDown, Failed) as error:
            if not ask.maybe_done:
                raise
            raise FateUnknown(NO_ANSWER.format(error=type(error).__name__)) from error

    async def close(self) -> None:
        """Ends the session; calls after that raise Down."""
        await self.tokens.close()
        await self._session.close()

    async def _answered(self, ask: _Ask) -> Mapping[str, Any]:
        for tries in range(1, _MOST_TRIES + 1):
            answer = await self._once(ask)
            if answer.status < 300:
                return _read(answer, ask.asked)
            pause = None if tries == _MOST_TRIES else self._pause(ask, answer, tries)
            if pause is None:
                break
            await self._clock.sleep(pause)
        if answer.status == 429:
            await self._slowed(ask, answer.after or SLOW_DOWN)
        raise translate(ask.asked, answer.status, _json(answer.body))

    async def _once(self, ask: _Ask) -> _Answer:
        """One try, and another with a new token where the old one is not accepted."""
        wait = await self._pace.take(ask.asked.verb, ask.conversation, urgent=ask.urgent)
        if wait:
            raise SlowDown(wait)
        token = await self.tokens.get()
        answer = await self._send(ask, token)
        if answer.status == 401 and token is not None and not ask.renewed:
            ask.renewed = True
            self.tokens.refused(token)
            answer = await self._send(ask, await self.tokens.get())
        return answer

    def _pause(self, ask: _Ask, answer: _Answer, tries: int) -> timedelta | None:
        """How long to wait before another try; None when there is to be none."""
        if answer.status not in _TRANSIENT:
            return None
        if ask.asked.posts and answer.status in _MAYBE_DONE:
            if ask.maybe_done:
                return None
            ask.maybe_done = True
        pause = timedelta(seconds=_FIRST_PAUSE * 2 ** (tries - 1) * self._random.uniform(0.5, 1.5))
        if answer.after is not None:
            # Never before Teams says, and not all of us at that very moment.
            pause = answer.after + min(pause, timedelta(seconds=0.25))
            return pause if answer.after <= _PATIENCE else None
        return min(pause, _PATIENCE)

    async def _slowed(self, ask: _Ask, after: timedelta) -> None:
        log.warning("Teams asks to wait", conversation=ask.conversation, seconds=after.total_seconds())
        await self._pace.block(ask.conversation, after)
        raise SlowDown(after)

    async def _send(self, ask: _Ask, token: str | None) -> _Answer:
        """Down when the request never left, `lost` when it may have arrived."""
        if self._session.closed:
            raise Down(CLOSED)
        headers = {"Content-Type": "application/json"} if ask.body is not None else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        proxy = proxy_for(ask.url)
        try:
            async with self._session.request(
                ask.asked.verb, ask.url, data=ask.body, headers=headers, proxy=proxy, allow_redirects=False
            ) as response:
                return _Answer(
                    response.status, retry_after(response.headers, self._clock.real()), await response.read()
                )
        except _NEVER_SENT as error:
            raise Down(UNREACHABLE.format(error=type(error).__name__)) from _cause(error)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise lost(ask.asked, type(error).__name__) from _cause(error)


def _posts(verb: str, path: str, body: Mapping[str, Any] | None) -> bool:
    """Opening a person's chat gives the same chat each time; only messages would be there twice."""
    return verb == "POST" and (path.endswith("/activities") or "activity" in (body or ()))


def _read(answer: _Answer, asked: Asked) -> Mapping[str, Any]:
    """What was answered; nothing for an empty answer."""
    if not answer.body.strip():
        return {}
    said = _json(answer.body)
    if isinstance(said, list):
        return {"value": said}
    if isinstance(said, dict):
        return said
    raise FateUnknown(GARBLED) if asked.posts else Failed(GARBLED)


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _cause(error: Exception) -> Exception | None:
    """The error, unless it carries the request's headers, and with them the token, or its address."""
    return None if isinstance(error, aiohttp.ClientResponseError | aiohttp.InvalidURL) else error
