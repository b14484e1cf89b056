"""Where to go on: the newest that each timeline brought, and the posts that may still change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from adapters.sources.mastodon.api import moment

WATCHED: Final = 60
"""So many of the newest posts are looked at again, for edits and deletions that nobody told us of."""


@dataclass(slots=True, kw_only=True)
class Cursor:
    """`began` is when this source was first listened to: nothing that was found by its words and is older is ours.
    `at` holds each timeline's newest id, blank where it was empty; `watched` the newest posts' ids, oldest first."""

    began: datetime
    at: dict[str, str] = field(default_factory=dict)
    watched: list[str] = field(default_factory=list)

    def watch(self, status_id: str) -> None:
        if status_id in self.watched:
            self.watched.remove(status_id)
        self.watched.append(status_id)
        del self.watched[:-WATCHED]

    def forget(self, status_id: str) -> None:
        if status_id in self.watched:
            self.watched.remove(status_id)

    def text(self) -> str:
        return json.dumps(
            {"began": self.began.isoformat(), "at": self.at, "watched": self.watched}, ensure_ascii=False
        )


def read_cursor(text: str | None, began: datetime) -> Cursor:
    """As it was stored; from `began` on where there is none, or none that we wrote."""
    try:
        said = json.loads(text or "{}")
    except (ValueError, RecursionError):
        said = {}
    said = said if isinstance(said, dict) else {}
    at, watched = said.get("at"), said.get("watched")
    return Cursor(
        began=moment(said.get("began")) or began,
        at={k: v for k, v in at.items() if isinstance(v, str)} if isinstance(at, dict) else {},
        watched=[each for each in watched if isinstance(each, str)][-WATCHED:]
        if isinstance(watched, list)
        else [],
    )
