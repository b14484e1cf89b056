"""Asking the OpenID provider: bounded in time and size, along no redirection, through the machine's proxy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import msgspec

from bot.config_signin import LOOPBACK

WITHIN: Final = timedelta(seconds=5)
MOST_BYTES: Final = 1024 * 1024


class ProviderAway(Exception):
    """The provider does not answer, or in no usable way. The text is for the log, and names no secret."""


class Fetching:
    """One session towards the provider, made when it is first needed."""

    def __init__(self, within: timedelta = WITHIN) -> None:
        self._within = aiohttp.ClientTimeout(total=within.total_seconds())
        self._session: aiohttp.ClientSession | None = None

    async def json(self, method: str, url: str, **request: Any) -> tuple[int, Mapping[str, Any]]:
        """(status, the JSON object of the answer). Raises ProviderAway for everything that is none."""
        if not safe(url):
            raise ProviderAway(f"{url[:200]} is no https address")
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=self._within)
        try:
            # A redirection would carry the client's secret to wherever it leads.
            async with self._session.request(
                method, url, proxy=_proxy_for(url), allow_redirects=False, **request
            ) as response:
                return response.status, _object(await _body(response))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, RecursionError) as error:
            why = type(error).__name__ if isinstance(error, TimeoutError) else str(error) or repr(error)
            raise ProviderAway(f"{url[:200]}: {why[:200]}") from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def safe(url: str) -> bool:
    """Whether nobody on the way can read or change what is sent there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    near = parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or near)


async def _body(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise ValueError(f"it answered more than {MOST_BYTES} bytes")
    return bytes(raw)


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(raw)
    except msgspec.MsgspecError:
        raise ValueError("it answered no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("it answered no JSON object")
    return found


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)
