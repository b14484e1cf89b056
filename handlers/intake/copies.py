"""The leading posts of a community in memory: a cache that every run brings up to what the database says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from bot.domain.mention import Mention
from bot.ports import Lead, Store
from bot.router import Call
from bot.triage.copies import MOST, Index, Near, Print, print_of, said_at, together

LATE: Final = timedelta(seconds=30)
"""How long another replica may take to commit what it filed: so far back each look goes behind the one before."""
_SWEPT: Final = timedelta(hours=1)
_WINDOWS: Final = 2
"""A lead is known for so many windows after it was filed: posts may reach us late."""


@dataclass(slots=True)
class _Known:
    index: Index = field(default_factory=Index)
    seen: datetime | None = None
    swept: datetime | None = None


_KNOWN: Final[WeakKeyDictionary[Store, dict[str, _Known]]] = WeakKeyDictionary()


@dataclass(slots=True, kw_only=True)
class Copies:
    """What one run of a community's filing asks and keeps."""

    community: str
    within: timedelta
    index: Index
    _prints: dict[int, Print | None] = field(default_factory=dict)

    def near(self, mention: Mention) -> tuple[Near, ...]:
        """The leading posts that say nearly the same within the window, the first one said first."""
        found = self._print(mention)
        return self.index.near(found, said_at(mention), self.within) if found else ()

    def comparable(self, mention: Mention) -> bool:
        return self._print(mention) is not None

    def keep(self, leads: Sequence[Lead]) -> None:
        """They are committed."""
        for lead in leads:
            self.index.put(lead, self._prints.get(lead.mention))

    def keys(self, mentions: Sequence[Mention]) -> Mapping[int, tuple[str, ...]]:
        """What near-copies share, so that they are filed one after the other."""
        return together(mentions, self.index, self.within)

    def _print(self, mention: Mention) -> Print | None:
        if mention.id not in self._prints:
            self._prints[mention.id] = print_of(mention.text)
        return self._prints[mention.id]


async def caught_up(call: Call, community: str) -> Copies:
    """The community's leads as they stand in the database now: also those of before a restart, and of other replicas."""
    known = _KNOWN.setdefault(call.store, {}).setdefault(community, _Known())
    within = call.policy.surge.within
    floor = call.now - _WINDOWS * within
    since = floor if known.seen is None else max(floor, min(known.seen, call.now) - LATE)
    async with call.work(finish=False) as work:
        for lead in await work.leads.since(community, since, MOST):
            known.index.put(lead)
        if known.swept is None or call.now - known.swept >= _SWEPT:
            await work.leads.forget(community, floor)
            known.swept = call.now
    known.index.forget(floor)
    known.seen = call.now
    return Copies(community=community, within=within, index=known.index)
