"""Asking a Mastodon server: what it answers, and what its refusals mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession
from multidict import CIMultiDictProxy

from bot.ports import Clock

AWAY: Final = "%s does not answer"
NONSENSE: Final = "%s answers with something that is no Mastodon server's answer"
TROUBLE: Final = "%s has trouble of its own (it answers %d)"
MOVED: Final = "%s has moved, to %s: write that as its url in the policy"

MOST_BYTES: Final = 16 * 1024 * 1024
"""The longest answer that is read."""

KEPT_BACK: Final = 20
"""Requests of the server's allowance that listening leaves to replies."""

_WAIT: Final = timedelta(minutes=1)
_LEAST: Final = timedelta(seconds=1)
_MOST: Final = timedelta(hours=1)
_SAID: Final = 200

Query = list[tuple[str, str]]


class Refused(Exception):
    """The server understood and does not do it; `said` are its words, made harmless."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status}: {said}")
        self.status, self.said = status, said


class Busy(Exception):
    """The server's allowance is used up."""

    def __init__(self, after: timedelta) -> None:
        super().__init__(after)
        self.after = after


class Away(Exception):
    """No answer, or none that means anything. Without `sent` the request never left."""

    def __init__(self, sentence: str, *, sent: bool = True) -> None:
        super().__init__(sentence)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    body: Any
    headers: CIMultiDictProxy[str]


@dataclass(slots=True, kw_only=True)
class Api:
    """One server, asked as one account. `token` is shown to that server only: no redirect is followed."""

    base: str
    token: str = field(repr=False)
    http: ClientSession
    clock: Clock
    _left: int = field(default=1_000_000, init=False)
    _anew_at: datetime = field(default=datetime.min.replace(tzinfo=UTC), init=False)

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def get(self, path: str, query: Query | None = None, *, to_reply: bool = False) -> Answer:
        """Raises Refused, Busy, Away. Busy also shortly before the server would say so, unless it is `to_reply`."""
        now = self.clock.real()
        if not to_reply and self._left <= KEPT_BACK and now < self._anew_at:
            raise Busy(_within(self._anew_at - now))
        return await self._ask("GET", path, query, None, {})

    async def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Raises Refused, Busy, Away."""
        return await self._ask("POST", path, None, form, headers)

    async def _ask(
        self,
        method: str,
        path: str,
        query: Query | None,
        form: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> Answer:
        try:
            async with self.http.request(
                method,
                self.base + path,
                params=query,
                data=form,
                headers={**self.bearer, "Accept": "application/json", **headers},
                allow_redirects=False,
            ) as response:
                raw = await _read(response)
                status, answered = response.status, response.headers
        except ClientConnectorError as error:
            raise Away(AWAY % self.host, sent=False) from error
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise Away(AWAY % self.host) from error
        if method == "GET":
            self._note(answered)
        self._look(status, answered, raw)
        body = _decoded(raw)
        if body is None:
            raise Away(NONSENSE % self.host)
        return Answer(body, answered)

    def _look(self, status: int, headers: Mapping[str, str], raw: bytes) -> None:
        if 200 <= status < 300:
            return
        if status == 429:
            raise Busy(self._patience(headers))
        if 300 <= status < 400:
            raise Refused(status, MOVED % (self.host, harmless(headers.get("Location", "elsewhere"))))
        if status >= 500:
            raise Away(TROUBLE % (self.host, status))
        body = _decoded(raw)
        said = body.get("error") if isinstance(body, dict) else None
        raise Refused(status, harmless(said) if isinstance(said, str) else "")

    def _patience(self, headers: Mapping[str, str]) -> timedelta:
        now = self.clock.real()
        at = moment(headers.get("X-RateLimit-Reset")) or _retry_after(headers.get("Retry-After"), now)
        return _within(at - now) if at else _WAIT

    def _note(self, headers: Mapping[str, str]) -> None:
        """How much of the allowance is left, and until when."""
        left, at = headers.get("X-RateLimit-Remaining", ""), moment(headers.get("X-RateLimit-Reset"))
        if left.isascii() and left.isdecimal() and len(left) < 10 and at is not None:
            # A limit smaller than what is kept back is used to its end.
            most = headers.get("X-RateLimit-Limit", "")
            small = most.isascii() and most.isdecimal() and len(most) < 10 and int(most) <= KEPT_BACK * 2
            self._left = 1_000_000 if small else int(left)
            self._anew_at = at


def harmless(said: str) -> str:
    """A server's words as they may stand in a sentence of ours: one short line that links nowhere and calls nobody."""
    words = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    short = words if len(words) <= _SAID else f"{words[:_SAID]}…"
    return (
        "".join(" " if c in "<>[]`*_~|\\" else c for c in short)
        .replace("@", "@\u200b")
        .replace("://", ":\u200b//")
    )


def moment(said: object) -> datetime | None:
    """A moment as servers write it, ISO 8601 or seconds since 1970; None where it is none. UTC."""
    if not isinstance(said, str):
        return None
    try:
        if said.isascii() and said.isdecimal():
            return datetime.fromtimestamp(int(said), UTC)
        at = datetime.fromisoformat(said.strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _retry_after(said: str | None, now: datetime) -> datetime | None:
    if not said:
        return None
    try:
        if said.isascii() and said.isdecimal():
            return now + timedelta(seconds=min(int(said[:9]), 100_000))
        return parsedate_to_datetime(said).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _within(wait: timedelta) -> timedelta:
    return min(max(wait, _LEAST), _MOST)


async def _read(response: ClientResponse) -> bytes:
    """Raises ValueError where it is longer than anything a server has to say."""
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError(size)
    return b"".join(parts)


def _decoded(raw: bytes) -> Any:
    """The JSON in it; None where it is none. What strangers wrote may hold half characters, which one strict decoder
    would refuse together with everything beside them."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
