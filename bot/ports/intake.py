"""How mentions come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A mention as its source sent it, checked but not stored."""

    source: str
    external_id: str
    community: str
    created_at: datetime
    handle: str
    text: str
    name: str | None = None
    bio: str | None = None
    followers: int | None = None
    url: str | None = None
    lang: str | None = None
    brand: str | None = None
    in_reply_to: str | None = None
    thread: str | None = None
    edited_at: datetime | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """How many were new (or newer revisions), and how many were known."""

    accepted: int
    duplicates: int


class Intake(Protocol):
    async def append(self, mentions: Sequence[Incoming]) -> Appended:
        """Returns after the commit: what was accepted survives kill -9. Raises Overloaded when the queue is full."""
