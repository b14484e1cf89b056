"""One post and no second, at networks that know no key of ours: whatever is uncertain is looked for before it is repeated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from adapters.sources.asking import Unanswered, Unasked
from adapters.sources.oauth import SignInLater, SignInRefused
from bot.ports import (
    AskedToWait,
    Clock,
    MaybePublished,
    NetworkDown,
    NetworkError,
    Outgoing,
    Published,
    SignInLost,
)

LOST: Final = "%s: an admin must renew its sign-in."

SETTLES: Final = timedelta(minutes=2)
"""So long an earlier try may still show up."""
CLOCKS_APART: Final = timedelta(minutes=5)
"""What the network's clock may differ from ours."""
LOOKS: Final = (timedelta(seconds=2), timedelta(seconds=8), timedelta(seconds=20))


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Sends once. `soon` says that an earlier try may still show up, `unsure` that a person has to look."""

    clock: Clock
    soon: str
    unsure: str

    async def publish(
        self,
        reply: Outgoing,
        again: bool,
        *,
        look: Callable[[], Awaitable[Published | None]],
        send: Callable[[], Awaitable[Published]],
    ) -> Published:
        """`look` finds our own post, or None; `send` raises Unanswered where it may have been taken.

        Raises AskedToWait, MaybePublished, and what the two raise.
        """
        if again:
            found = await look()
            if found is not None:
                return found
            left = reply.begun_at + SETTLES - self.clock.real()
            if left > timedelta(0):
                raise AskedToWait(self.soon, left)
        try:
            return await send()
        except Unanswered as error:
            return await self._sought(look, error)

    async def _sought(self, look: Callable[[], Awaitable[Published | None]], error: Unanswered) -> Published:
        for pause in LOOKS:
            await self.clock.sleep(pause)
            try:
                found = await look()
            except NetworkError:
                break
            if found is not None:
                return found
        raise MaybePublished(self.unsure) from error


@contextmanager
def signed_in() -> Iterator[None]:
    """What keeps a signed request from being made, as the Network port says it."""
    try:
        yield
    except Unasked as error:
        raise NetworkDown(str(error)) from error
    except SignInLater as later:
        raise AskedToWait(str(later), later.after) from later
    except SignInRefused as refused:
        raise SignInLost(LOST % refused) from refused
