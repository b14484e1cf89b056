"""What the listening pieces of the Slack adapter share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from adapters.slack.api import SlackApi
from adapters.slack.people import Directory
from bot.cards.card import Card
from bot.config import SlackSettings
from bot.grammar import Happened, Heard
from bot.policy.model import Policy
from bot.ports import Clock, Place, Sent
from bot.router import Shown

log = structlog.get_logger(__name__)


class Views(Protocol):
    """What to show: the router."""

    async def show(self, view: str, subject: str, place: Place) -> Shown: ...


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


def _not_counted(kind: str) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Handed to every piece. `hear` and `happened` are the desk's ears, `views` its cards, `sent` its messages.

    `counted` is told the kind of each event that Slack brings.
    """

    settings: SlackSettings
    policy: Policy
    api: SlackApi
    directory: Directory
    hear: Callable[[Heard], Awaitable[Card | None]]
    happened: Callable[[Happened], Awaitable[Card | None]]
    views: Views
    sent: Sent
    clock: Clock
    later: Later = field(default_factory=Later)
    counted: Callable[[str], None] = _not_counted
