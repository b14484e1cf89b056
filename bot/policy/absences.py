"""Who is away, and who stands for them: a live part of the policy, beside the roster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.domain.people import PersonId
from bot.domain.shifts.absence import Absence


class Absences:
    """The absences as the database has them. A change swaps the whole; copies of a policy share it."""

    def __init__(self) -> None:
        self._by_person: dict[PersonId, Absence] = {}

    def adopt(self, absences: Iterable[Absence]) -> None:
        """From now on these are all there are."""
        self._by_person = {each.person: each for each in absences}

    def put(self, absence: Absence) -> None:
        """In place of what was known of that person."""
        self._by_person = {**self._by_person, absence.person: absence}

    def drop(self, person: PersonId) -> None:
        self._by_person = {who: each for who, each in self._by_person.items() if who != person}

    def kept(self, person: PersonId) -> Absence | None:
        """What was said of that person, whether it holds at this moment or not."""
        return self._by_person.get(person)

    def of(self, person: PersonId, at: datetime) -> Absence | None:
        """The absence that holds at `at`; None for who is here."""
        known = self._by_person.get(person)
        return known if known is not None and known.holds(at) else None

    def all(self, at: datetime) -> Iterator[Absence]:
        """Those that hold at `at`."""
        return (each for each in self._by_person.values() if each.holds(at))

    def covered_by(self, person: PersonId, at: datetime) -> frozenset[PersonId]:
        """Whom this person stands in for at `at`, also for whom those they cover would stand."""
        found: set[PersonId] = set()
        wanted = {person}
        while wanted:
            wanted = {each.person for each in self.all(at) if each.cover_at(at) in wanted} - found - {person}
            found |= wanted
        return frozenset(found)

    def __bool__(self) -> bool:
        return bool(self._by_person)

    def __repr__(self) -> str:
        return f"<Absences of {len(self._by_person)}>"
