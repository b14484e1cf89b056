"""Whether a page always ends at somebody. A P1 that can end at nobody is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.policy.duty import CHAMPION, DEPUTIES, DUTY, LEAD, PAGED, champions, leads
from bot.policy.model import EscalationPolicy, Policy
from bot.policy.problems import Path, Problems

_REMEDY: Final = {
    DUTY: "name people in its duty",
    LEAD: 'give somebody the role "lead" in it',
    CHAMPION: "name its champion",
    DEPUTIES: "name its deputies",
}
_LIGHT_SLEEPERS: Final = frozenset({Priority.P3, Priority.P4})


def check_escalations(policy: Policy, problems: Problems) -> None:
    """Adds to `problems` what is wrong with each escalation, and every P1 path that can end at nobody."""
    for priority, name in policy.defaults.escalation.items():
        if name not in policy.escalations:
            path: Path = ("defaults", "escalation", priority)
            problems.unknown(path, "escalation", name, policy.escalations)
            if not policy.escalations:
                told = f'write [escalations.{name}] with fallback = "<e-mail of whom to page then>"'
                problems.mistake(("escalations",), told)
                break
    for escalation in policy.escalations.values():
        _check_fallback(policy, escalation, problems)
        _check_steps(policy, escalation, problems)
    for name in dict.fromkeys(_p1_paths(policy).values()):
        if name in policy.escalations:
            _check_p1(policy, policy.escalations[name], problems)


def _p1_paths(policy: Policy) -> dict[str, str]:
    """The escalation of a P1 case of each department: its own, else the default."""
    default = policy.defaults.escalation.get(Priority.P1, "")
    return {each.name: each.escalation or default for each in policy.departments.values()}


def _check_fallback(policy: Policy, escalation: EscalationPolicy, problems: Problems) -> None:
    """The fallback is the one who is there when nobody else is: known, staying, and of the company."""
    path: Path = ("escalations", escalation.name, "fallback")
    who = escalation.fallback
    person = policy.people.get(who)
    if not who:
        return
    if person is None:
        problems.unknown(path, "person", who, policy.people)
    elif person.until is not None:
        told = f"{who} leaves on {person.until}, and then a page can end at nobody: name somebody who stays"
        problems.mistake(path, told)


def _check_steps(policy: Policy, escalation: EscalationPolicy, problems: Problems) -> None:
    path: Path = ("escalations", escalation.name, "steps")
    for number, step in enumerate(escalation.steps):
        last = number == len(escalation.steps) - 1
        if step.page and step.page not in PAGED and PersonId(step.page) not in policy.people:
            known = [*PAGED, *policy.people]
            problems.unknown((*path, number, "page"), "role or person", step.page, known)
        for at, name in enumerate(step.also):
            if name not in policy.pagers:
                problems.unknown((*path, number, "also", at), "pager", name, policy.pagers)
        if step.wait is None and (not last or escalation.repeat):
            next_ = "it begins again" if last else "the next step"
            told = f'wait is missing: say how long until {next_}, as in wait = "10m"'
            problems.mistake((*path, number), told)
        if step.wakes & _LIGHT_SLEEPERS:
            problems.warn((*path, number, "wakes"), "this wakes people at night for what can wait: P3 and P4")


def _check_p1(policy: Policy, escalation: EscalationPolicy, problems: Problems) -> None:
    path: Path = ("escalations", escalation.name)
    if escalation.steps and not any(Priority.P1 in step.wakes for step in escalation.steps):
        told = 'outside hours a P1 ends at nobody, because no step wakes anybody for it: write wakes = ["P1"]'
        problems.mistake((*path, "steps"), told)
    departments = [name for name, used in _p1_paths(policy).items() if used == escalation.name]
    by_department = _Finds(policy, escalation, departments, _of_department)
    by_community = _Finds(policy, escalation, list(policy.communities), _of_community)
    for finds in (by_department, by_community):
        for number, places in finds.nobody.items():
            told = (
                f'"{escalation.steps[number].page}" pages nobody in {_some(places)}, only the fallback '
                f"{escalation.fallback}: {_REMEDY[escalation.steps[number].page]}"
            )
            problems.warn((*path, "steps", number, "page"), told)
    if escalation.steps and not any(PersonId(step.page) in policy.people for step in escalation.steps):
        for department in by_department.without if by_community.without else ():
            told = (
                f"a P1 of {department} in {_some(by_community.without)} ends at nobody: no step finds anyone"
            )
            problems.mistake(path, told)


class _Finds:
    """What the steps find in each place: `nobody` is step to the places where it finds nobody, `without` the
    places where no step finds anybody."""

    def __init__(
        self, policy: Policy, escalation: EscalationPolicy, places: Iterable[str], of: _Lookup
    ) -> None:
        self.nobody: dict[int, list[str]] = {}
        self.without: list[str] = []
        for place in places:
            found = [of(policy, step.page, place) for step in escalation.steps]
            for number, people in enumerate(found):
                if people is not None and not any(who in policy.people for who in people):
                    self.nobody.setdefault(number, []).append(place)
            if not any(who in policy.people for people in found for who in people or ()):
                self.without.append(place)


def _some(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


_Lookup: TypeAlias = Callable[[Policy, str, str], tuple[PersonId, ...] | None]
"""The people whom a step could page in a place at some time; None when it does not ask that kind of place."""


def _of_department(policy: Policy, page: str, department: str) -> tuple[PersonId, ...] | None:
    if page == LEAD:
        return leads(policy, department)
    return policy.departments[department].duty if page == DUTY else None


def _of_community(policy: Policy, page: str, community: str) -> tuple[PersonId, ...] | None:
    if page == DEPUTIES:
        return champions(policy, community)[1:]
    return champions(policy, community)[:1] if page == CHAMPION else None
