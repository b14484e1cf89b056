"""One request to a pager's service, its errors translated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiohttp import ClientConnectionError, ClientError, ClientSession, ClientTimeout

from adapters import wording
from bot.ports import Down, Failed, FateUnknown, SlowDown, Undeliverable

AWAY: Final = "{service} cannot be reached: {said}"
REFUSED: Final = "{service} refuses the page ({status}): {said}. Look at its address and its key."
SILENT: Final = "{service} did not answer"

_WITHIN: Final = ClientTimeout(total=20, connect=10)
_SLOW: Final = timedelta(seconds=30)
_SLOWEST: Final = timedelta(minutes=10)
_SAID: Final = 200


async def send(http: ClientSession, service: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Returns once the service took it. Raises ChatErrors."""
    sent = {"Content-Type": "application/json", **headers}
    try:
        # A redirect would carry a page, and what signs it, to somebody else.
        async with http.post(url, data=body, headers=sent, timeout=_WITHIN, allow_redirects=False) as answer:
            said = wording.line((await answer.content.read(2_000)).decode("utf-8", "replace"), _SAID)
            status, after = answer.status, answer.headers.get("Retry-After", "")
    except TimeoutError as error:
        raise FateUnknown(SILENT.format(service=service)) from error
    except ClientConnectionError as error:
        raise Down(AWAY.format(service=service, said=type(error).__name__)) from error
    except ClientError as error:
        raise Failed(AWAY.format(service=service, said=type(error).__name__)) from error
    if status == 429:
        raise SlowDown(min(timedelta(seconds=int(after)), _SLOWEST) if after.isdigit() else _SLOW)
    if status >= 500:
        raise Down(AWAY.format(service=service, said=f"{status} {said}"))
    if status >= 300:
        raise Undeliverable(REFUSED.format(service=service, status=status, said=said.rstrip(".")))
