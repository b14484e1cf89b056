"""Being signed in: one session, kept sealed, renewed ahead of its end, so that restarts need no new sign-in."""

from __future__ import annotations

import asyncio
import base64
import binascii
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import structlog

from adapters.sources.bluesky.xrpc import A_WHILE, Unreachable, Xrpc, XrpcError
from bot.ports import Clock, Vault

log = structlog.get_logger(__name__)

REFUSED: Final = (
    "Bluesky refuses the app password of {account}. Make a new one at bsky.app under Settings, Privacy and security, "
    "App passwords, and write it into {setting}."
)
NEEDS_CODE: Final = (
    "Bluesky asks for a sign-in code, so {setting} holds the password of {account} itself. Make an app password at "
    "bsky.app under Settings, Privacy and security, and write that one."
)
NOT_ACTIVE: Final = (
    "Bluesky says that {account} is {status}: sign in at bsky.app and see what it asks of you."
)
TOO_OFTEN: Final = (
    "The desk signed in to Bluesky as {account} too often just now and waits, lest it be shut out."
)
ASKED: Final = "Bluesky asks {account} to sign in later."
AWAY: Final = "Bluesky did not answer when {account} signed in."

RENEWED_AFTER: Final = timedelta(minutes=30)
"""A session lasts hours; a revoked app password shows at the next renewal only."""

SIGN_INS: Final = 8
WINDOW: Final = timedelta(minutes=5)
"""The network allows thirty in that time, and counts those that fail, too."""

_OURS_LIVES: Final = timedelta(hours=2)


class SignedOut(Exception):
    """Somebody must mend the account or its setting first."""


class Later(Exception):
    """Sign in again after that time."""

    def __init__(self, sentence: str, after: timedelta) -> None:
        super().__init__(sentence)
        self.after = after


class Away(Exception):
    """The server does not answer, or fails."""


class Session(msgspec.Struct, frozen=True):
    """Who is signed in, with what. Times are real time."""

    did: str
    handle: str
    access: str
    refresh: str
    renew: datetime
    ends: datetime

    def __repr__(self) -> str:
        return f"Session({self.did})"


class _Kept(msgspec.Struct):
    """What the vault holds for one account at one server, and when it signed in lately."""

    account: str
    server: str
    session: Session | None = None
    sign_ins: list[datetime] = []


class Sessions:
    """The session of one account. One caller at a time renews it; the others wait for that."""

    def __init__(
        self,
        *,
        name: str,
        account: str,
        password: str,
        setting: str,
        server: Xrpc,
        vault: Vault,
        clock: Clock,
    ) -> None:
        self._key, self._account, self._password, self._setting = (
            f"bluesky:{name}",
            account,
            password,
            setting,
        )
        self._server, self._vault, self._clock = server, vault, clock
        self._now: Session | None = None
        self._one = asyncio.Lock()

    async def session(self, *, but: Session | None = None) -> Session:
        """A session that works by all we know; another one than `but`, which was refused.

        Raises SignedOut, Later, Away.
        """
        if self._now is not None and self._now != but and self._clock.real() < self._now.renew:
            return self._now
        async with self._one:
            kept = await self._read()
            held = kept.session
            if held is None or held == but or self._clock.real() >= held.renew:
                held = await self._renewed(kept, held, refused=held == but)
            self._now = held
            return held

    async def _renewed(self, kept: _Kept, held: Session | None, *, refused: bool) -> Session:
        if held is not None:
            try:
                said = await self._server.post("com.atproto.server.refreshSession", None, token=held.refresh)
                return await self._keep(kept, self._read_session(said))
            except XrpcError as error:
                if error.busy or error.broken:
                    return self._as_it_is(held, refused, error.after)
                # It ran out or was revoked: whether the password still holds, signing in will tell.
                log.info("a session at Bluesky cannot be renewed", account=self._account, why=error.name)
            except Unreachable:
                return self._as_it_is(held, refused, None)
        return await self._sign_in(kept)

    def _as_it_is(self, held: Session, refused: bool, after: timedelta | None) -> Session:
        """The old one, for as long as it lasts. Raises Later, Away."""
        if not refused and self._clock.real() < held.ends:
            return held
        if after is not None:
            raise Later(ASKED.format(account=self._account), after)
        raise Away(AWAY.format(account=self._account))

    async def _sign_in(self, kept: _Kept) -> Session:
        now = self._clock.real()
        recent = [at for at in kept.sign_ins if now - WINDOW < at <= now]
        if len(recent) >= SIGN_INS:
            raise Later(TOO_OFTEN.format(account=self._account), recent[0] + WINDOW - now)
        kept.sign_ins, kept.session = [*recent, now], None
        # Before it is tried: one that a crash interrupts counts at the network, too.
        await self._write(kept)
        body = {"identifier": self._account, "password": self._password}
        try:
            said = await self._server.post("com.atproto.server.createSession", body)
        except XrpcError as error:
            raise self._refusal(error) from error
        except Unreachable as error:
            raise Away(AWAY.format(account=self._account)) from error
        if said.get("active") is False:
            status = str(said.get("status") or "not active")[:40]
            raise SignedOut(NOT_ACTIVE.format(account=self._account, status=status))
        return await self._keep(kept, self._read_session(said))

    def _refusal(self, error: XrpcError) -> Exception:
        about = {"account": self._account, "setting": self._setting}
        if error.busy:
            return Later(ASKED.format(**about), error.after or A_WHILE)
        if error.broken:
            return Away(AWAY.format(**about))
        if error.name == "AuthFactorTokenRequired":
            return SignedOut(NEEDS_CODE.format(**about))
        if error.name == "AccountTakedown":
            return SignedOut(NOT_ACTIVE.format(**about, status="taken down"))
        return SignedOut(REFUSED.format(**about))

    def _read_session(self, said: Any) -> Session:
        """Raises Away."""
        now = self._clock.real()
        try:
            access = said["accessJwt"]
            lasts = lifetime_of(access)
            return msgspec.convert(
                {
                    "did": said["did"],
                    "handle": said["handle"],
                    "access": access,
                    "refresh": said["refreshJwt"],
                    "renew": now + min(RENEWED_AFTER, lasts / 2),
                    "ends": now + lasts,
                },
                Session,
            )
        except (KeyError, msgspec.ValidationError, TypeError) as error:
            raise Away(AWAY.format(account=self._account)) from error

    async def _keep(self, kept: _Kept, session: Session) -> Session:
        kept.session = session
        await self._write(kept)
        return session

    async def _read(self) -> _Kept:
        raw = await self._vault.get(self._key)
        new = _Kept(account=self._account, server=self._server.base)
        if raw is None:
            return new
        try:
            kept = msgspec.json.decode(raw, type=_Kept)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return new
        return kept if (kept.account, kept.server) == (new.account, new.server) else new

    async def _write(self, kept: _Kept) -> None:
        await self._vault.put(self._key, msgspec.json.encode(kept))


def lifetime_of(token: str) -> timedelta:
    """How long a token lasts from when it was made, as it says itself; two hours where it does not say."""
    try:
        body = token.split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        lasts = timedelta(seconds=claims["exp"] - claims["iat"])
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, binascii.Error, AttributeError):
        return _OURS_LIVES
    return lasts if timedelta(seconds=10) < lasts < timedelta(days=30) else _OURS_LIVES
