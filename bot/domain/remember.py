"""What a case was before an act that may be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.parts import Undoable
from bot.domain.roles import Actor
from bot.domain.second_thoughts import WITHIN


def remember(before: Case, after: Case, act: Kind, *, by: Actor, at: datetime) -> Case:
    """`after`, which knows for a day what it was `before` this act, the newest of its kind among its events."""
    event = next(event for event in reversed(after.pending) if event.kind is act)
    escalation = before.escalation if before.escalating else None
    withdrawn = (before.offer.to,) if before.offer and act is not Kind.ACCEPTED else ()
    return replace(
        after,
        undoable=Undoable(
            act=act,
            event=event.seq,
            by=by.id,
            until=at + WITHIN,
            department=before.department,
            owner=before.owner,
            claimed_at=before.claimed_at,
            waiting=before.waiting,
            snoozed_until=before.snoozed_until,
            service=before.service,
            escalated_at=escalation.started_at if escalation else None,
            climb_at=escalation.climb_at if escalation else None,
            withdrawn=withdrawn,
        ),
    )
