"""The service level: what the customer was promised, warned of before it breaks and counted when it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.parts import Rest, Service
from bot.domain.roles import DESK, Actor
from bot.domain.terms import ServiceTerms, Terms

FIRST_WARNED, FIRST_MISSED, RESOLVE_WARNED, RESOLVE_MISSED = (
    "first_warned",
    "first_missed",
    "resolve_warned",
    "resolve_missed",
)
_MISS_OF: Final = {FIRST_WARNED: FIRST_MISSED, RESOLVE_WARNED: RESOLVE_MISSED}


def promise(at: datetime, terms: ServiceTerms) -> Service:
    """Both clocks, started at `at`."""
    first_due, resolve_due = terms.first.ends(at), terms.resolve.ends(at)
    return Service(
        since=at,
        first_due=first_due,
        first_warn_at=terms.first.warns(at, first_due),
        resolve_due=resolve_due,
        resolve_warn_at=terms.resolve.warns(at, resolve_due),
    )


def reclock(case: Case, terms: ServiceTerms, *, at: datetime) -> Case:
    """The clocks after the priority or the owning department changed: counted anew from their start.

    Times of waiting stay out of the resolve clock. A warning that lies ahead again will be given again;
    a miss is counted once.
    """
    if case.closed:
        return case
    kept, fresh = case.service, promise(case.service.since, terms)
    due, warn_at, left = fresh.resolve_due, fresh.resolve_warn_at, None
    for rest in kept.rests:
        if rest.until is None:
            # It rests still: its moments move when it wakes.
            left = terms.resolve.left(rest.since, due)
        else:
            due = _moved(due, rest.since, rest.until, terms.resolve)
            warn_at = _moved(warn_at, rest.since, rest.until, terms.resolve)
    again = {FIRST_WARNED: fresh.first_warn_at, RESOLVE_WARNED: warn_at}
    promised = replace(
        fresh,
        resolve_due=due,
        resolve_warn_at=warn_at,
        responded_at=kept.responded_at,
        resolve_left=left,
        rests=kept.rests,
        told=tuple(name for name in kept.told if name not in again or again[name] <= at),
    )
    return replace(case, service=promised)


def respond(case: Case, by: Actor, at: datetime) -> Case:
    """The public heard from us at `at`. Only the first time counts."""
    if case.service.responded_at is not None:
        return case
    in_time = at <= case.service.first_due
    responded = replace(case, service=replace(case.service, responded_at=at))
    return record(responded, Kind.RESPONDED, by, at, in_time=in_time)


def pause_resolve(case: Case, at: datetime, terms: ServiceTerms) -> Case:
    """The resolve clock stands still while the case waits."""
    promised = case.service
    if promised.resolve_left is not None:
        return case
    left = terms.resolve.left(at, promised.resolve_due)
    return replace(
        case, service=replace(promised, resolve_left=left, rests=(*promised.rests, Rest(since=at)))
    )


def resume_resolve(case: Case, at: datetime, terms: ServiceTerms) -> Case:
    """The resolve clock goes on with what was left; what had passed before the wait stays passed."""
    promised = case.service
    if promised.resolve_left is None or not promised.rests:
        return case
    *before, rest = promised.rests
    return replace(
        case,
        service=replace(
            promised,
            resolve_left=None,
            resolve_due=_moved(promised.resolve_due, rest.since, at, terms.resolve),
            resolve_warn_at=_moved(promised.resolve_warn_at, rest.since, at, terms.resolve),
            rests=(*before, replace(rest, until=at)),
        ),
    )


def _moved(moment: datetime, since: datetime, until: datetime, terms: Terms) -> datetime:
    """Where a moment of the clock lies once it stood still from `since` to `until`."""
    if moment <= since:
        return moment
    return terms.resume(until, terms.left(since, moment))


def moments(case: Case) -> tuple[tuple[str, datetime], ...]:
    """What is still to be said about the promise, and when."""
    promised = case.service
    ahead: list[tuple[str, datetime]] = []
    if promised.responded_at is None:
        ahead += [(FIRST_WARNED, promised.first_warn_at), (FIRST_MISSED, promised.first_due)]
    if promised.resolve_left is None:
        ahead += [(RESOLVE_WARNED, promised.resolve_warn_at), (RESOLVE_MISSED, promised.resolve_due)]
    return tuple((name, at) for name, at in ahead if name not in promised.told)


def next_moment(case: Case) -> datetime | None:
    """When the promise wants looking at next; None when nothing is left to say."""
    if case.closed:
        return None
    return min((at for _, at in moments(case)), default=None)


def check(case: Case, *, at: datetime) -> Case:
    """Records every warning and miss whose moment has come, each once. A miss makes its warning needless."""
    due = tuple(name for name, moment in moments(case) if moment <= at)
    if case.closed or not due:
        return case
    case = replace(case, service=replace(case.service, told=(*case.service.told, *due)))
    for name in due:
        if _MISS_OF.get(name) not in due:
            case = _tell(case, name, at)
    return case


def _tell(case: Case, name: str, at: datetime) -> Case:
    clock, what = name.split("_")
    kind = Kind.SLA_WARNED if what == "warned" else Kind.SLA_MISSED
    due = case.service.first_due if clock == "first" else case.service.resolve_due
    return record(case, kind, DESK, at, clock=clock, due=due.isoformat())
