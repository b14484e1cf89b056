"""Where Redis is: one address, checked without connecting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bot.config_error import ConfigError

NAME: Final = "BATON_REDIS_URL"
SHAPE: Final = (
    f"{NAME} is no Redis address: {{why}}. Write redis://host:6379/0, rediss://user:password@host:6379/0 for TLS, "
    "or unix:///path/to/redis.sock?db=0."
)
SCHEME: Final = "it must begin with redis://, rediss:// or unix://"
NO_HOST: Final = "it names no host"
NO_PATH: Final = "it names no socket"
PORT: Final = "its port is no number from 1 to 65535 (a password with / : @ # or ? must be percent-encoded)"
DATABASE: Final = "the number of its database must be a whole number"
UNKNOWN: Final = "it has the option {name}, which is not one of {known}"

_OPTIONS: Final = ("db", "password", "username")
_WITH_TLS: Final = ("ssl_ca_certs", "ssl_check_hostname")


def read_redis(env: Mapping[str, str]) -> str:
    """The address; empty when there is none. Raises ConfigError, which never repeats the address: it may hold a
    password."""
    url = env.get(NAME, "").strip()
    why = _wrong(url) if url else None
    if why is not None:
        raise ConfigError(SHAPE.format(why=why))
    return url


def _wrong(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return PORT
    if parts.scheme not in ("redis", "rediss", "unix"):
        return SCHEME
    local = parts.scheme == "unix"
    if local and not parts.path.strip("/"):
        return NO_PATH
    if not local and (port == 0 or parts.fragment):
        return PORT
    if not local and not parts.hostname:
        return NO_HOST
    options = parse_qs(parts.query, keep_blank_values=True)
    allowed = (*_OPTIONS, *_WITH_TLS) if parts.scheme == "rediss" else _OPTIONS
    for name in options:
        if name not in allowed:
            return UNKNOWN.format(name=name[:40], known=", ".join(allowed))
    numbers = [*options.get("db", ()), *([] if local else [parts.path.strip("/") or "0"])]
    return None if all(number.isdigit() for number in numbers) else DATABASE
