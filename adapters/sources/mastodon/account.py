"""Our account at a server, and what the server is: found out once, and again now and then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from adapters.sources.mastodon.api import Api, Away, Busy, Refused
from adapters.sources.mastodon.instance import Instance, Me, instance, me, scopes, whole_handle

log = structlog.get_logger(__name__)

ANOTHER: Final = "the access token in %s is that of @%s, but the policy says that this source's account is %s: mend one of them"
LACKS: Final = (
    "the access token in %s may not do everything that is needed (%s is missing): make one whose application has the "
    "scopes %s"
)

FRESH: Final = timedelta(hours=6)
"""How long what the server said of itself is believed."""


class NotOurs(Exception):
    """The token is another account's, or may do too little; the text says what to mend."""


@dataclass(slots=True, kw_only=True)
class Account:
    """`wanted` is the account's name in the policy, blank where it says none; `setting` is where its token is
    written; `needs` are the scopes that it must have."""

    api: Api
    setting: str
    instance: Instance
    wanted: str = ""
    needs: tuple[str, ...] = ("read",)
    me: Me | None = None
    _asked_at: datetime | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _soon: asyncio.Task[None] | None = None

    async def begin(self) -> Me:
        """Who we are, asked now. Raises Refused, Busy, Away, NotOurs."""
        self._asked_at = None
        return await self.known()

    async def known(self) -> Me:
        """Who we are; that and what the server is are not older than FRESH. Raises Refused, Busy, Away, NotOurs."""
        async with self._asking:
            if self.me is None or self._stale():
                self.instance = await instance(self.api)
                self.me = await self._me()
                self._asked_at = self.api.clock.real()
            return self.me

    def know_soon(self) -> None:
        """Asks in the background where it was not asked for long: whoever reads may not wait for a server."""
        if self._stale() and (self._soon is None or self._soon.done()):
            try:
                self._soon = asyncio.get_running_loop().create_task(self._quietly())
            except RuntimeError:
                # Nobody could wait for it here; it is asked when something is published at the latest.
                return

    async def _quietly(self) -> None:
        try:
            await self.known()
        except (Refused, Busy, Away, NotOurs) as error:
            log.info("a Mastodon server does not say what it is", server=self.api.host, why=str(error))

    def _stale(self) -> bool:
        return self._asked_at is None or self.api.clock.real() - self._asked_at > FRESH

    async def _me(self) -> Me:
        found = await me(self.api, self.instance.domain)
        if (
            self.wanted
            and whole_handle(self.wanted, self.instance.domain).casefold() != found.handle.casefold()
        ):
            raise NotOurs(ANOTHER % (self.setting, found.handle, self.wanted))
        held = await scopes(self.api)
        missing = [each for each in self.needs if held is not None and not _covered(each, held)]
        if missing:
            raise NotOurs(LACKS % (self.setting, " and ".join(missing), " and ".join(self.needs)))
        return found


def _covered(scope: str, held: frozenset[str]) -> bool:
    """A scope holds all that are named after it; of `read`, the parts that are used are enough."""
    if scope in held or scope.partition(":")[0] in held:
        return True
    return scope == "read" and held >= {"read:accounts", "read:notifications", "read:statuses"}
