"""One request to a network, with all that can go wrong as four errors: it was never sent, nothing came back, what came
back is nonsense, or too much."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import structlog
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, InvalidURL

from bot.ports import Batch, Clock, SourceBusy, SourceDown

log = structlog.get_logger(__name__)

UNREACHED: Final = "%s cannot be reached"
NO_ANSWER: Final = "%s did not answer"
TOO_MUCH: Final = "%s answered with more than %d MB"
NONSENSE: Final = "%s answered with something that is no JSON"
BUSY: Final = "%s asks for patience"
AWAY: Final = "%s answers with an error of its own (HTTP %d)"

MOST_BYTES: Final = 8 * 1024 * 1024
LONGEST_WAIT: Final = timedelta(hours=1)
SHORTEST_WAIT: Final = timedelta(seconds=1)
USUAL_WAIT: Final = timedelta(minutes=1)
HEARTBEAT: Final = timedelta(seconds=45)


class Unasked(Exception):
    """The request never left, or was surely not taken: the text is a sentence."""


class Unanswered(Exception):
    """It may have been taken, but what came back cannot be told: the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`who` is how people call the network, for sentences."""

    who: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Raises Unanswered for what is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Unanswered(NONSENSE % self.who) from error

    def wait(self, now: datetime) -> timedelta:
        """How long it asks us to wait: a second to an hour."""
        after = retry_after(self.headers.get("Retry-After", ""), now)
        return min(max(after or USUAL_WAIT, SHORTEST_WAIT), LONGEST_WAIT)


async def ask(
    http: ClientSession,
    method: str,
    url: str,
    *,
    who: str,
    most: int = MOST_BYTES,
    within: timedelta = timedelta(seconds=30),
    **request: Any,
) -> Answer:
    """The answer, whatever its status. No redirect is followed. Raises Unasked, Unanswered, never with an address or
    a header in its words."""
    limit = ClientTimeout(total=within.total_seconds(), connect=within.total_seconds() / 3)
    try:
        async with http.request(method, url, allow_redirects=False, timeout=limit, **request) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(64 * 1024):
                body += chunk
                if len(body) > most:
                    raise Unanswered(TOO_MUCH % (who, most // (1024 * 1024)))
            return Answer(who, response.status, response.headers, bytes(body))
    except (ClientConnectorError, InvalidURL) as error:
        raise Unasked(UNREACHED % who) from error
    except (TimeoutError, ClientError, ConnectionError, ValueError) as error:
        raise Unanswered(NO_ANSWER % who) from error


async def read(http: ClientSession, method: str, url: str, *, now: datetime, **request: Any) -> Answer:
    """As `ask`, for what may be asked twice. Raises SourceDown for silence and 5xx, SourceBusy for 429."""
    try:
        answer = await ask(http, method, url, **request)
    except (Unasked, Unanswered) as error:
        raise SourceDown(str(error)) from error
    if answer.status == 429:
        raise SourceBusy(BUSY % answer.who, answer.wait(now))
    if answer.status >= 500:
        raise SourceDown(AWAY % (answer.who, answer.status))
    return answer


def parsed(answer: Answer) -> Any:
    """Its JSON. Raises SourceDown for what is none."""
    try:
        return answer.json
    except Unanswered as error:
        raise SourceDown(str(error)) from error


def retry_after(said: str, now: datetime) -> timedelta | None:
    """Seconds, or a date; None where nothing useful is said."""
    said = said.strip()
    try:
        if said.replace(".", "", 1).isdecimal():
            return timedelta(seconds=min(float(said), 1e6))
        at = parsedate_to_datetime(said)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, OverflowError):
        return None


async def pausing(clock: Clock, pause: timedelta) -> AsyncIterator[Batch]:
    """Waits, and says each 45 s that all is well."""
    left = pause
    while left > HEARTBEAT:
        await clock.sleep(HEARTBEAT)
        left -= HEARTBEAT
        yield Batch()
    await clock.sleep(left)


class Pace:
    """At most one turn each `gap`, for all that share it."""

    def __init__(self, clock: Clock, gap: timedelta) -> None:
        self._clock, self._gap = clock, gap
        self._next: datetime | None = None

    async def turn(self) -> None:
        """Returns when it is ours."""
        now = self._clock.real()
        mine = now if self._next is None else max(now, self._next)
        self._next = mine + self._gap
        if mine > now:
            await self._clock.sleep(mine - now)

    def hold(self, until: datetime) -> None:
        """Nobody's turn comes before that moment."""
        self._next = until if self._next is None else max(self._next, until)
