"""The keys that the Bot Connector signs with: fetched beside everything else, kept, and never waited for long."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import msgspec
import structlog
from yarl import URL

from adapters.teams.keyset import SigningKey, Unusable, keys_address, safe_address, signing_keys
from adapters.teams.wire import proxy_for
from bot.config import ConfigError
from bot.ports import Clock

log = structlog.get_logger(__name__)

NOT_SAFE: Final = "BATON_TEAMS_OPENID_URL is %r; write an address that begins with https://, or remove it to use Microsoft's own."

WITHIN: Final = timedelta(seconds=3)
"""Metadata and keys together: an invoke should be answered within this time."""
RENEWED_AFTER: Final = timedelta(hours=23)
FRESH_FOR: Final = timedelta(hours=24)
KEPT_FOR: Final = timedelta(days=5)
"""How long keys serve while no newer ones can be had; Microsoft's own libraries keep them as long."""
SOUGHT_EVERY: Final = timedelta(seconds=60)
"""How often an unknown key id may make us ask: anybody can send one."""
PAUSE: Final = timedelta(seconds=5)
"""Between two attempts, after one failed."""

MOST_BYTES: Final = 1024 * 1024


class KeysUnknown(Exception):
    """Nobody can say now whether a token is good: the keys cannot be had. Worth trying again after `retry_after` s."""

    def __init__(self) -> None:
        super().__init__("the Bot Connector's keys cannot be had")
        self.retry_after = int(PAUSE.total_seconds())


@dataclass(frozen=True, slots=True)
class _Held:
    keys: Mapping[str, SigningKey]
    at: datetime


class Keys:
    """The keys that the OpenID metadata at `openid_url` names, each fetch bounded by `within`.

    They are good for 24 h and renewed in the background before; while the key server is down they serve five days.
    An unknown key id asks again, at most once a minute. However many wait, one fetch runs.
    learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
    """

    def __init__(self, openid_url: str, clock: Clock, *, within: timedelta = WITHIN) -> None:
        """Raises ConfigError for an address at which anybody on the way could put keys of their own."""
        url = safe_address(openid_url)
        if url is None:
            raise ConfigError(NOT_SAFE % openid_url)
        self._url, self._clock, self._within = url, clock, within
        self._session: aiohttp.ClientSession | None = None
        self._held: _Held | None = None
        self._fetching: asyncio.Task[None] | None = None
        self._failed_at: datetime | None = None
        self._sought_at: datetime | None = None

    async def get(self, kid: str) -> SigningKey | None:
        """The key of that id; None when there is none. Raises KeysUnknown when nobody can say."""
        waited = await self._current()
        key = self._usable().get(kid)
        if key is not None:
            return key
        if waited:
            self._sought_at = self._clock.real()
        elif self._fetching or self._failed_at or not self._lately(self._sought_at, SOUGHT_EVERY):
            self._sought_at = self._clock.real()
            await self._fetch()
        key = self._usable().get(kid)
        if key is None and self._failed_at:
            # It may be a key of today, which we could not learn of.
            raise KeysUnknown
        return key

    def holds(self, key: SigningKey) -> bool:
        """Whether the key is still one of those that may sign; False as well once they are too old to say."""
        return self._held is not None and self._age() < KEPT_FOR and self._held.keys.get(key.kid) == key

    def renew(self) -> None:
        """Fetches them in the background when it is time, so that nobody has to wait for them."""
        if self._age() >= RENEWED_AFTER:
            self._begin()

    async def ask(self) -> Mapping[str, SigningKey]:
        """What the key server says right now, for whoever examines it; nothing is kept.

        Raises ValueError, OSError, TimeoutError, RecursionError or aiohttp.ClientError, as it is.
        """
        async with asyncio.timeout(self._within.total_seconds()):
            return await self._read()

    async def close(self) -> None:
        """Ends a fetch under way and the session."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait({self._fetching})
        if self._session is not None:
            await self._session.close()

    # -- how old, and who waits --------------------------------------------------------------------------

    async def _current(self) -> bool:
        """True when a fetch had to be waited for: without keys, and with old ones unless that just failed."""
        self.renew()
        if self._age() < (KEPT_FOR if self._failed_at else FRESH_FOR):
            return False
        await self._fetch()
        return True

    def _usable(self) -> Mapping[str, SigningKey]:
        if self._held is None or self._age() >= KEPT_FOR:
            raise KeysUnknown
        return self._held.keys

    def _age(self) -> timedelta:
        return self._clock.real() - self._held.at if self._held else timedelta.max

    def _lately(self, at: datetime | None, span: timedelta) -> bool:
        # A clock that was set back must not make us wait for the day it had reached.
        return at is not None and timedelta(0) <= self._clock.real() - at < span

    def _begin(self) -> asyncio.Task[None] | None:
        """The one fetch under way, or a new one; None while one that failed is not long enough ago."""
        if self._fetching is None and not self._lately(self._failed_at, PAUSE):
            self._fetching = asyncio.create_task(self._load())
        return self._fetching

    async def _fetch(self) -> None:
        fetching = self._begin()
        if fetching is not None:
            # Whoever gives up waiting must not take the keys away from the others.
            await asyncio.wait({fetching})

    # -- fetching --------------------------------------------------------------------------------------------

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                keys = await self._read()
            self._held, self._failed_at = _Held(keys, self._clock.real()), None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, RecursionError) as error:
            self._failed_at = self._clock.real()
            why = str(error) or type(error).__name__
            log.warning("the Bot Connector's keys cannot be had", url=str(self._url), why=why[:200])
        except Exception:  # the edge: nobody waits for what is renewed in the background
            self._failed_at = self._clock.real()
            log.exception("reading the Bot Connector's keys failed")
        finally:
            self._fetching = None

    async def _read(self) -> Mapping[str, SigningKey]:
        address = keys_address(await self._get(self._url), self._url)
        return signing_keys(await self._get(address))

    async def _get(self, url: URL) -> Mapping[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        # A redirection would lead past the check of the site.
        async with self._session.get(url, proxy=proxy_for(str(url)), allow_redirects=False) as response:
            if response.status != 200:
                raise Unusable(f"{url} answered {response.status}")
            raw = bytearray()
            async for chunk in response.content.iter_any():
                raw += chunk
                if len(raw) > MOST_BYTES:
                    raise Unusable(f"{url} answered more than {MOST_BYTES} bytes")
        found = msgspec.json.decode(raw)
        if not isinstance(found, dict):
            raise Unusable(f"{url} answered no JSON object")
        return found
