"""Where conversations are reached, for chat platforms that tell it only in what they send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class References(Protocol):
    """The memory of where a platform's conversations are reached. `about` says whose, in the adapter's own words;
    `data` is what the adapter needs for writing there, as JSON."""

    async def get(self, platform: str, about: str) -> Mapping[str, Any] | None: ...
    async def keep(self, platform: str, about: str, data: Mapping[str, Any]) -> None:
        """In place of what was known about it."""

    async def forget(self, platform: str, about: str) -> None:
        """What is not known may be forgotten too."""

    async def everyone(self, platform: str) -> Mapping[str, Mapping[str, Any]]:
        """All that is known, by what it is about."""
