"""ID tokens and the keys that sign them: honest, or wrong in one way."""

from __future__ import annotations

import json
import warnings
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT: Final = "baton-client"
SECRET: Final = "s3cret/with:odd+characters"


class Lie(StrEnum):
    """What an ID token, or the provider as a whole, may get wrong."""

    ISSUER = "issuer"
    AUDIENCE = "audience"
    TWO_AUDIENCES = "two audiences"
    AZP = "azp"
    NONCE = "nonce"
    EXPIRED = "expired"
    FUTURE = "future"
    OLD = "old"
    NO_SIGNATURE = "none"
    SHARED_SECRET = "hs256"
    STRANGE_KEY = "strange key"
    SHORT_KEY = "short key"
    GARBAGE = "garbage"
    NO_TOKEN = "no id token"
    BROKEN = "500"
    NO_JSON = "no json"
    ENDLESS = "endless"
    REDIRECT = "redirect"
    SLOW = "slow"


def key(number: int, size: int = 2048) -> rsa.RSAPrivateKey:
    """Making one takes a moment, so every test of a run has the same."""
    return _made(number, size)


@cache
def _made(_number: int, size: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


def published(number: int, size: int = 2048) -> dict[str, Any]:
    """The key as the key set shows it."""
    public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(number, size).public_key()))
    return {**public, "use": "sig", "alg": "RS256", "kid": f"key-{number}"}


def wrong(lies: set[Lie], now: datetime) -> dict[str, Any]:
    """The claims that a lying token has instead."""

    def at(**away: float) -> int:
        return int((now + timedelta(**away)).timestamp())

    told: dict[Lie, dict[str, Any]] = {
        Lie.ISSUER: {"iss": "https://evil.example"},
        Lie.AUDIENCE: {"aud": "another-client"},
        Lie.TWO_AUDIENCES: {"aud": [CLIENT, "another-client"]},
        Lie.AZP: {"aud": [CLIENT, "other"], "azp": "other"},
        Lie.NONCE: {"nonce": "another"},
        Lie.EXPIRED: {"iat": at(minutes=-14), "exp": at(minutes=-10)},
        Lie.FUTURE: {"iat": at(minutes=10)},
        Lie.OLD: {"iat": at(hours=-3)},
    }
    return {name: value for lie in lies for name, value in told.get(lie, {}).items()}


def signed(said: dict[str, Any], lies: set[Lie], number: int) -> str:
    """The token, signed with the current key unless it is to lie."""
    head = {"kid": f"key-{number}"}
    if Lie.GARBAGE in lies:
        return "not.a.token"
    if Lie.NO_SIGNATURE in lies:
        return jwt.encode(said, None, algorithm="none", headers=head)  # type: ignore[arg-type]
    if Lie.SHARED_SECRET in lies:
        return jwt.encode(said, SECRET * 3, algorithm="HS256", headers=head)
    if Lie.SHORT_KEY in lies:
        with warnings.catch_warnings(action="ignore"):
            return jwt.encode(said, key(90, 1024), algorithm="RS256", headers={"kid": "key-90"})
    signer = key(80) if Lie.STRANGE_KEY in lies else key(number)
    return jwt.encode(said, signer, algorithm="RS256", headers=head)
