"""What a server says of itself, and which account of it we are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from adapters.sources.mastodon.api import NONSENSE, Api, Away, Refused

USUAL_LENGTH: Final = 500
"""How long a post may be where the server does not say."""

_LONGEST: Final = 1_000_000
_NAME: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """`domain` ends its accounts' handles; `streaming` is where it streams, ws or wss, blank where it does not say;
    `longest` is how many characters a post may have."""

    domain: str
    streaming: str = ""
    longest: int = USUAL_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Our account: its id at the server, and its whole handle, without an @ before it."""

    id: str
    handle: str


async def instance(api: Api) -> Instance:
    """As the newest form of its answer says that it has. Raises Busy, Away."""
    for path in ("/api/v2/instance", "/api/v1/instance"):
        try:
            said = (await api.get(path)).body
        except Refused:
            continue
        if isinstance(said, dict):
            return read_instance(said, api.base)
    return Instance(domain=urlsplit(api.base).netloc)


def read_instance(said: Mapping[str, Any], base: str) -> Instance:
    """Whatever is missing or wrong is as usual."""
    configuration = _table(said, "configuration")
    longest = _table(configuration, "statuses").get("max_characters", said.get("max_toot_chars"))
    fits = type(longest) is int and 0 < longest <= _LONGEST
    streaming = _table(configuration, "urls").get("streaming") or _table(said, "urls").get("streaming_api")
    domain = said.get("domain") or said.get("uri")
    return Instance(
        domain=_host(domain) or urlsplit(base).netloc,
        streaming=_socket(streaming, base),
        longest=longest if fits else USUAL_LENGTH,
    )


async def me(api: Api, domain: str) -> Me:
    """Raises Refused, Busy, Away."""
    said = (await api.get("/api/v1/accounts/verify_credentials")).body
    number = id_of(said)
    if number is None or not isinstance(said.get("acct"), str) or not said["acct"]:
        raise Away(NONSENSE % api.host)
    return Me(id=number, handle=whole_handle(said["acct"], domain))


async def scopes(api: Api) -> frozenset[str] | None:
    """What the token may do, where the server tells. Raises Busy, Away."""
    try:
        said = (await api.get("/api/v1/apps/verify_credentials")).body
    except Refused:
        return None
    held = said.get("scopes") if isinstance(said, dict) else None
    if isinstance(held, str):
        held = held.split()
    if not isinstance(held, list) or not held:
        return None
    return frozenset(each for each in held if isinstance(each, str))


def id_of(said: object) -> str | None:
    """An id is opaque: any short text, or a number on some servers."""
    number = said.get("id") if isinstance(said, dict) else None
    if type(number) is int and abs(number) < 2**63:
        number = str(number)
    fits = isinstance(number, str) and 0 < len(number) <= _NAME and number.isprintable() and " " not in number
    return number if fits else None


def whole_handle(acct: str, domain: str) -> str:
    """A local account is called by its name alone; the public knows it with its server."""
    name = acct.strip().removeprefix("@")
    return name if "@" in name else f"{name}@{domain}"


def _table(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    inner = said.get(key)
    return inner if isinstance(inner, dict) else {}


def _host(said: object) -> str:
    if not isinstance(said, str) or not said.isprintable() or len(said) > _NAME:
        return ""
    try:
        return urlsplit(said).netloc if "://" in said else said.strip(" /")
    except ValueError:
        return ""


def _socket(said: object, base: str) -> str:
    """A streaming address that is as safe as the server's own; blank for any other."""
    try:
        parts = urlsplit(said) if isinstance(said, str) else urlsplit("")
        host = parts.hostname
    except ValueError:
        return ""
    scheme = {"https": "wss", "http": "ws"}.get(parts.scheme, parts.scheme)
    safe = ("wss",) if base.startswith("https:") else ("ws", "wss")
    if scheme not in safe or not host:
        return ""
    return urlunsplit(
        (scheme, parts.netloc, parts.path.rstrip("/").removesuffix("/api/v1/streaming"), "", "")
    )
