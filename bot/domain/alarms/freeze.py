"""A stop on publishing: for the whole company, for a community, or for one case. Replies obey it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.case import Case
from bot.domain.people import COMPANY, PersonId
from bot.domain.roles import Actor

ALL: Final = "all"
_CASE: Final = "case:"
_COMMUNITY: Final = "community:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """`scope` is `all`, `community:<name>` or `case:<number>`; `at` is UTC business time."""

    scope: str
    by: PersonId
    at: datetime
    why: str


def of_case(number: int) -> str:
    return f"{_CASE}{number}"


def of_community(name: str) -> str:
    return f"{_COMMUNITY}{name}"


def case_in(scope: str) -> int | None:
    """The case that the scope names, if it names one."""
    return int(scope.removeprefix(_CASE)) if scope.startswith(_CASE) else None


def community_in(scope: str) -> str | None:
    """The community that the scope names, if it names one."""
    return scope.removeprefix(_COMMUNITY) if scope.startswith(_COMMUNITY) else None


def scopes_of(case: Case) -> tuple[str, ...]:
    """Every scope that stops this case, the widest first. What was merged into it stays as frozen as it was."""
    return (ALL, of_community(case.community), *(of_case(number) for number in (case.id, *case.absorbed)))


def may_freeze(by: Actor, scope: str, departments: Collection[str], champions: Collection[PersonId]) -> bool:
    """Leads and people on duty of a department concerned, company-wide champions, and the `champions` named for it.

    `departments` are those concerned: the case's, or who interacts in the community; of the company, none.
    """
    where = departments if scope != ALL else (COMPANY,)
    return by.id in champions or any(by.may("freeze", department) for department in where)
