"""What follows from what, in one place: (case before, case after, policy) -> jobs to put and drop. Pure.

Timers follow from the case's state: each of its clocks is one job, put when its moment changes and dropped
when it ends. Words follow from its events: the card everywhere it is shown, pages, notices, notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import service
from bot.domain.case import Case
from bot.domain.pause import wake_at
from bot.domain.shifts.questions import next_end
from bot.effects.asked import questions
from bot.effects.away import away
from bot.effects.cards import card_key, card_put, cards, case_of, pages, posted_anew
from bot.effects.handovers import handovers
from bot.effects.replies import approvals, departure
from bot.effects.sight import hidden, others_see_it
from bot.effects.told import answered_offer, notes, notices, promises
from bot.policy.model import Policy
from bot.ports import Put

__all__ = ["CLOCKS", "Followups", "card_key", "card_put", "case_of", "follow", "posted_anew"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followups:
    """Jobs to have and keys to forget. `again`: everything said of the case is to be said again then, because others
    may see it now."""

    puts: tuple[Put, ...]
    drops: tuple[str, ...]
    again: datetime | None = None


def follow(before: Case | None, after: Case, policy: Policy) -> Followups:
    """The jobs that follow from saving `after`, whose `pending` events happened since `before`."""
    puts: list[Put] = []
    drops: list[str] = []
    again = None
    for kind, moment in CLOCKS.items():
        was, due = (moment(before) if before else None), moment(after)
        key = f"{kind}:{after.id}"
        if due is not None and due != was:
            puts.append(Put(kind=kind, key=key, due=due, args={"case": after.id}))
        elif due is None and was is not None:
            drops.append(key)
    leaves, stays = departure(before, after)
    puts += leaves
    drops += stays
    if after.pending:
        now = after.pending[-1].at
        puts += cards(before, after, policy, now)
        puts += pages(before, after, now)
        puts += answered_offer(before, after, policy, now)
        puts += away(before, after, policy, now)
        puts += questions(before, after, policy, now)
        puts += handovers(before, after, policy, now)
        puts += hidden(before, after, policy, now)
        puts += approvals(before, after, policy, now)
        again = now if others_see_it(before, after) else None
        for event in after.pending:
            puts += notes(event, after, policy)
            puts += notices(event, after, policy)
            puts += promises(event, after, policy)
    return Followups(puts=tuple(puts), drops=tuple(drops), again=again)


def _lease(case: Case) -> datetime | None:
    if case.lease is None or case.lease.left is not None:
        return None
    return case.lease.until if case.lease.warned else case.lease.warn_at


def _offer(case: Case) -> datetime | None:
    return (case.offer.half_at or case.offer.until) if case.offer else None


def _climb(case: Case) -> datetime | None:
    return case.escalation.climb_at if case.escalation and case.escalating and not case.closed else None


def _handover(case: Case) -> datetime | None:
    return case.handover.until if case.handover else None


def _pen(case: Case) -> datetime | None:
    return case.reply.composing_until if case.reply else None


def _approval(case: Case) -> datetime | None:
    return case.reply.asked_until if case.reply else None


CLOCKS: Final[dict[str, Callable[[Case], datetime | None]]] = {
    "lease": _lease,
    "offer": _offer,
    "wake": wake_at,
    "service": service.next_moment,
    "climb": _climb,
    "consult": next_end,
    "handover": _handover,
    "pen": _pen,
    "approval": _approval,
}
"""Timer kind -> when it is due next, from the case alone."""
