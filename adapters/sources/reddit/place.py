"""Where listening to Reddit goes on: kept as the source's cursor."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from adapters.sources import fitting

BEHIND: Final = timedelta(minutes=30)
"""Each list is read anew so far back: its search finds posts late, and the post that a place in a list was remembered by
may be deleted, after which Reddit would never show anything behind it again."""

FIRST: Final = timedelta(hours=1)
LONGEST_AWAY: Final = timedelta(days=7)
MOST_WATCHED: Final = 1_000
WATCHED_FOR: Final = timedelta(days=14)
AT_ONCE: Final = 100
"""How many Reddit tells about in one request."""


@dataclass(slots=True)
class RedditPlace:
    """`until` is when all lists were last read; `watched` are the posts we brought: (written, last edit, seconds since
    1970), the one that was looked after longest ago first."""

    until: datetime
    watched: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: str | None, now: datetime) -> RedditPlace:
        """A cursor that cannot be read is none."""
        try:
            said = json.loads(cursor or "{}")
            until = fitting.moment(said.get("until"))
            watched = {str(name): (int(at), int(edit)) for name, (at, edit) in said["watched"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            until, watched = None, {}
        return cls(max(until or now - FIRST + BEHIND, now - LONGEST_AWAY), watched)

    def written(self) -> str:
        return json.dumps({"until": self.until.isoformat(), "watched": self.watched}, separators=(",", ":"))

    def watch(self, name: str, created: datetime, edited: datetime | None) -> bool:
        """From now on; whether it is new, or was changed since it was told."""
        edit = int(edited.timestamp()) if edited else 0
        before = self.watched.get(name)
        if before is not None and before[1] >= edit:
            return False
        self.watched[name] = (int(created.timestamp()), edit)
        return True

    def next_watched(self, now: datetime) -> list[str]:
        """Those to look after now; they go to the end of the row."""
        oldest = (now - WATCHED_FOR).timestamp()
        kept = {name: seen for name, seen in self.watched.items() if seen[0] >= oldest}
        newest = set(sorted(kept, key=lambda name: kept[name][0])[-MOST_WATCHED:])
        kept = {name: seen for name, seen in kept.items() if name in newest}
        turn = list(kept)[:AT_ONCE]
        self.watched = {name: kept[name] for name in (*list(kept)[AT_ONCE:], *turn)}
        return turn

    def forget(self, name: str) -> None:
        self.watched.pop(name, None)
