"""Who is who on a chat platform, kept so that nobody has to be asked twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Standing(StrEnum):
    """What a platform's user can be to the desk: a member of the company's own workspace, or why not."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    BOT = "bot"
    DELETED = "deleted"
    UNCONFIRMED = "unconfirmed"
    NO_EMAIL = "no_email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A platform's user as the platform described them at `checked_at` (real time, UTC).

    `email` is in lower case, and empty where the platform does not tell it; only a MEMBER's and a GUEST's is
    confirmed. `zone` is the name of a time zone, or empty. `team` is the one workspace from which this user
    speaks; empty where there may be several.
    """

    platform: str
    user: str
    email: str
    name: str
    zone: str
    standing: Standing
    team: str
    checked_at: datetime


class Identities(Protocol):
    """The memory of who is who, and of who belongs to which of a platform's user groups."""

    async def everyone(self, platform: str) -> Sequence[Identity]: ...
    async def keep(self, identity: Identity) -> None:
        """In place of what was known of that user."""

    async def groups(self, platform: str) -> Mapping[str, frozenset[str]]:
        """The platform's user groups that were kept, with their users."""

    async def keep_group(self, platform: str, group: str, users: Collection[str]) -> None:
        """The group has exactly these users."""
