"""What a token of the Bot Connector says, whether that is so, and whether it fits what came with it."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import jwt
import msgspec

from adapters.teams.keys import Keys
from adapters.teams.keyset import ALGORITHM, SigningKey
from bot.ports import Clock

ISSUER: Final = "https://api.botframework.com"
CHANNEL: Final = "msteams"
SKEW: Final = timedelta(minutes=5)
REMEMBERED: Final = 1024
"""Tokens whose signature is not checked again; Teams uses one for about an hour."""

_BEARER: Final = re.compile(r"bearer +([\w-]+\.[\w-]+\.[\w-]+) *", re.IGNORECASE | re.ASCII)
_REQUIRED: Final = ("exp", "nbf", "iss", "aud", "serviceurl")
_OPTIONS: Final = {
    "require": list(_REQUIRED),
    # Its clock is the system's; ours is an argument.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


class BadToken(Exception):
    """This is no token that the Bot Connector made for our app and for now. The text says why, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A token whose signature is good. `begins` and `ends` are seconds since 1970, without skew."""

    service_url: str
    key: SigningKey
    begins: float
    ends: float


class Tokens:
    """Verifies `Authorization` headers. A signature costs once; its token is remembered by hash until it ends."""

    def __init__(self, app_id: str, keys: Keys, clock: Clock) -> None:
        # People write the id as the portal shows it; a token has it in small letters.
        self._audience = list({app_id, app_id.lower()})
        self._keys, self._clock = keys, clock
        self._seen: OrderedDict[bytes, Verified] = OrderedDict()

    async def verify(self, headers: Collection[str]) -> Verified:
        """What the token says. Raises BadToken, and KeysUnknown when nobody can say whether it is good."""
        token = _token(headers)
        digest = hashlib.sha256(token.encode("ascii")).digest()
        known = self._seen.get(digest)
        if known is None or not self._keys.holds(known.key):
            self._seen.pop(digest, None)
            known = await self._checked(token)
        else:
            self._keys.renew()
        self._in_time(known)
        self._remember(digest, known)
        return known

    async def _checked(self, token: str) -> Verified:
        key = await self._keys.get(_key_id(token))
        if key is None:
            raise BadToken("nobody publishes its key")
        try:
            claims = jwt.decode(
                token,
                key.public,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=self._audience,
                options=_OPTIONS,  # type: ignore[arg-type]  # PyJWT's own type wants a literal
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise BadToken(str(error)[:200]) from error
        service_url = claims["serviceurl"]
        if not isinstance(service_url, str) or not service_url:
            raise BadToken("it names no service URL")
        return Verified(
            service_url=service_url, key=key, begins=_seconds(claims["nbf"]), ends=_seconds(claims["exp"])
        )

    def _in_time(self, token: Verified) -> None:
        now, skew = self._clock.real().timestamp(), SKEW.total_seconds()
        if now >= token.ends + skew:
            raise BadToken("it has expired")
        if now < token.begins - skew:
            raise BadToken("it is not good yet")

    def _remember(self, digest: bytes, token: Verified) -> None:
        self._seen[digest] = token
        self._seen.move_to_end(digest)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def misfit(token: Verified, activity: Mapping[str, Any]) -> str | None:
    """Why this token does not speak for this activity; None when it does.

    Only Teams is let in: the Web Chat that every bot registration brings would let anybody be anybody.
    """
    if activity["serviceUrl"] != token.service_url:
        return "its token is for another service URL"
    if activity["channelId"] != CHANNEL:
        return "it comes from another channel than Teams"
    if CHANNEL not in token.key.endorsements:
        return "its key is not endorsed for Teams"
    return None


def tenants_of(activity: Mapping[str, Any]) -> set[str]:
    """The tenants that an activity names, in small letters."""
    data = activity.get("channelData")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    conversation = activity.get("conversation")
    named = (
        tenant.get("id") if isinstance(tenant, dict) else None,
        conversation.get("tenantId") if isinstance(conversation, dict) else None,
    )
    return {str(name).lower() for name in named if name}


def _token(headers: Collection[str]) -> str:
    if len(headers) != 1:
        raise BadToken("there is not exactly one Authorization header")
    found = _BEARER.fullmatch(next(iter(headers)))
    if found is None:
        raise BadToken("the Authorization header holds no Bearer token")
    return found[1]


def _key_id(token: str) -> str:
    """Read before anything is fetched, so that what cannot be good costs nothing."""
    head = token.partition(".")[0]
    try:
        says = msgspec.json.decode(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError) as error:
        raise BadToken("its header cannot be read") from error
    if not isinstance(says, dict) or says.get("alg") != ALGORITHM or "crit" in says or "b64" in says:
        raise BadToken(f"it is not simply signed with {ALGORITHM}")
    kid = says.get("kid")
    if not isinstance(kid, str) or not kid:
        raise BadToken("it does not name its key")
    return kid


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadToken("its times are no numbers")
    return float(value)
