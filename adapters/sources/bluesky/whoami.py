"""Our own account: its DID, the talks it is in, and whether it is still signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog

from adapters.sources.bluesky.events import POSTS, text_at
from adapters.sources.bluesky.people import Profile
from adapters.sources.bluesky.session import Away, Later, Sessions, SignedOut
from adapters.sources.bluesky.xrpc import A_WHILE, Unreachable, Xrpc, XrpcError
from bot.ports import SourceBusy, SourceDown, SourceShut

log = structlog.get_logger(__name__)

NOBODY: Final = "There is no account {account} at {server}: correct account in the policy."
AWAY: Final = "{server} does not answer, so the desk cannot tell who {account} is there."
BUSY: Final = "{server} asks the desk to come back later."

_LATEST: Final = "100"


class Whoami:
    """`account` is a handle or a DID, blank where the source only looks for words; without `sessions` it is only
    listened for, never signed in."""

    def __init__(self, *, account: str, server: Xrpc, sessions: Sessions | None) -> None:
        self.account, self.server, self.sessions = account, server, sessions
        self._did = account if account.startswith("did:") else ""

    def as_configured(self, profile: Profile) -> Profile:
        """Our own posts stand under the name that the policy knows us by."""
        return replace(profile, handle=self.account)

    async def did(self) -> str:
        """Our DID; blank where we have no account. Raises SourceDown, SourceBusy, SourceShut."""
        if self.sessions is not None:
            try:
                return (await self.sessions.session()).did
            except SignedOut as error:
                raise SourceShut(str(error)) from error
            except Later as error:
                raise SourceBusy(str(error), error.after) from error
            except Away as error:
                raise SourceDown(str(error)) from error
        if self.account and not self._did:
            self._did = await self._resolved()
        return self._did

    async def still_signed_in(self) -> None:
        """Renews the session where it is time. Raises SourceShut where somebody must mend it; a server that is away
        does not stop us from listening."""
        if self.sessions is None:
            return
        try:
            await self.sessions.session()
        except SignedOut as error:
            raise SourceShut(str(error)) from error
        except (Later, Away) as error:
            log.info("a session cannot be renewed now", account=self.account, why=str(error))

    async def talks(self, did: str) -> Sequence[str]:
        """The first posts of the talks that we answered in lately."""
        query = {"repo": did, "collection": POSTS, "limit": _LATEST}
        try:
            said = await self.server.get("com.atproto.repo.listRecords", query)
        except (XrpcError, Unreachable) as error:
            log.info("our own latest posts cannot be asked for", account=self.account, why=str(error))
            return ()
        records = said.get("records")
        found = records if isinstance(records, list) else []
        return [root for each in found if (root := text_at(each, "value", "reply", "root", "uri"))]

    async def _resolved(self) -> str:
        about = {"account": self.account, "server": self.server.base}
        try:
            said = await self.server.get("com.atproto.identity.resolveHandle", {"handle": self.account})
        except XrpcError as error:
            if error.busy:
                raise SourceBusy(BUSY.format(**about), error.after or A_WHILE) from error
            if error.broken:
                raise SourceDown(AWAY.format(**about)) from error
            raise SourceShut(NOBODY.format(**about)) from error
        except Unreachable as error:
            raise SourceDown(AWAY.format(**about)) from error
        did = text_at(said, "did")
        if not did.startswith("did:"):
            raise SourceDown(AWAY.format(**about))
        return did
