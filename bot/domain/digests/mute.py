"""What a person may not want to be told privately: what they read when they like, never what waits for them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Told(StrEnum):
    """Private words that may be muted. Pages, offers, questions and warnings of one's own claims may not."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    PROMISES = "promises"
    JOINED = "joined"


DIGESTS: Final = (Told.DAILY, Told.WEEKLY, Told.MONTHLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Not wanted: of one department, or of all when `department` is empty."""

    what: Told
    department: str = ""


def muted(mutes: Collection[Mute], what: Told, department: str | None = None) -> bool:
    """Whether this is not wanted, of that department where one is named."""
    return Mute(what=what) in mutes or (
        department is not None and Mute(what=what, department=department) in mutes
    )
