"""What the listening pieces of the Teams adapter share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from adapters.later import Later
from adapters.saying import Views
from adapters.teams.api import TeamsApi
from adapters.teams.people import Directory
from bot.cards.card import Card
from bot.config import TeamsSettings
from bot.grammar import Happened, Heard
from bot.policy.model import Policy
from bot.ports import Clock, Sent


def _not_counted(kind: str) -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Handed to every piece. `hear` and `happened` are the desk's ears, `views` its cards, `sent` its messages.

    `counted` is told the kind of each activity that Teams brings.
    """

    settings: TeamsSettings
    policy: Policy
    api: TeamsApi
    directory: Directory
    hear: Callable[[Heard], Awaitable[Card | None]]
    happened: Callable[[Happened], Awaitable[Card | None]]
    views: Views
    sent: Sent
    clock: Clock
    later: Later = field(default_factory=Later)
    counted: Callable[[str], None] = _not_counted
