"""What an examination found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    WELL = "well"
    DOUBTFUL = "doubtful"
    """It works, though perhaps not as meant."""
    BROKEN = "broken"
    UNCHECKED = "unchecked"
    """It could not be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `says` is what was found, `mend` what to do about it."""

    area: str
    health: Health
    says: str
    mend: str = ""
