"""Who asks, where the web chat knows it: set for the length of one request by the gate of signing in.

Without a visit the desk is in its local mode, where whoever reaches it may act as anyone. A context variable, so that
every address below the gate knows without being told, also one that is added later.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from bot.domain.people import PersonId


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that passed the gate. `person` is None only for the page's files, which are for everybody."""

    person: PersonId | None


visiting: Final[ContextVar[Visit | None]] = ContextVar("visiting", default=None)
