"""What the Bot Connector's key server publishes: where its keys are, and which of them may sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any, Final

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from yarl import URL

log = structlog.get_logger(__name__)

ALGORITHM: Final = "RS256"
LEAST_BITS: Final = 2048


class Unusable(ValueError):
    """What the key server says cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`endorsements` are the channels for which the key may speak, such as `msteams`."""

    kid: str
    endorsements: frozenset[str]
    public: RSAPublicKey


def safe_address(text: str) -> URL | None:
    """An address of OpenID metadata at which nobody on the way can put other keys; None for any other text."""
    url = _url(text)
    return url if url is not None and (url.scheme == "https" or _loopback(url)) else None


def keys_address(metadata: Mapping[str, Any], at: URL) -> URL:
    """Where the keys are, as the metadata found `at` says. Raises Unusable for another site or another algorithm."""
    algorithms = metadata.get("id_token_signing_alg_values_supported", [ALGORITHM])
    if not isinstance(algorithms, list) or ALGORITHM not in algorithms:
        raise Unusable(f"the metadata does not name {ALGORITHM}")
    address = _url(str(metadata.get("jwks_uri", "")))
    if address is None or not _same_site(address, at):
        raise Unusable("the metadata names keys at another site")
    return address


def signing_keys(key_set: Mapping[str, Any]) -> Mapping[str, SigningKey]:
    """The keys that may sign, by id; what is no such key is passed over. Raises Unusable when there is none."""
    listed = key_set.get("keys")
    read = [_signing_key(each) for each in listed] if isinstance(listed, list) else []
    found = {key.kid: key for key in read if key is not None}
    if not found:
        raise Unusable("the key set holds no usable key")
    return MappingProxyType(found)


def _signing_key(each: Any) -> SigningKey | None:
    """None for what is no RSA key to sign with."""
    if not isinstance(each, dict) or each.get("kty") != "RSA" or each.get("use", "sig") != "sig":
        return None
    kid, endorsements = each.get("kid"), each.get("endorsements")
    if not isinstance(kid, str) or not kid or each.get("alg", ALGORITHM) != ALGORITHM or "d" in each:
        return None
    try:
        public = jwt.PyJWK(each, algorithm=ALGORITHM).key
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        log.warning("a key of the Bot Connector cannot be read", kid=kid[:80], why=str(error)[:200])
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < LEAST_BITS:
        return None
    named = endorsements if isinstance(endorsements, list) else []
    return SigningKey(kid, frozenset(name for name in named if isinstance(name, str)), public)


def _url(text: str) -> URL | None:
    try:
        url = URL(text)
    except ValueError:
        return None
    return url if url.host and url.scheme in ("http", "https") else None


def _same_site(address: URL, metadata: URL) -> bool:
    if _loopback(metadata) and _loopback(address):
        return True
    return address.scheme == "https" and address.host == metadata.host and address.port == metadata.port


def _loopback(url: URL) -> bool:
    try:
        return url.host == "localhost" or ip_address(url.host or "").is_loopback
    except ValueError:
        return False
