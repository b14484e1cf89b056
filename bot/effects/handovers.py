"""Handovers: one message to the receiver with all the cases, one word to who gave them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.parts import Handover
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.policy.places import lane_of
from bot.ports import Put, Rank

_BACK: Final = frozenset({Kind.HANDOVER_DECLINED, Kind.HANDOVER_EXPIRED})


def handovers(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """The receiver's message is posted once for all the cases, and corrected whenever one of them is answered.

    Who gave them hears once of all that was accepted, in one message that grows, and of what came back each time
    anew; past their hours, so does who got it back.
    """
    was = before.handover if before else None
    if was == after.handover:
        return
    for asked in (was, after.handover):
        if asked is not None and asked.to in policy.people:
            yield handover_put(asked, now)
    if was is None:
        return
    for event in after.pending:
        if event.kind is Kind.HANDOVER_ACCEPTED:
            yield from _words(was, (was.by,), f"handed:{_stamp(was)}", policy, now)
        elif event.kind in _BACK:
            # All that ran out together is told together, though each case has its own clock.
            at = was.until if event.kind is Kind.HANDOVER_EXPIRED else event.at
            told = tuple(dict.fromkeys(_told_back(was, event)))
            yield from _words(was, told, f"handed:{_stamp(was)}:{_micros(at)}", policy, now)


def handover_put(asked: Handover, now: datetime) -> Put:
    """The receiver's message with all the cases."""
    return _message("handover", asked, asked.to, f"handover:{_stamp(asked)}", now)


def subject_of(asked: Handover) -> str:
    """What names this handover in deliveries: who gave, who was asked, when, and which cases."""
    return "|".join(
        (asked.by, asked.to, asked.asked_at.isoformat(), ",".join(str(each) for each in asked.cases))
    )


def _told_back(was: Handover, event: Event) -> Iterator[PersonId]:
    yield was.by
    if isinstance(event.data.get("duty"), str):
        yield PersonId(str(event.data["duty"]))


def _words(
    was: Handover, told: tuple[PersonId, ...], key: str, policy: Policy, now: datetime
) -> Iterator[Put]:
    for person in told:
        if person in policy.people:
            yield _message("handed", was, person, f"{key}:{person}", now)


def _message(view: str, asked: Handover, person: PersonId, key: str, now: datetime) -> Put:
    return Put(
        kind="notice",
        key=key,
        due=now,
        lane=lane_of(person),
        rank=Rank.NOTE,
        args={"view": view, "subject": subject_of(asked), "person": person},
    )


def _stamp(asked: Handover) -> str:
    return f"{asked.by}:{asked.to}:{_micros(asked.asked_at)}"


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
