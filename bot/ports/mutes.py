"""What people do not want to be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.digests.mute import Mute
from bot.domain.people import PersonId


class Mutes(Protocol):
    """Read at the moment of sending, so that what was put before obeys too."""

    async def of(self, person: PersonId) -> frozenset[Mute]: ...
    async def mute(self, person: PersonId, mutes: Collection[Mute], at: datetime) -> None:
        """From now on; what is muted already stays so."""

    async def unmute(self, person: PersonId, mutes: Collection[Mute]) -> None: ...
