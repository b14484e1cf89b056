"""Where the reading of feeds goes on: kept as the source's cursor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.sources import fitting
from adapters.sources.feeds.reading import Item

BEFORE: Final = timedelta(days=1)
"""How far back a feed's items are news at its first sight: the rest of it is history."""

MOST_SEEN: Final = 200
"""Items that have left the feed and are still known, should they come back."""

MOST_EDITS: Final = 5
"""A page that says "2 hours ago" changes at every look: that is no edit anybody wants to hear of."""


@dataclass(slots=True)
class FeedPlace:
    """What is known of one feed. `first` is when it was first read; `seen` are its items, the newest last: what they
    said, how often they changed, and the newest change that was told (seconds since 1970). `moved` is where it says it lives now."""

    first: datetime | None = None
    etag: str = ""
    modified: str = ""
    moved: str = ""
    seen: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    def news(self, items: list[Item], now: datetime) -> list[tuple[Item, datetime, datetime | None]]:
        """The items that are new or changed, the oldest first: (item, written at, changed at)."""
        begins = self.first is None
        self.first = self.first or now
        told: list[tuple[Item, datetime, datetime | None]] = []
        for item in reversed(items):
            key, said = fitting.digest(item.id), fitting.digest(item.text)
            before, edits, last = self.seen.pop(key, (None, 0, 0))
            changed = before is not None and before != said
            at = min(item.at or self.first, now)
            edited = _edited(item, max(at.timestamp(), last), now) if changed else None
            self.seen[key] = (said, edits + changed, int(edited.timestamp()) if edited else last)
            if changed and edits < MOST_EDITS:
                told.append((item, at, edited))
            elif before is None and _is_news(item, begins, self.first):
                told.append((item, min(item.at or now, now), None))
        self.seen = dict(list(self.seen.items())[-(len(items) + MOST_SEEN) :])
        return told

    def written(self) -> Mapping[str, object]:
        first = self.first.isoformat() if self.first else None
        return {
            "first": first,
            "etag": self.etag,
            "modified": self.modified,
            "moved": self.moved,
            "seen": self.seen,
        }


def _is_news(item: Item, begins: bool, first: datetime) -> bool:
    """What does not say when it was written is news only where the feed was read before without it."""
    return not begins if item.at is None else item.at >= first - BEFORE


def _edited(item: Item, last: float, now: datetime) -> datetime:
    """When it was changed: as it says, where that is later than all it said before, else now."""
    said = item.changed
    return said if said is not None and last < said.timestamp() and said <= now else now


def read_places(cursor: str | None) -> dict[str, FeedPlace]:
    """By address. A cursor that cannot be read is none."""
    try:
        said = json.loads(cursor or "{}")
        return {str(address): _place(one) for address, one in said["feeds"].items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def _place(said: Any) -> FeedPlace:
    return FeedPlace(
        first=fitting.moment(said["first"]),
        etag=str(said["etag"]),
        modified=str(said["modified"]),
        moved=str(said["moved"]),
        seen={
            str(key): (str(hash_), int(edits), int(last))
            for key, (hash_, edits, last) in said["seen"].items()
        },
    )


def write_places(places: Mapping[str, FeedPlace]) -> str:
    said = {"feeds": {address: place.written() for address, place in places.items()}}
    return json.dumps(said, separators=(",", ":"))
