"""After an outage of the desk: its summaries follow the cases they name. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from bot.domain.case import Case
from bot.domain.parts import Page
from bot.domain.people import PersonId
from bot.policy.duty import champions
from bot.policy.model import Policy
from bot.policy.places import channels, lane_of
from bot.ports import Place, Put, Rank

TOGETHER: Final = timedelta(minutes=2)
"""Pages to one person that belong to one outage and fall into the same such time are one message."""

_GATHERED: Final = timedelta(seconds=15)
"""So long the first of them waits for the others."""


def away(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """The channel's summary and the champion's are corrected when one of their cases changed hands or ended.

    Where nothing was told, their views post nothing.
    """
    if before is None or _in_hand(before) != _in_hand(after):
        yield from summaries(after, policy, now)
    escalation, was = after.escalation, before.escalation if before else None
    if was is not None and was != escalation:
        yield from champions_page(after, policy, now)


def summaries(case: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """The summaries in channels that name the case; none for one that no outage is about."""
    if case.away:
        for department in case.seen_in:
            for place in channels(policy, department):
                yield away_put(case.away, department, place, now)


def champions_page(case: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """The champion's summary that names the case; none where its escalation is of no outage."""
    if case.escalation is not None and case.escalation.outage:
        for champion in champions(policy, case.community)[:1]:
            yield away_page_put(case.escalation.outage, champion, now)


def away_put(outage: int, department: str, place: Place, now: datetime) -> Put:
    """The summary in a department's channel: before the cards of what waited."""
    return Put(
        kind="away",
        key=f"away:{outage}@{place}",
        due=now,
        lane=str(place),
        rank=Rank.FIRST_CARD,
        args={
            "view": "away",
            "subject": f"{outage}:{department}",
            "place": str(place),
            "department": department,
        },
    )


def away_page_put(outage: int, person: PersonId, due: datetime) -> Put:
    """The summary for a champion."""
    return _direct(f"away:{outage}:{person}", f"{outage}:{person}:", person, due)


def page_of_outage(page: Page) -> Put:
    """One page for all cases of the outage that reach this person within a short while."""
    subject = f"{page.outage}:{page.person}:{int(page.at.timestamp() // TOGETHER.total_seconds())}"
    return _direct(f"page:away:{subject}", subject, page.person, page.at + _GATHERED)


def _direct(key: str, subject: str, person: PersonId, due: datetime) -> Put:
    return Put(
        kind="page",
        key=key,
        due=due,
        lane=lane_of(person),
        rank=Rank.PAGE,
        args={"view": "away_page", "subject": subject, "person": person},
    )


def _in_hand(case: Case) -> tuple[object, ...]:
    return case.owner, case.state, case.department, case.waiting is None
