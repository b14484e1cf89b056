"""Asking servers of the network: one call, its answer, and what may be wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

from bot.ports import Clock

WITHIN: Final = timedelta(seconds=20)
LARGEST: Final = 4_000_000
A_WHILE: Final = timedelta(seconds=60)
LONGEST: Final = timedelta(hours=24)

Query = Mapping[str, str] | Sequence[tuple[str, str]]


class XrpcError(Exception):
    """The server said no. `name` is the error's own name, `message` its words, `after` how long it asks to wait."""

    def __init__(self, status: int, name: str, message: str, after: timedelta | None = None) -> None:
        super().__init__(f"{status} {name}: {message}"[:300])
        self.status, self.name, self.message, self.after = status, name, message, after

    @property
    def busy(self) -> bool:
        return self.status == 429

    @property
    def broken(self) -> bool:
        """Whether the server failed, so that asking again may help."""
        return self.status >= 500 or self.status < 400


class Unreachable(Exception):
    """No answer, or none that can be read: whether the call did anything is not known."""


@dataclass(frozen=True, slots=True)
class Xrpc:
    """Calls of one server."""

    http: ClientSession
    base: str
    clock: Clock

    async def get(
        self, method: str, query: Query, *, token: str | None = None, within: timedelta = WITHIN
    ) -> Mapping[str, Any]:
        """Raises XrpcError, Unreachable."""
        return await self._call("GET", method, within, params=query, headers=_bearer(token))

    async def post(
        self,
        method: str,
        body: Mapping[str, Any] | None,
        *,
        token: str | None = None,
        within: timedelta = WITHIN,
    ) -> Mapping[str, Any]:
        """Raises XrpcError, Unreachable."""
        sent = {} if body is None else {"json": body}
        return await self._call("POST", method, within, headers=_bearer(token), **sent)

    async def _call(self, verb: str, method: str, within: timedelta, **more: Any) -> Mapping[str, Any]:
        url = f"{self.base}/xrpc/{method}"
        timeout = ClientTimeout(total=within.total_seconds())
        try:
            async with self.http.request(
                verb, url, timeout=timeout, allow_redirects=False, **more
            ) as response:
                return await _answer(response, self.clock.real())
        except (ClientError, TimeoutError, asyncio.IncompleteReadError, OSError, ValueError) as error:
            raise Unreachable(type(error).__name__) from error


async def read_json(response: ClientResponse) -> Any:
    """The answer's JSON, unless it is beyond measure. Raises ValueError."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > LARGEST:
            raise ValueError("an answer beyond measure")
    try:
        return msgspec.json.decode(bytes(body)) if body else {}
    except RecursionError as error:
        raise ValueError("an answer beyond measure") from error


async def _answer(response: ClientResponse, now: datetime) -> Mapping[str, Any]:
    try:
        said = await read_json(response)
    except ValueError:
        if response.status < 300:
            raise
        said = {}
    said = said if isinstance(said, dict) else {}
    if 200 <= response.status < 300:
        return said
    name, message = str(said.get("error") or ""), str(said.get("message") or "")
    raise XrpcError(response.status, name, message, asked_to_wait(response.headers, now))


def asked_to_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long an answer asks to wait: `Retry-After` in seconds, or the moment in `RateLimit-Reset`."""
    try:
        if "Retry-After" in headers:
            wait = timedelta(seconds=float(headers["Retry-After"]))
        elif "RateLimit-Reset" in headers:
            wait = datetime.fromtimestamp(int(headers["RateLimit-Reset"]), UTC) - now
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return min(max(wait, timedelta(seconds=1)), LONGEST)


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
