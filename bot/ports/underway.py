"""Which of the platforms' deliveries are being handled just now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol


class Underway(Protocol):
    """Spares the work of what a platform delivers again while another replica still handles it. Whether it was
    handled, only the database says."""

    def alone(self, event: str | None) -> AbstractAsyncContextManager[None]:
        """Entered at once, or, while somebody else is at this event, once they are done or a short wait is over."""


class NoUnderway:
    """Where nobody can be asked."""

    @asynccontextmanager
    async def alone(self, event: str | None) -> AsyncIterator[None]:
        yield
