"""How replicas hear of one another at once. Nothing depends on it: what it does not tell is found by polling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Bell(Protocol):
    """`ring` tells the other replicas that something was written; `listen` calls `heard` when one of them rang."""

    def ring(self) -> None: ...

    async def listen(self, heard: Callable[[], None]) -> None: ...

    async def close(self) -> None: ...
