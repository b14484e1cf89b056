"""What requests to Microsoft have in common: where they may go, through which proxy, how long they are asked to wait.

Where the app's token may go: to a service URL that is https. Callers have it from a Reference, or from the activity
that they are answering, and so from an activity whose own token was checked and names that address in its
`serviceurl` claim; never from what a person wrote. Plain http is spoken only to this machine, and only where the desk
is anonymous or its sign-in is on this machine too: then the token is a stand-in's, and worth nothing elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

from adapters.teams.errors import TeamsShut
from bot.config import TeamsSettings

NO_ADDRESS: Final = "Baton's token does not go to {address}: it is no https address of Teams."

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def address(service_url: str, *, stands_in: bool) -> str:
    """The service URL without a slash at its end. Raises Shut for one to which no token may go."""
    try:
        parts = urlsplit(service_url)
        plain = parts.username is None and not (parts.query or parts.fragment)
        safe = parts.scheme == "https" or (parts.scheme == "http" and stands_in and is_loopback(service_url))
        good = bool(parts.hostname) and plain and safe
    except ValueError:
        good = False
    if not good:
        raise TeamsShut(NO_ADDRESS.format(address=service_url[:80]), "service_url")
    return service_url.rstrip("/")


def stands_in(settings: TeamsSettings) -> bool:
    """Whether a stand-in on this machine is spoken to, and no token of any worth is at stake."""
    return settings.anonymous or (
        settings.login_url.startswith("http://") and is_loopback(settings.login_url)
    )


def is_loopback(url: str) -> bool:
    """Whether it is an address on this machine. Raises ValueError for what is no address."""
    return urlsplit(url).hostname in LOOPBACK


def named(name: str) -> str:
    """A name from Teams as one segment of a path: ids hold colons, semicolons and more."""
    return quote(name, safe="")


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After, which is seconds or a date; None where there is none."""
    said = headers.get("Retry-After", "")
    try:
        return timedelta(seconds=max(float(said), 0.0))
    except (ValueError, OverflowError):
        pass
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max((until if until.tzinfo else until.replace(tzinfo=UTC)) - now, timedelta(0))


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names, unless NO_PROXY excepts the host.

    aiohttp's own trust_env would also look for a .netrc with every request.
    """
    parts = urlsplit(url)
    return _proxy(parts.scheme, parts.hostname or "")


@lru_cache(maxsize=64)
def _proxy(scheme: str, host: str) -> str | None:
    return None if proxy_bypass(host) else getproxies().get(scheme)
