"""Edits and deletions that no stream told of: the newest posts are looked at again, a few at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from adapters.sources.mastodon.api import Api, Refused
from adapters.sources.mastodon.cursor import Cursor
from adapters.sources.mastodon.instance import id_of
from adapters.sources.mastodon.reading import Reading
from bot.ports import Batch, Incoming, Removed

A_FEW: Final = 3
EVERY: Final = timedelta(minutes=1)
"""So the newest sixty posts are all looked at within twenty minutes, for 15 of a server's usual 300 requests."""

SURE: Final = 2
"""So many times a post must be missing: its words are hidden for good then, and servers have bad moments."""


@dataclass(slots=True)
class Watching:
    api: Api
    reading: Reading
    at: Cursor
    _edited: dict[str, object] = field(default_factory=dict)
    _missing: dict[str, int] = field(default_factory=dict)

    async def look(self) -> Batch | None:
        """Looks at those that were not looked at for longest. Raises Busy, Away, and Refused for more than a post."""
        mentions: list[Incoming] = []
        removed: list[Removed] = []
        for number in self._turn():
            try:
                status = (await self.api.get(f"/api/v1/statuses/{quote(number, safe='')}")).body
            except Refused as refused:
                if refused.status not in (403, 404, 410):
                    raise
                if self._gone(number):
                    removed.append(self.reading.removed(number))
                continue
            self._missing.pop(number, None)
            edited = status.get("edited_at") if id_of(status) == number else None
            if edited is not None and self._edited.get(number) != edited:
                self._edited[number] = edited
                found = await self.reading.post(status)
                mentions += [found] if found is not None else []
        if not (mentions or removed):
            return None
        return Batch(mentions=mentions, removed=removed, cursor=self.at.text())

    def _turn(self) -> list[str]:
        """The next few; they go to the other end of the line."""
        turn = self.at.watched[:A_FEW]
        self.at.watched[:] = [*self.at.watched[A_FEW:], *turn]
        return turn

    def _gone(self, number: str) -> bool:
        self._missing[number] = self._missing.get(number, 0) + 1
        if self._missing[number] < SURE:
            return False
        self.at.forget(number)
        self._missing.pop(number)
        self._edited.pop(number, None)
        return True
