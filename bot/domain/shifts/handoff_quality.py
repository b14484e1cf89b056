"""How well cases are handed over: asked, taken, turned down, left to run out, and sent to and fro. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.events import Event, Kind

ASKED: Final = Kind.OFFERED
ENDS: Final = (Kind.ACCEPTED, Kind.DECLINED, Kind.OFFER_EXPIRED, Kind.OFFER_WITHDRAWN)
BACK_AND_FORTH: Final = 2
"""So many changes of department make a case one that is sent to and fro."""

_FEW: Final = 2
"""Fewer failures between two departments are an accident, not a pattern."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """One offer: `end` is how it ended, None while it waits."""

    case_id: int
    giver: str
    receiver: str
    asked_at: datetime
    end: Kind | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoffs:
    """Counts of offers that were asked in one time, `took` is the median until they were accepted.

    Withdrawn ones are among those `asked`, but nobody can be blamed for them; `waiting` had no answer at its end.
    """

    asked: int = 0
    accepted: int = 0
    declined: int = 0
    expired: int = 0
    withdrawn: int = 0
    waiting: int = 0
    took: timedelta | None = None

    @property
    def answered(self) -> int:
        """Those that ended in a yes or a no, or ran out."""
        return self.accepted + self.declined + self.expired

    @property
    def failed(self) -> int:
        return self.declined + self.expired


def handoffs(history: Iterable[tuple[int, Event]]) -> tuple[Handoff, ...]:
    """The offers in it, each with its end if that is in it too: (case, event), in the order they happened."""
    found: list[Handoff] = []
    open_: dict[int, int] = {}
    for case_id, event in history:
        if event.kind is ASKED:
            open_[case_id] = len(found)
            asked = Handoff(
                case_id=case_id,
                giver=event.department,
                receiver=str(event.data.get("to") or ""),
                asked_at=event.at,
            )
            found.append(asked)
        elif event.kind in ENDS and case_id in open_:
            at = open_.pop(case_id)
            was = found[at]
            found[at] = Handoff(
                case_id=case_id,
                giver=was.giver,
                receiver=was.receiver,
                asked_at=was.asked_at,
                end=event.kind,
                ended_at=event.at,
            )
    return tuple(each for each in found if each.receiver)


def count(some: Sequence[Handoff]) -> Handoffs:
    ends = Counter(each.end for each in some)
    took = [
        each.ended_at - each.asked_at
        for each in some
        if each.end is Kind.ACCEPTED and each.ended_at is not None
    ]
    return Handoffs(
        asked=len(some),
        accepted=ends[Kind.ACCEPTED],
        declined=ends[Kind.DECLINED],
        expired=ends[Kind.OFFER_EXPIRED],
        withdrawn=ends[Kind.OFFER_WITHDRAWN],
        waiting=ends[None],
        took=middle(took),
    )


def middle(lengths: Iterable[timedelta]) -> timedelta | None:
    """The median: half were shorter, half longer."""
    ordered = sorted(lengths)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def by_pair(some: Sequence[Handoff]) -> Mapping[tuple[str, str], Handoffs]:
    """(giver, receiver) -> their counts, the busiest pair first."""
    pairs: dict[tuple[str, str], list[Handoff]] = {}
    for each in some:
        pairs.setdefault((each.giver, each.receiver), []).append(each)
    ordered = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {pair: count(each) for pair, each in ordered}


def sore_pair(pairs: Mapping[tuple[str, str], Handoffs]) -> tuple[str, str] | None:
    """Where it hurts most: the pair with the most offers that came back unwanted, if those are more than an accident
    and at least a third of what was answered."""
    sore = [
        (counts.failed, pair)
        for pair, counts in pairs.items()
        if counts.failed >= _FEW and 3 * counts.failed >= counts.answered
    ]
    return max(sore, key=lambda one: (one[0], one[1]))[1] if sore else None


def to_and_fro(moves: Iterable[tuple[int, Event]], since: datetime) -> tuple[int, ...]:
    """The cases that changed departments again since then, and had done so before or came back where they were.

    `moves` are all their acceptances, in the order they happened.
    """
    changed: dict[int, list[Event]] = {}
    for case_id, event in moves:
        if event.kind is Kind.ACCEPTED:
            changed.setdefault(case_id, []).append(event)
    return tuple(
        case_id
        for case_id, events in changed.items()
        if len(events) >= BACK_AND_FORTH and events[-1].at >= since
    )
