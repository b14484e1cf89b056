"""Where listening to YouTube goes on: kept as the source's cursor."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from adapters.sources import fitting
from adapters.sources.youtube.reading import Thread
from adapters.sources.youtube.session import Quota

BEHIND: Final = timedelta(hours=1)
"""Comments are read anew so far back: YouTube shows some late, after it has looked at them."""

FIRST: Final = timedelta(hours=1)
LONGEST_AWAY: Final = timedelta(days=7)
WATCHED_FOR: Final = timedelta(days=14)
MOST_WATCHED: Final = 400
MOST_ANSWERS: Final = 50
AT_ONCE: Final = 50
"""How many threads YouTube tells about in one request."""

MISSING_TWICE: Final = 2


@dataclass(slots=True)
class Watched:
    """One thread that we brought: written when (seconds since 1970), what its comments said last, how many answers it
    had, how often in a row YouTube did not know it."""

    created: int
    said: dict[str, int]
    answers: int = 0
    missing: int = 0


@dataclass(slots=True)
class YouTubePlace:
    """`until` is when all comments were last read; `watched` the threads, the one looked after longest ago first."""

    until: datetime
    watched: dict[str, Watched] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: str | None, now: datetime, quota: Quota) -> YouTubePlace:
        """A cursor that cannot be read is none. What was spent of today's quota is counted on."""
        try:
            said = json.loads(cursor or "{}")
            until = fitting.moment(said.get("until"))
            watched = {str(thread): _watched(one) for thread, one in said["watched"].items()}
            day, used = date.fromisoformat(said["day"]), int(said["used"])
            if day == quota.day:
                quota.used = max(quota.used, used)
        except (ValueError, TypeError, KeyError, AttributeError):
            until, watched = None, {}
        return cls(max(until or now - FIRST + BEHIND, now - LONGEST_AWAY), watched)

    def written(self, quota: Quota) -> str:
        watched = {thread: [w.created, w.said, w.answers, w.missing] for thread, w in self.watched.items()}
        said = {
            "until": self.until.isoformat(),
            "watched": watched,
            "day": str(quota.day),
            "used": quota.used,
        }
        return json.dumps(said, separators=(",", ":"))

    def watch(self, thread: Thread) -> Watched:
        return self.watched.setdefault(thread.id, Watched(int(thread.comments[0].created_at.timestamp()), {}))

    def turn(self, now: datetime) -> list[str]:
        """The threads to look after now; they go to the end of the row."""
        oldest = (now - WATCHED_FOR).timestamp()
        kept = {thread: seen for thread, seen in self.watched.items() if seen.created >= oldest}
        newest = set(sorted(kept, key=lambda thread: kept[thread].created)[-MOST_WATCHED:])
        row = [thread for thread in kept if thread in newest]
        self.watched = {thread: kept[thread] for thread in (*row[AT_ONCE:], *row[:AT_ONCE])}
        return row[:AT_ONCE]


def _watched(said: Any) -> Watched:
    created, comments, answers, missing = said
    edits = {str(comment): int(edit) for comment, edit in comments.items()}
    return Watched(int(created), edits, int(answers), int(missing))
