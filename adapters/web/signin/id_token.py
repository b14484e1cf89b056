"""Is this ID token the provider's, for us, for this very sign-in, and of now? Pure.

openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHMS: Final = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
}
"""Signatures that we take -> the kind of key. Never `none`, and never a shared secret."""

SKEW: Final = timedelta(minutes=2)
"""How far the provider's clock may be from ours."""
OLDEST: Final = timedelta(minutes=15)
"""A token of this sign-in was made just now, whatever the day on which it ends."""
LEAST_BITS: Final = 2048
MOST: Final = 32 * 1024


class Untrusted(Exception):
    """The token proves nothing. The text says why, for the log; it holds nothing of the token."""


class UnknownKey(Untrusted):
    """Signed with a key that we do not know: it may be a new one."""


def verified(
    token: str, keys: Sequence[Any], *, issuer: str, client_id: str, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """The token's claims. Raises Untrusted when anything about it is not as it must be."""
    if len(token) > MOST:
        raise Untrusted("the token is too long")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise Untrusted("signed in a way that we do not take")
        claims = jwt.decode(
            token,
            _key(keys, header.get("kid"), algorithm),
            algorithms=[algorithm],
            audience=client_id,
            issuer=issuer,
            # The moments are looked at below, by the desk's own clock.
            options={
                "require": ["iss", "aud", "sub", "exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise Untrusted(f"{type(error).__name__}: {error}"[:200]) from None
    _of_now(claims, now)
    _for_us(claims, client_id, nonce)
    return claims


def _of_now(claims: Mapping[str, Any], now: datetime) -> None:
    at = now.timestamp()
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name, 0 if name == "nbf" else None)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Untrusted(f"{name} is no moment")
    if claims["exp"] <= at - SKEW.total_seconds():
        raise Untrusted("the token has ended")
    if max(claims["iat"], claims.get("nbf", 0)) > at + SKEW.total_seconds():
        raise Untrusted("the token is from the future: one of the clocks is wrong")
    if claims["iat"] < at - OLDEST.total_seconds():
        raise Untrusted("the token is too old")


def _for_us(claims: Mapping[str, Any], client_id: str, nonce: str) -> None:
    if "azp" in claims and claims["azp"] != client_id:
        raise Untrusted("given to another client")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        raise Untrusted("for several audiences, and none is named as its client")
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise Untrusted("made for another sign-in")


def _key(keys: Sequence[Any], kid: Any, algorithm: str) -> Any:
    """The published key that may have signed. Raises UnknownKey."""
    fitting = [each for each in keys if _fits(each, algorithm)]
    named = [each for each in fitting if each.get("kid") == kid] if kid is not None else fitting
    if len(named) != 1:
        raise UnknownKey("signed with a key that the provider does not publish")
    public = jwt.PyJWK(named[0], algorithm=algorithm).key
    if isinstance(public, RSAPublicKey) and public.key_size < LEAST_BITS:
        raise Untrusted("signed with a key that is too short")
    return public


def _fits(each: Any, algorithm: str) -> bool:
    return (
        isinstance(each, dict)
        and each.get("kty") == ALGORITHMS[algorithm]
        and each.get("use", "sig") == "sig"
        and each.get("alg", algorithm) == algorithm
        and "d" not in each
    )
