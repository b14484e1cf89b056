"""Access tokens that a network gives for an hour or a day: kept sealed, renewed in time, by one request at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from aiohttp import ClientSession

from adapters.sources import fitting
from adapters.sources.asking import BUSY, ask
from bot.ports import Clock, Vault

NO_TOKEN: Final = "%s gave no token for the sign-in (HTTP %d)"
EARLY: Final = timedelta(minutes=2)
LIVES: Final = timedelta(hours=1)
_LONGEST: Final = 10_000_000


class SignInRefused(Exception):
    """The sign-in does not hold any more: a person must renew it."""


class SignInLater(Exception):
    """It may be tried again `after` that time."""

    def __init__(self, sentence: str, after: timedelta) -> None:
        super().__init__(sentence)
        self.after = after


@dataclass(slots=True, kw_only=True)
class Tokens:
    """The access token of one account. `form` is what is posted to `url`, with `headers`; what the network answers is
    sealed under `name`, together with a mark of what was posted: another password asks anew."""

    http: ClientSession
    clock: Clock
    vault: Vault
    name: str
    who: str
    url: str
    form: Mapping[str, str]
    headers: Mapping[str, str]
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _token: str = ""
    _until: datetime | None = None

    async def token(self) -> str:
        """Raises SignInRefused, SignInLater, Unasked, Unanswered."""
        async with self._lock:
            if not self._good():
                await self._recall()
            if not self._good():
                await self._renew()
            return self._token

    async def forget(self, token: str) -> None:
        """The network does not take this token any more."""
        async with self._lock:
            if token == self._token:
                self._token = ""
                await self.vault.forget(self.name)

    def _good(self) -> bool:
        return bool(self._token) and self._until is not None and self.clock.real() + EARLY < self._until

    async def _recall(self) -> None:
        """What another replica, or this one before it began anew, was given."""
        kept = await self.vault.get(self.name)
        try:
            said = json.loads(kept or b"{}")
            if said.get("for") == self._mark():
                self._token, self._until = str(said["token"]), fitting.moment(said["until"])
        except (ValueError, KeyError, AttributeError):
            self._token = ""

    async def _renew(self) -> None:
        answer = await ask(
            self.http, "POST", self.url, who=self.who, most=100_000, data=self.form, headers=self.headers
        )
        if answer.status == 429 or answer.status >= 500:
            raise SignInLater(BUSY % self.who, answer.wait(self.clock.real()))
        if answer.status != 200:
            raise SignInRefused(NO_TOKEN % (self.who, answer.status))
        said = fitting.table(answer.json)
        token, seconds = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not token:
            raise SignInRefused(NO_TOKEN % (self.who, answer.status))
        lives = timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < _LONGEST else LIVES
        self._token, self._until = token, self.clock.real() + lives
        sealed = {"token": token, "until": self._until.isoformat(), "for": self._mark()}
        await self.vault.put(self.name, json.dumps(sealed).encode())

    def _mark(self) -> str:
        whole = json.dumps([self.url, sorted(self.form.items()), sorted(self.headers.items())])
        return sha256(whole.encode()).hexdigest()
