"""After a time in which the desk itself did not work: no clock that ran out meanwhile is held against anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.case import Case, record
from bot.domain.events import Datum, Kind
from bot.domain.mention import Mention
from bot.domain.parts import Priority
from bot.domain.roles import DESK
from bot.domain.terms import Terms

OUTAGE: Final = "outage"
"""In an event's data: the number of the outage that caused it."""
FOLDED: Final = "folded"
"""In an event's data: nobody is told of it by itself, for the summary after the outage says it."""

_GRACE: Final = 0.25
"""The share of its whole time that a clock has at least, once the desk is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """The desk did not work from `since` to `until` (business time, UTC); `stopped` when somebody stopped it on purpose.

    `caught_up_at` is when what had waited was filed and told; None until then.
    """

    id: int
    since: datetime
    until: datetime
    stopped: bool = False
    caught_up_at: datetime | None = None

    @property
    def length(self) -> timedelta:
        return self.until - self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waited for one department when the desk was back, as it stood at `at`.

    `worst` are the most urgent of the cases that nobody had. `posts` came meanwhile, `late` of the `free` cases were
    late, `missed` promises broke while the desk was down, `prolonged` clocks went on, `woken` cases are back.
    """

    at: datetime
    worst: tuple[int, ...] = ()
    posts: int = 0
    free: int = 0
    late: int = 0
    missed: int = 0
    prolonged: int = 0
    woken: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.posts or self.missed or self.prolonged or self.woken)


def folded(case: Case, outage: Outage | None = None) -> Case:
    """The case whose pending facts are told by a summary only; they name the outage that caused them, where one did."""
    marks: dict[str, Datum] = {FOLDED: True} | ({OUTAGE: outage.id} if outage else {})
    return replace(case, pending=tuple(replace(e, data={**e.data, **marks}) for e in case.pending))


def came_meanwhile(outage: Outage, mention: Mention) -> bool:
    """Whether the post was written while the desk was down, or waited through it to be filed."""
    waited = outage.caught_up_at is None and mention.received_at <= outage.until
    return waited or outage.since <= mention.created_at <= outage.until


def in_backlog(case: Case, outage: Outage) -> Case:
    """The new case of a post that came meanwhile. Its card waits, unless it is urgent."""
    waits = replace(case, backlog=outage.id)
    return waits if hidden(waits) else replace(case, away=outage.id)


def shown_after(case: Case, outage: Outage) -> Case:
    """The case whose card waits no more."""
    return replace(case, backlog=0, away=outage.id)


def hidden(case: Case) -> bool:
    """Whether its card waits until somebody asks for it: it came while the desk was down, and is not urgent."""
    return bool(case.backlog) and case.priority >= Priority.P3 and not case.escalating


# -- clocks that ran out meanwhile -----------------------------------------------------------------


def lease_goes_on(case: Case, outage: Outage, *, at: datetime, terms: Terms) -> Case:
    """The claim has the time that was left when the desk went down, and enough to say so again.

    Unchanged when no lease runs.
    """
    lease = case.lease
    if lease is None or lease.left is not None:
        return case
    until = terms.resume(at, _left(max(outage.since, lease.since), lease.until, at, terms))
    lease = replace(lease, until=until, warn_at=terms.warns(at, until), warned=False)
    case = record(case, Kind.PROLONGED, DESK, at, what="claim", until=until.isoformat())
    return replace(case, lease=lease)


def offer_goes_on(case: Case, outage: Outage, *, at: datetime, terms: Terms) -> Case:
    """The receiver has the time that was left when the desk went down. Unchanged when nothing is offered."""
    pending = case.offer
    if pending is None:
        return case
    left = _left(max(outage.since, pending.asked_at), pending.until, at, terms)
    half = None if pending.half_at is None else terms.resume(at, left / 2)
    until = terms.resume(at, left)
    case = record(case, Kind.PROLONGED, DESK, at, what="offer", to=pending.to, until=until.isoformat())
    return replace(case, offer=replace(pending, until=until, half_at=half))


def questions_go_on(case: Case, outage: Outage, *, at: datetime, terms: Callable[[str], Terms]) -> Case:
    """Questions that ran out meanwhile wait on; `terms` are those of the asked department's clock."""
    for asked in case.consults:
        if asked.until > outage.until:
            continue
        clock = terms(asked.to)
        until = clock.resume(at, _left(max(outage.since, asked.asked_at), asked.until, at, clock))
        case = record(case, Kind.PROLONGED, DESK, at, what="question", to=asked.to, until=until.isoformat())
        on = replace(asked, until=until)
        case = replace(case, consults=tuple(on if c.event == asked.event else c for c in case.consults))
    return case


def _left(since: datetime, until: datetime, at: datetime, terms: Terms) -> timedelta:
    whole = terms.left(at, terms.ends(at))
    return min(whole, max(terms.left(since, until), whole * _GRACE))


# -- promises that broke meanwhile -----------------------------------------------------------------


def caused_by(outage: Outage, since: datetime, due: datetime, terms: Terms) -> bool:
    """Whether the promise made at `since` broke at `due` because of the outage: it was due within it, or so soon
    after it that the working time we took from people would have kept it."""
    if since >= outage.until or due <= outage.since:
        return False
    if due <= outage.until:
        return True
    lost = terms.left(max(since, outage.since), outage.until)
    return lost > timedelta(0) and due <= terms.resume(outage.until, lost)


def excused(case: Case, outages: Iterable[Outage], *, first: Terms, resolve: Terms) -> Case:
    """The case whose pending misses name the outage that caused them."""
    known, promised = tuple(outages), case.service
    pending = list(case.pending)
    for index, event in enumerate(pending):
        if event.kind is not Kind.SLA_MISSED:
            continue
        is_first = event.data.get("clock") == "first"
        due, terms = (promised.first_due, first) if is_first else (promised.resolve_due, resolve)
        cause = next((o for o in reversed(known) if caused_by(o, promised.since, due, terms)), None)
        if cause is not None:
            pending[index] = replace(event, data={**event.data, OUTAGE: cause.id})
    return replace(case, pending=tuple(pending))


# -- pages -------------------------------------------------------------------------------------------


def pages_together(case: Case, outage: int) -> Case:
    """Whoever the running escalation pages from now on is paged once for all cases of the outage of that number."""
    if case.escalation is None or not case.escalating or not outage:
        return case
    return replace(case, escalation=replace(case.escalation, outage=outage))
