"""The Bot Framework's keys: what its tokens are signed with, and how it publishes them.

learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.teams.state import APP_ID, Json

ISSUER: Final = "https://api.botframework.com"
LIVES: Final = timedelta(hours=1)
ALGORITHMS: Final = ("RS256", "RS384", "RS512")


@dataclass(frozen=True)
class Key:
    kid: str
    number: int
    endorsements: Sequence[str] | None

    @property
    def private(self) -> rsa.RSAPrivateKey:
        return _private(self.number)

    def published(self) -> Json:
        public: Json = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        public |= {"use": "sig", "kid": self.kid, "x5t": self.kid, "alg": "RS256"}
        public.pop("key_ops", None)
        return public if self.endorsements is None else {**public, "endorsements": list(self.endorsements)}


@cache
def _private(_number: int) -> rsa.RSAPrivateKey:
    # Making one takes a moment, so every test of a run has the same.
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Keys:
    """`current` signs; `published` are all that the key set holds."""

    now: Callable[[], datetime]
    issuer: str = ISSUER
    current: Key = field(default_factory=lambda: Key("kettle-key-1", 1, ("msteams", "webchat")))
    published: list[Key] = field(init=False)

    def __post_init__(self) -> None:
        self.published = [self.current]

    def rotate(
        self, *, endorsements: Sequence[str] | None = ("msteams", "webchat"), keep: bool = False
    ) -> Key:
        """From now on another key signs; with `keep` the one before stays published beside it."""
        number = self.current.number % 3 + 1
        self.current = Key(f"kettle-key-{uuid.uuid4().hex[:8]}", number, endorsements)
        self.published = [*(self.published if keep else ()), self.current]
        return self.current

    def stranger(self) -> Key:
        """A key that nobody published."""
        return Key("strange-key", 4, ("msteams",))

    def mint(
        self,
        service_url: str,
        *,
        key: Key | None = None,
        algorithm: str = "RS256",
        headers: Json | None = None,
        without: Sequence[str] = (),
        **claims: Any,
    ) -> str:
        """A token as Teams sends it. `claims` replace or add; `without` leaves some out; `key` signs instead."""
        now = self.now()
        said: Json = {
            "serviceurl": service_url,
            "nbf": int((now - timedelta(minutes=1)).timestamp()),
            "exp": int((now + LIVES).timestamp()),
            "iss": self.issuer,
            "aud": APP_ID,
            **{name: _stamp(value) for name, value in claims.items()},
        }
        said = {name: value for name, value in said.items() if name not in without}
        signer = key or self.current
        heads = {"kid": signer.kid, "x5t": signer.kid, **(headers or {})}
        secret: Any = signer.private
        if algorithm == "none":
            secret = None
        elif algorithm.startswith("HS"):
            secret = b"a secret of thirty-two characters, at least for HS512: sixty-four of them."
        elif algorithm.startswith("ES"):
            secret = _elliptic()
        return jwt.encode(said, secret, algorithm=algorithm, headers=heads)

    def metadata(self, base: str) -> Json:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": "https://invalid.botframework.com",
            "jwks_uri": f"{base}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def key_set(self) -> Json:
        return {"keys": [key.published() for key in self.published]}


@cache
def _elliptic() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _stamp(value: Any) -> Any:
    return int(value.timestamp()) if isinstance(value, datetime) else value
