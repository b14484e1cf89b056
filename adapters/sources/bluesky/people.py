"""Who writes: the stream names people by DID only. Asked for beside the stream, a little while, and remembered."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import structlog
from aiohttp import ClientError, ClientTimeout

from adapters.sources.bluesky.events import text_at
from adapters.sources.bluesky.xrpc import Unreachable, Xrpc, XrpcError, read_json

log = structlog.get_logger(__name__)

PATIENCE: Final = timedelta(seconds=3)
"""How long posts wait for their authors' names; after that a DID must do."""

KNOWN_FOR: Final = timedelta(hours=1)
UNKNOWN_FOR: Final = timedelta(minutes=5)
RESTS: Final = timedelta(minutes=1)
"""How long a server that failed is left alone."""

REMEMBERED: Final = 20_000
AT_ONCE: Final = 25
_INVALID: Final = "handle.invalid"
_DID: Final = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{1,200}")
_PLC_DID: Final = re.compile(r"did:plc:[a-z2-7]{24}")
"""Anything else is asked of nobody: one that is wrong would spoil the answer for all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of one person; where the handle is not known, or is not theirs, the DID stands for it."""

    handle: str
    name: str | None = None
    bio: str | None = None
    followers: int | None = None


class People:
    """Profiles from the AppView; without one, the handle that the directory of DIDs says, if it leads back to them:
    anybody may claim any handle there."""

    def __init__(self, *, appview: Xrpc | None, server: Xrpc, plc: str) -> None:
        self._appview, self._server, self._plc = appview, server, plc
        self._clock = server.clock
        self._known: OrderedDict[str, tuple[datetime, Profile]] = OrderedDict()
        self._resting: dict[str, datetime] = {}

    def forget(self, did: str) -> None:
        self._known.pop(did, None)

    async def of(self, dids: Iterable[str]) -> Mapping[str, Profile]:
        """A profile for each, whatever happens, within seconds."""
        wanted = tuple(dict.fromkeys(dids))
        missing = [did for did in wanted if self._fresh(did) is None and _DID.fullmatch(did)]
        if missing:
            try:
                async with asyncio.timeout(PATIENCE.total_seconds()):
                    await self._ask(missing)
            except TimeoutError:
                log.info("profiles took too long", count=len(missing))
        return {did: self._fresh(did) or Profile(handle=did) for did in wanted}

    def _fresh(self, did: str) -> Profile | None:
        until, profile = self._known.get(did, (None, None))
        return profile if until is not None and self._clock.real() < until else None

    async def _ask(self, dids: Sequence[str]) -> None:
        if self._appview is not None:
            parts = (dids[at : at + AT_ONCE] for at in range(0, len(dids), AT_ONCE))
            await asyncio.gather(*(self._profiles(self._appview, part) for part in parts))
        left = [did for did in dids if self._fresh(did) is None]
        slots = asyncio.Semaphore(10)
        await asyncio.gather(*(self._handle(did, slots) for did in left))

    async def _profiles(self, appview: Xrpc, dids: Sequence[str]) -> None:
        if self._rests(appview.base):
            return
        try:
            said = await appview.get(
                "app.bsky.actor.getProfiles", [("actors", did) for did in dids], within=PATIENCE
            )
        except (XrpcError, Unreachable) as error:
            self._rest(appview.base, error)
            return
        found = said.get("profiles")
        for each in found if isinstance(found, list) else ():
            did = text_at(each, "did")
            if did in dids:
                self._learn(did, _profile(did, each), KNOWN_FOR)

    async def _handle(self, did: str, slots: asyncio.Semaphore) -> None:
        async with slots:
            claimed = await self._claimed(did)
            if claimed is not None and (not claimed or await self._leads_back(claimed, did)):
                self._learn(did, Profile(handle=claimed or did), KNOWN_FOR if claimed else UNKNOWN_FOR)

    async def _claimed(self, did: str) -> str | None:
        """The handle that the DID's document claims, blank for none; None where it could not be asked."""
        if not _PLC_DID.fullmatch(did):
            # Any other is looked up at a host that its owner names, and strangers do not send us anywhere.
            return ""
        if self._rests(self._plc):
            return None
        try:
            within = ClientTimeout(total=PATIENCE.total_seconds())
            url = f"{self._plc}/{quote(did, safe=':')}"
            async with self._server.http.get(url, timeout=within, allow_redirects=False) as response:
                if response.status in (404, 410):
                    return ""
                document = await read_json(response) if response.status == 200 else None
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            self._rest(self._plc, error)
            return None
        if not isinstance(document, dict):
            return None
        names = document.get("alsoKnownAs")
        texts = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return next((name[5:].lower() for name in texts if name.startswith("at://")), "")

    async def _leads_back(self, handle: str, did: str) -> bool:
        try:
            said = await self._server.get(
                "com.atproto.identity.resolveHandle", {"handle": handle}, within=PATIENCE
            )
        except XrpcError as error:
            if not (error.busy or error.broken):
                self._learn(did, Profile(handle=did), UNKNOWN_FOR)
            return False
        except Unreachable:
            return False
        if text_at(said, "did") != did:
            self._learn(did, Profile(handle=did), UNKNOWN_FOR)
            return False
        return True

    def _learn(self, did: str, profile: Profile, lasts: timedelta) -> None:
        self._known[did] = (self._clock.real() + lasts, profile)
        self._known.move_to_end(did)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _rests(self, server: str) -> bool:
        return self._clock.real() < self._resting.get(server, self._clock.real())

    def _rest(self, server: str, error: Exception) -> None:
        log.info("who writes cannot be asked for a while", server=server, why=str(error)[:200])
        after = error.after if isinstance(error, XrpcError) else None
        self._resting[server] = self._clock.real() + (after or RESTS)


def _profile(did: str, said: Mapping[str, Any]) -> Profile:
    handle, followers = text_at(said, "handle"), said.get("followersCount")
    return Profile(
        handle=handle if handle and handle != _INVALID else did,
        name=text_at(said, "displayName") or None,
        bio=text_at(said, "description") or None,
        followers=followers if type(followers) is int and followers >= 0 else None,
    )
