"""Absences: somebody is away until a moment, and somebody else may stand in for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """One person is away; there is one absence a person. All times are UTC business time.

    `until` is None until they say that they are back. `cover` stands in for them, until `cover_until` where that is
    earlier than their return; `by` is who said it.
    """

    person: PersonId
    since: datetime
    by: PersonId
    until: datetime | None = None
    cover: PersonId | None = None
    cover_until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether they are away at `at`."""
        return self.since <= at and (self.until is None or at < self.until)

    def cover_at(self, at: datetime) -> PersonId | None:
        """Who stands in at `at`; None for nobody."""
        over = self.cover_until is not None and self.cover_until <= at
        return self.cover if self.holds(at) and not over else None
