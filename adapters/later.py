"""Work that follows an acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Later:
    """Work that follows an acknowledgement, such as opening a dialog. Nobody waits for it but `close`."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs it now, beside everything else; a surprise is logged."""
        task = asyncio.create_task(self._watched(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Waits until nothing is left to do."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:  # the edge: nobody waits for this task, so nobody else would tell
            log.exception("what followed an acknowledgement failed")
