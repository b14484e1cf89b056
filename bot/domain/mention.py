"""A mention: one public post about us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it. All of it is a stranger's word: data, never markup."""

    handle: str
    name: str | None = None
    bio: str | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One post as its newest revision stands. All times are UTC.

    `id` is ours and ascends in the order of arrival; (`source`, `external_id`) is the network's.
    """

    id: int
    source: str
    external_id: str
    community: str
    received_at: datetime
    created_at: datetime
    author: Author
    text: str
    url: str | None = None
    lang: str | None = None
    brand: str | None = None
    in_reply_to: str | None = None
    thread: str | None = None
    edited_at: datetime | None = None
    case_id: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
