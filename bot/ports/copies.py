"""Posts that lead: those of the last hours that opened a case which near-copies may join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A post that opened a case. `department` is where the rules sent it; `kind` names the marks that keep it apart,
    "" for a plain post.

    It was said at `said_at`, the last of its copies at `last_at`; `changed_at` is when the desk filed that one.
    """

    mention: int
    community: str
    case_id: int
    department: str
    kind: str
    said_at: datetime
    last_at: datetime
    changed_at: datetime
    text: str = ""


class Leads(Protocol):
    """Within one unit of work."""

    async def since(self, community: str, changed_at: datetime, limit: int) -> Sequence[Lead]:
        """Those filed or joined since then with their texts, the newest `limit` of them, oldest first."""

    async def keep(self, lead: Lead) -> None:
        """It leads from now on, or leads on: kept with these times."""

    async def forget(self, community: str, before: datetime) -> None:
        """What changed last before that moment leads no more."""
