"""Cards and pages: what a case shows of itself, and where. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.domain.alarms.outage import hidden
from bot.domain.case import Case
from bot.domain.events import Kind
from bot.domain.roles import DESK
from bot.effects.away import page_of_outage
from bot.policy.model import Policy
from bot.policy.places import channels, lane_of, paged_at
from bot.ports import Place, Put, Rank

REPOSTED: Final = (
    "The card of {number} was deleted here; this is its new place. Earlier notes are in the case's history."
)


def cards(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    if hidden(after):
        return
    known = before.seen_in if before else ()
    # Who changed it looks at it: before what the clock changed on a thousand other cards.
    by_hand = any(event.by != DESK.id for event in after.pending)
    for department in after.seen_in:
        new = department not in known
        for place in channels(policy, department):
            rank = Rank.FIRST_CARD if new else Rank.NOTE if by_hand else Rank.EDIT
            calm = _next_beat(now) if _bursts(after) and rank is Rank.EDIT else now
            yield card_put(after.id, place, calm, rank)


def _bursts(case: Case) -> bool:
    """Whether the desk may change the card many times a second: people could not read it."""
    return case.surging or case.pending[-1].kind is Kind.REPOSTED


def _next_beat(now: datetime) -> datetime:
    """The next of the moments at which the desk changes a busy card; all that happens until then is one edit."""
    beats = int(now.timestamp() // _BEAT.total_seconds()) + 1
    return datetime.fromtimestamp(beats * _BEAT.total_seconds(), tz=UTC)


def card_put(case_id: int, place: Place, now: datetime, rank: Rank = Rank.FIRST_CARD) -> Put:
    """The delivery of a case's card to a channel."""
    args = args_of("case", f"{case_id}", place)
    return Put(kind="card", key=card_key(case_id, place), due=now, lane=str(place), rank=rank, args=args)


def card_key(case_id: int, place: Place) -> str:
    """The delivery key of a case's card in a channel; its thread hangs below it."""
    return f"{_CARD}{case_id}@{place}"


def case_of(key: str) -> int | None:
    """The case that a delivery of this key is about; None for words about no case."""
    found = _OF_A_CASE.match(key)
    return int(found.group(1)) if found else None


def posted_anew(key: str, place: Place, now: datetime) -> Sequence[Put]:
    """What follows when somebody took away the message of that key: a card comes back, and its channel is told why,
    once. Nothing else does."""
    case_id = case_of(key)
    if case_id is None or not key.startswith(_CARD):
        return ()
    told = Put(
        kind="note",
        key=f"reposted:{case_id}@{place}",
        due=now,
        lane=str(place),
        rank=Rank.NOTE,
        args={**args_of("sentence", REPOSTED.format(number=case_id), place), "below": key},
    )
    return card_put(case_id, place, now), told


_BEAT: Final = timedelta(seconds=5)
_CARD: Final = "card:"
_OF_A_CASE: Final = re.compile(r"(?:card|reposted|page|note|notice|restricted):(\d+)[:@]")


def pages(before: Case | None, after: Case, now: datetime) -> Iterator[Put]:
    """New pages leave. The old ones are corrected when it was answered, not when it only climbed: put again, one that
    reaches nobody would begin its tries anew, and never be given up."""
    was, escalation = before.escalation if before else None, after.escalation
    if escalation is None or was == escalation:
        return
    climbed = was is not None and was == replace(
        escalation, pages=was.pages, climb_at=was.climb_at, step=was.step, round=was.round
    )
    for page in escalation.pages[len(was.pages) if was and climbed else 0 :]:
        if page.outage:
            yield page_of_outage(page)
            continue
        # Numbers begin anew with every escalation, so the escalation is named by its start.
        subject = f"{after.id}:{int(escalation.started_at.timestamp())}:{page.number}"
        args = {"view": "page", "subject": subject, "person": page.person}
        key = f"page:{subject}"
        yield Put(kind="page", key=key, due=now, lane=lane_of(page.person), rank=Rank.PAGE, args=args)
        for way in page.ways:
            place = str(paged_at(way, page.person))
            yield Put(
                kind="page",
                key=f"{key}@{place}",
                due=now,
                lane=place,
                rank=Rank.PAGE,
                args={**args, "place": place},
            )


def args_of(view: str, subject: str, place: Place) -> dict[str, str]:
    """What a delivery to a channel needs to know."""
    return {"view": view, "subject": subject, "place": str(place), "department": place.department or ""}
