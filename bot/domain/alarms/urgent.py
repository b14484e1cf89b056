"""How escalations went: who was paged, how fast somebody answered, and how it ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.events import Event, Kind
from bot.domain.shifts.handoff_quality import middle

ENDED_BY: Final = (
    Kind.CLAIMED, Kind.TAKEN, Kind.ASSIGNED, Kind.ACCEPTED, Kind.NOTED, Kind.WAITING, Kind.RESOLVED, Kind.DISMISSED,
)  # fmt: skip
"""The acts that end an escalation; one of them is recorded at the same moment."""

READ: Final = (
    Kind.ESCALATED, Kind.PAGED, Kind.ACKNOWLEDGED, Kind.ESCALATION_OVER, Kind.ESCALATION_EXHAUSTED, *ENDED_BY,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """One escalation. `pages` were sent; `answered` is how long the first one waited for anybody's answer.

    `end` is the act that ended it, None while it runs or when nobody can say. `reached_nobody`: it came to the end of
    its ladder unanswered.
    """

    case_id: int
    started_at: datetime
    pages: int = 0
    answered: timedelta | None = None
    over: bool = False
    end: Kind | None = None
    reached_nobody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgencies:
    """Counts of the escalations that began in one time. `took` is the median until an answer, `slowest` the longest
    with its case. `ends` are (act, how many), the most frequent first."""

    begun: int = 0
    pages: int = 0
    answered: int = 0
    running: int = 0
    reached_nobody: int = 0
    took: timedelta | None = None
    slowest: tuple[timedelta, int] | None = None
    ends: tuple[tuple[Kind, int], ...] = ()


def urgencies(history: Iterable[tuple[int, Event]], since: datetime) -> tuple[Urgency, ...]:
    """The escalations that began since then: (case, event), each case's in the order they happened."""
    by_case: dict[int, list[Event]] = {}
    for case_id, event in history:
        by_case.setdefault(case_id, []).append(event)
    found: list[Urgency] = []
    for case_id, events in by_case.items():
        starts = [number for number, event in enumerate(events) if event.kind is Kind.ESCALATED]
        for start, end in zip(starts, [*starts[1:], len(events)], strict=True):
            if events[start].at >= since:
                found.append(_one(case_id, events[start:end]))
    return tuple(found)


def _one(case_id: int, events: Sequence[Event]) -> Urgency:
    paged = next((event.at for event in events if event.kind is Kind.PAGED), None)
    over = next((event for event in events if event.kind is Kind.ESCALATION_OVER), None)
    answer = next(
        (event.at for event in events if event.kind in (Kind.ACKNOWLEDGED, Kind.ESCALATION_OVER)), None
    )
    exhausted = any(
        event.kind is Kind.ESCALATION_EXHAUSTED and (answer is None or event.at < answer) for event in events
    )
    end = next(
        (event.kind for event in events if over and event.at == over.at and event.kind in ENDED_BY), None
    )
    return Urgency(
        case_id=case_id,
        started_at=events[0].at,
        pages=sum(1 for event in events if event.kind is Kind.PAGED),
        answered=answer - paged if answer is not None and paged is not None and answer >= paged else None,
        over=over is not None,
        end=end,
        reached_nobody=exhausted,
    )


def summed(some: Sequence[Urgency]) -> Urgencies:
    took = [(each.answered, each.case_id) for each in some if each.answered is not None]
    ends = {kind: sum(1 for each in some if each.end is kind) for kind in ENDED_BY}
    return Urgencies(
        begun=len(some),
        pages=sum(each.pages for each in some),
        answered=len(took),
        running=sum(1 for each in some if not each.over),
        reached_nobody=sum(1 for each in some if each.reached_nobody),
        took=middle(length for length, _ in took),
        slowest=max(took) if took else None,
        ends=tuple(sorted(((k, n) for k, n in ends.items() if n), key=lambda one: -one[1])),
    )
