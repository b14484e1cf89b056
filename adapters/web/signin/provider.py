"""The company's OpenID provider: where it is, where people sign in, and who it says came back."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

import structlog

from adapters.web.signin.fetching import Fetching, ProviderAway, safe
from adapters.web.signin.id_token import UnknownKey, Untrusted, verified
from bot.config_signin import OidcSettings
from bot.ports import Clock

log = structlog.get_logger(__name__)

FRESH: Final = timedelta(hours=1)
"""How long addresses and keys are taken for granted."""
KEPT: Final = timedelta(hours=24)
"""How long they serve while the provider does not tell newer ones."""
SOUGHT_EVERY: Final = timedelta(seconds=30)
"""How often an unknown key, or a provider that was away, may make us ask again."""

AWAY: Final = "the sign-in at {issuer} does not answer; one-time links work meanwhile"


@dataclass(frozen=True, slots=True)
class Known:
    """What the provider's discovery document says, and the keys it signs with."""

    issuer: str
    authorize: str
    token: str
    userinfo: str
    posts_secret: bool
    keys: Sequence[Any] = field(repr=False)
    at: datetime = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sign-in is bound to: all are random, and only the browser that began it has them."""

    state: str
    nonce: str
    verifier: str

    def __repr__(self) -> str:
        return "Attempt()"


class Provider:
    """The provider that the settings name. Its methods raise ProviderAway and Untrusted only."""

    def __init__(self, settings: OidcSettings, clock: Clock, fetching: Fetching | None = None) -> None:
        self._settings, self._clock = settings, clock
        self._fetching = fetching or Fetching()
        self._known: Known | None = None
        self._asked_at: datetime | None = None
        self._asking = asyncio.Lock()

    async def close(self) -> None:
        await self._fetching.close()

    async def well(self) -> None:
        """For `/readyz`. Raises RuntimeError with a sentence while the provider does not answer."""
        try:
            await self._current()
        except ProviderAway:
            raise RuntimeError(AWAY.format(issuer=self._settings.issuer)) from None

    async def address(self, attempt: Attempt, redirect_uri: str) -> str:
        """Where the browser goes to sign in."""
        known = await self._current()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._settings.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{known.authorize}{'&' if '?' in known.authorize else '?'}{urlencode(asked)}"

    async def claims(self, code: str, attempt: Attempt, redirect_uri: str) -> Mapping[str, Any]:
        """Who came back with that code, as the provider's verified ID token says."""
        known = await self._current()
        tokens = await self._exchange(known, code, attempt, redirect_uri)
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise Untrusted("the provider answered without an ID token")
        claims = await self._verified(known, token, attempt.nonce)
        wanted = self._settings.claim or "email"
        access = tokens.get("access_token")
        if wanted in claims or not known.userinfo or not isinstance(access, str):
            return claims
        return {**await self._userinfo(known, access, claims), **claims}

    # -- what the provider says of itself ------------------------------------------------------------

    async def ask(self) -> Known:
        """What the provider says right now, for whoever examines it; nothing is kept."""
        issuer = self._settings.issuer
        document = await self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if str(document.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise ProviderAway(f"{issuer} says that its issuer is {str(document.get('issuer'))[:200]!r}")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        authorize, token, jwks = (str(document.get(name, "")) for name in names)
        for name, address in zip(names, (authorize, token, jwks), strict=True):
            if not safe(address):
                raise ProviderAway(f"{issuer} names no usable {name}")
        keys = (await self._get(jwks)).get("keys")
        if not isinstance(keys, list) or not keys:
            raise ProviderAway(f"{jwks} holds no keys")
        methods = document.get("token_endpoint_auth_methods_supported")
        return Known(
            issuer=str(document["issuer"]),
            authorize=authorize,
            token=token,
            userinfo=str(document.get("userinfo_endpoint") or ""),
            posts_secret=isinstance(methods, list) and "client_secret_basic" not in methods,
            keys=keys,
            at=self._clock.real(),
        )

    async def _current(self, *, newer_than: Known | None = None) -> Known:
        """What is known, asked again when it is old, or not newer than `newer_than`; one asks for all."""
        if self._good(FRESH) and self._known is not newer_than and self._known is not None:
            return self._known
        async with self._asking:
            if self._known is not None and self._known is not newer_than and self._good(FRESH):
                return self._known
            if not self._asked_lately():
                self._asked_at = self._clock.real()
                try:
                    self._known = await self.ask()
                except ProviderAway as error:
                    log.warning("the sign-in provider does not answer", why=str(error))
        if self._known is None or not self._good(KEPT):
            raise ProviderAway(f"{self._settings.issuer} did not answer")
        return self._known

    def _good(self, span: timedelta) -> bool:
        return self._known is not None and self._clock.real() - self._known.at < span

    def _asked_lately(self) -> bool:
        # A clock that was set back must not make us wait for the day it had reached.
        at = self._asked_at
        return at is not None and timedelta(0) <= self._clock.real() - at < SOUGHT_EVERY

    async def _get(self, url: str) -> Mapping[str, Any]:
        status, body = await self._fetching.json("GET", url)
        if status != 200:
            raise ProviderAway(f"{url[:200]} answered {status}")
        return body

    # -- one sign-in ------------------------------------------------------------------------------------

    async def _exchange(
        self, known: Known, code: str, attempt: Attempt, redirect_uri: str
    ) -> Mapping[str, Any]:
        settings = self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        headers = {"Accept": "application/json"}
        if known.posts_secret:
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        else:
            pair = f"{quote(settings.client_id, safe='')}:{quote(settings.client_secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        status, answer = await self._fetching.json("POST", known.token, data=form, headers=headers)
        if status == 200:
            return answer
        # OAuth's own short word, such as invalid_client; its description may repeat what we sent.
        word = str(answer.get("error", ""))[:60]
        if status >= 500 or status == 429:
            raise ProviderAway(f"the token endpoint answered {status} {word}")
        raise Untrusted(f"the provider refused the code: {status} {word}")

    async def _verified(self, known: Known, token: str, nonce: str) -> Mapping[str, Any]:
        def look(at: Known) -> Mapping[str, Any]:
            return verified(
                token,
                at.keys,
                issuer=at.issuer,
                client_id=self._settings.client_id,
                nonce=nonce,
                now=self._clock.real(),
            )

        try:
            return look(known)
        except UnknownKey:
            return look(await self._current(newer_than=known))

    async def _userinfo(self, known: Known, access: str, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """For providers whose ID tokens leave the e-mail out."""
        headers = {"Authorization": f"Bearer {access}", "Accept": "application/json"}
        status, said = await self._fetching.json("GET", known.userinfo, headers=headers)
        if status != 200:
            raise ProviderAway(f"the userinfo endpoint answered {status}")
        if said.get("sub") != claims.get("sub"):
            raise Untrusted("the userinfo endpoint speaks of somebody else")
        return said
