"""Answering at Bluesky."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog

from adapters.sources.bluesky.events import POSTS, parts_of, text_at, uri_of
from adapters.sources.bluesky.gate import GateKeeper
from adapters.sources.bluesky.mentions import public_url
from adapters.sources.bluesky.record import key_of, names_in, record_of
from adapters.sources.bluesky.session import Away, Later, Session, Sessions, SignedOut
from adapters.sources.bluesky.xrpc import A_WHILE, Unreachable, Xrpc, XrpcError
from bot.domain.mention import Mention
from bot.domain.replies.length import Counting, LengthRule
from bot.ports import AskedToWait, Declined, NetworkDown, Outgoing, Published, SignInLost

log = structlog.get_logger(__name__)

NOT_FROM_HERE: Final = "What is needed to answer this post at Bluesky was not kept with it: answer it there."
DELETED: Final = "This post was deleted at Bluesky."
GONE: Final = "The post that this answers is gone from Bluesky."
TOO_LONG: Final = "This is longer than Bluesky takes: {most} characters, and {most_bytes} bytes."
REFUSED: Final = "Bluesky refuses this reply: {why}"
BUSY: Final = "Bluesky asks {account} to publish later."
DOWN: Final = (
    "Bluesky did not answer, so whether the reply is out is not known. Trying again cannot publish it twice."
)

RULE: Final = LengthRule(counting=Counting.GRAPHEMES, most=300, most_bytes=3000)

_LOST: Final = ("RecordNotFound", "InvalidRequest", "NotFound")
_NAMES: Final = timedelta(seconds=5)


class BlueskyNetwork:
    """One account. A reply's key at Bluesky is made of the reply's own, and writing a record anew under its key
    changes nothing: however often it is tried, it stands there once."""

    title = "Bluesky"
    rule = RULE

    def __init__(
        self, *, name: str, account: str, server: Xrpc, sessions: Sessions, gates: GateKeeper
    ) -> None:
        self.name, self.account = name, account
        self._server, self._sessions, self._gates = server, sessions, gates

    def why_not(self, mention: Mention) -> str | None:
        if mention.removed:
            return DELETED
        if mention.can_reply is False:
            return mention.why_no_reply or NOT_FROM_HERE
        wanted = ("uri", "cid", "root_uri", "root_cid")
        whole = all(isinstance(mention.native.get(key), str) and mention.native[key] for key in wanted)
        return None if whole and parts_of(str(mention.native["uri"])) else NOT_FROM_HERE

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        why = self.why_not(reply.to)
        if why is not None:
            raise Declined(why)
        if self.rule.left(reply.text) < 0:
            raise Declined(TOO_LONG.format(most=self.rule.most, most_bytes=self.rule.most_bytes))
        session = await self._session()
        rkey = key_of(reply)
        if again and await self._stands(session, rkey):
            return self._published(session, rkey)
        await self._look_before(reply.to, session)
        record = record_of(reply, await self._dids(reply.text))
        body = {"repo": session.did, "collection": POSTS, "rkey": rkey, "record": record}
        await self._put(session, body)
        return self._published(session, rkey)

    async def _put(self, session: Session, body: Mapping[str, Any]) -> None:
        try:
            await self._server.post("com.atproto.repo.putRecord", body, token=session.access)
        except XrpcError as error:
            if not _is_about_token(error):
                raise self._refusal(error) from error
            session = await self._session(but=session)
            try:
                await self._server.post("com.atproto.repo.putRecord", body, token=session.access)
            except XrpcError as second:
                raise self._refusal(second) from second
            except Unreachable as second:
                raise NetworkDown(DOWN) from second
        except Unreachable as error:
            raise NetworkDown(DOWN) from error

    async def _session(self, *, but: Session | None = None) -> Session:
        try:
            return await self._sessions.session(but=but)
        except SignedOut as error:
            raise SignInLost(str(error)) from error
        except Later as error:
            raise AskedToWait(str(error), error.after) from error
        except Away as error:
            raise NetworkDown(str(error)) from error

    async def _stands(self, session: Session, rkey: str) -> bool:
        """Whether an earlier try got through."""
        return await self._record(session.did, POSTS, rkey) is not None

    async def _look_before(self, to: Mention, session: Session) -> None:
        """Raises Declined where the post is gone, or its author does not let us answer."""
        parts = parts_of(str(to.native["uri"]))
        if parts is None or await self._record(*parts) is None:
            raise Declined(GONE)
        why = await self._gates.why_not(to, session)
        if why is not None:
            raise Declined(why)

    async def _record(self, repo: str, collection: str, rkey: str) -> Mapping[str, Any] | None:
        """A record, wherever in the network it lives: our server asks on. Raises AskedToWait, NetworkDown."""
        query = {"repo": repo, "collection": collection, "rkey": rkey}
        try:
            return await self._server.get("com.atproto.repo.getRecord", query)
        except XrpcError as error:
            if error.status in (400, 404) and error.name in _LOST:
                return None
            raise self._refusal(error) from error
        except Unreachable as error:
            raise NetworkDown(DOWN) from error

    async def _dids(self, text: str) -> Mapping[str, str]:
        """Whom the reply names; who cannot be found is named without a link."""

        async def one(handle: str) -> tuple[str, str]:
            try:
                said = await self._server.get(
                    "com.atproto.identity.resolveHandle", {"handle": handle}, within=_NAMES
                )
            except (XrpcError, Unreachable) as error:
                log.info("a reply names somebody who cannot be found", handle=handle, why=str(error))
                return handle, ""
            return handle, text_at(said, "did")

        return dict(await asyncio.gather(*(one(handle) for handle in names_in(text))))

    def _refusal(self, error: XrpcError) -> Exception:
        if error.busy:
            return AskedToWait(BUSY.format(account=self.account), error.after or A_WHILE)
        if error.broken or error.status == 408:
            return NetworkDown(DOWN)
        if error.status == 401 or error.name in ("AccountTakedown", "AccountDeactivated"):
            return SignInLost(REFUSED.format(why=_said(error)))
        return Declined(REFUSED.format(why=_said(error)))

    def _published(self, session: Session, rkey: str) -> Published:
        who = session.did if self.account.startswith("did:") else self.account
        return Published(external_id=uri_of(session.did, POSTS, rkey), url=public_url(who, rkey))


def _is_about_token(error: XrpcError) -> bool:
    return error.status == 401 or error.name in ("ExpiredToken", "InvalidToken")


def _said(error: XrpcError) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in error.message).split())[:200]
    return words or error.name[:60] or f"it answered {error.status}."
