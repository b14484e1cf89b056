"""Who there is: the policy's people, and those whom the groups of a chat add. The only live part of a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from bot.domain.people import Person, PersonId, Role

_MEMBER: Final = frozenset({Role.MEMBER})


class Roster(Mapping[PersonId, Person]):
    """People by their e-mail: those whom the policy names, then those whom a chat's groups add, with all their roles.

    A change swaps the whole, so whoever is reading goes on with what they began. Copies of a policy share it.
    """

    def __init__(self, named: Mapping[PersonId, Person]) -> None:
        self._named = dict(named)
        self._groups: dict[str, Mapping[str, tuple[Person, ...]]] = {}
        self._people: Mapping[PersonId, Person] = self._named
        self._met: Mapping[PersonId, Person] = {}
        self._lost = False

    def adopt(self, platform: str, groups: Mapping[str, Iterable[Person]]) -> None:
        """From now on the platform's groups are these: department to verified colleagues, who are members of it.

        What the platform's groups gave before and do not give any more is gone at once. Whom the policy names as
        external stays what it says: a group never makes more of them.
        """
        self._groups[platform] = {department: tuple(people) for department, people in groups.items()}
        people = dict(self._named)
        for joined in self._groups.values():
            for department, members in joined.items():
                for member in members:
                    people[member.id] = _joins(people.get(member.id, member), department)
        self._lost = self._lost or any(person not in people for person in self._people)
        self._people = people

    def lost_somebody(self) -> bool:
        """Whether anybody lost their last role since this was asked last."""
        lost, self._lost = self._lost, False
        return lost

    def heard_from(self, platform: str) -> bool:
        """Whether the platform's groups are known: before that, nobody can be said to be in none of them."""
        return platform in self._groups

    def meet(self, *colleagues: Person) -> None:
        """Verified colleagues, whether they have a role or not: the desk knows their names from now on."""
        if any(self._met.get(each.id) != each for each in colleagues):
            self._met = {**self._met, **{each.id: each for each in colleagues}}

    def known(self, person: PersonId) -> Person | None:
        """Who answers for a department, or a colleague whom the desk met; None for anybody else."""
        return self._people.get(person) or self._met.get(person)

    def named(self, person: PersonId) -> Person | None:
        """The person as the policy names them, without what groups add; None for whom it does not name."""
        return self._named.get(person)

    def __getitem__(self, person: PersonId) -> Person:
        return self._people[person]

    def __iter__(self) -> Iterator[PersonId]:
        return iter(self._people)

    def __len__(self) -> int:
        return len(self._people)

    def __repr__(self) -> str:
        # A policy ends up in logs and assertions; thousands of colleagues must not.
        return f"<Roster of {len(self)}>"


def _joins(person: Person, department: str) -> Person:
    if any(Role.EXTERNAL in roles for roles in person.roles.values()):
        return person
    held = person.roles.get(department, frozenset())
    return replace(person, roles={**person.roles, department: held | _MEMBER})
