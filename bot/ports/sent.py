"""What became of messages after they were sent: whose they are, and that somebody took one away."""

from __future__ import annotations

from typing import Protocol

from bot.ports.places import Place, Posted


class Sent(Protocol):
    """The messages that deliveries posted, asked by those who hear of them from their platform."""

    async def case_of(self, posted: Posted) -> int | None:
        """The case that this message of ours is about, also after it was taken away; None for any other message."""

    async def gone(self, posted: Posted) -> None:
        """Somebody took this message away. A case's card is posted anew, and its channel told once; others stay away."""

    async def open_again(self, place: Place) -> None:
        """What waits for this place need not wait any longer: we were let in again."""
