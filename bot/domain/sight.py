"""Who may see a restricted case: the one place that says so. And the moves that restrict one and open it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from bot.domain.case import Case, authorise, record
from bot.domain.events import Kind
from bot.domain.people import COMPANY, Role
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import resume_lease, withdraw
from bot.domain.shifts.questions import withdraw_questions
from bot.domain.sight_refusals import NotRestricted
from bot.domain.terms import Terms

Eyes: TypeAlias = frozenset[str] | None
"""With whose eyes somebody looks: the departments they read for, and their own e-mail. None: they see everything."""

NOTHING: Final[frozenset[str]] = frozenset()
"""The eyes of who sees no restricted case."""

_READING: Final = frozenset({Role.VIEWER, Role.MEMBER, Role.LEAD, Role.DUTY, Role.CHAMPION})
"""Roles that give something to read. An admin keeps the policy; that is no reason to read what customers wrote."""


def sees(actor: Actor, case: Case) -> bool:
    """Whether this person may see the case."""
    return visible(case, eyes_of(actor))


def visible(case: Case, eyes: Eyes) -> bool:
    """Whether these eyes may see the case."""
    return eyes is None or not case.restricted_to or not eyes.isdisjoint(viewers(case))


def viewers(case: Case) -> tuple[str, ...]:
    """Who sees a restricted case: departments by name, people by e-mail; none for a case that everybody may see.

    Its own department always does, and so do its owner and whoever its last escalation paged.
    """
    if not case.restricted_to:
        return ()
    escalation = case.escalation
    people = [case.owner, *((page.person for page in escalation.pages) if escalation else ())]
    people += [escalation.acked_by] if escalation else []
    asked = (person for person in people if person is not None and person != DESK.id)
    return tuple(dict.fromkeys((case.department, *case.restricted_to, *asked)))


def eyes_of(actor: Actor) -> Eyes:
    """A person's eyes. A reading role everywhere in the company sees everything, externals never anything restricted."""
    if actor.id == DESK.id:
        return None
    if Role.EXTERNAL in actor.everywhere():
        return NOTHING
    reading = {where for where, roles in actor.roles.items() if not roles.isdisjoint(_READING)}
    return None if COMPANY in reading else frozenset({*reading, actor.id})


def eyes_in(department: str | None) -> Eyes:
    """The eyes of a channel, in which many look: those of its department; of nobody's, nothing restricted."""
    return NOTHING if department is None else frozenset({department})


def restrict(case: Case, to: Sequence[str], *, by: Actor, at: datetime, lease: Terms) -> Case:
    """From now on only these departments see it, and its own. Unchanged when that is so already.

    An offer or a question to a department that sees it no more is withdrawn. `lease` is the owner's.
    """
    authorise(case, by, "restrict")
    whom = tuple(dict.fromkeys((case.department, *to)))
    if set(whom) == set(case.restricted_to):
        return case
    case = record(replace(case, restricted_to=whom), Kind.RESTRICTED, by, at, to=",".join(whom))
    return _withdrawn(case, by, at, lease)


def lift(case: Case, *, by: Actor, at: datetime) -> Case:
    """Everybody may see it again. Raises NotRestricted."""
    authorise(case, by, "restrict")
    if not case.restricted_to:
        raise NotRestricted(case.id)
    return record(replace(case, restricted_to=()), Kind.RESTRICTED, by, at, to="")


def restrict_by_desk(case: Case, to: Sequence[str], why: str, *, at: datetime, lease: Terms) -> Case:
    """Restricted by the policy. What a person or an earlier rule restricted stays as it is: never wider by itself."""
    if case.restricted_to or not to:
        return case
    whom = tuple(dict.fromkeys((case.department, *to)))
    case = record(replace(case, restricted_to=whom), Kind.RESTRICTED, DESK, at, to=",".join(whom), why=why)
    return _withdrawn(case, DESK, at, lease)


def viewers_by_department(case: Case) -> tuple[str, ...]:
    """The departments that see a restricted case, its own first; none for one that everybody may see."""
    return tuple(dict.fromkeys((case.department, *case.restricted_to))) if case.restricted_to else ()


def _withdrawn(case: Case, by: Actor, at: datetime, lease: Terms) -> Case:
    """Nobody is left with an offer or a question about what they cannot see."""
    known = viewers_by_department(case)
    if case.offer is not None and case.offer.to not in known:
        case = resume_lease(withdraw(case, by=by, at=at), at, lease)
    for asked in case.consults:
        if asked.to not in known:
            case = withdraw_questions(case, by=by, at=at, to=asked.to)
    return case
