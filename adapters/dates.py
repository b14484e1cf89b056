"""What time others say it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

_PATIENCE: Final = aiohttp.ClientTimeout(total=10)


async def skew(url: str) -> timedelta | None:
    """How far this machine's clock is ahead of the server's (its Date header knows whole seconds).

    None where the server cannot be reached or does not say; that it cannot be reached, its own check says.
    """
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE, trust_env=True) as session:
            begun = datetime.now(UTC)
            async with session.get(url, allow_redirects=False) as answer:
                ended = datetime.now(UTC)
                said = answer.headers.get("Date")
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
    if said is None:
        return None
    try:
        theirs = parsedate_to_datetime(said)
    except ValueError:
        return None
    # The header is cut to the second, and was written somewhere between asking and hearing.
    return begun + (ended - begun) / 2 - (theirs.astimezone(UTC) + timedelta(milliseconds=500))
