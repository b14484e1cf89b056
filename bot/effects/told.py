"""Notes, notices and warnings: who hears of what happened, beside the card. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.domain.alarms.outage import FOLDED
from bot.domain.case import Case
from bot.domain.events import Datum, Event, Kind
from bot.domain.notes import LATER
from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.domain.roles import DESK
from bot.effects.cards import args_of, card_key
from bot.policy.duty import duty_for, on_duty
from bot.policy.model import Policy
from bot.policy.places import channels, lane_of
from bot.policy.presence import is_away, standing
from bot.ports import Put, Rank

_PRESSING: Final = frozenset(
    {
        Kind.LEASE_WARNED,
        Kind.WOKEN,
        Kind.ASSIGNED,
        Kind.DECLINED,
        Kind.OFFER_EXPIRED,
        Kind.SLA_WARNED,
        Kind.SLA_MISSED,
        Kind.JOINED,
        Kind.UNDELIVERED,
        Kind.REPLY_HELD,
        Kind.REPLY_DECLINED,
        Kind.REPLY_RETURNED,
        Kind.REPLY_UNAPPROVED,
        Kind.REPLY_UNSURE,
    }
)
"""What somebody has to act on: it does not wait until they are back."""


def notes(event: Event, case: Case, policy: Policy) -> Iterator[Put]:
    """A note is said in every thread of the case; changed or taken back, the same messages are corrected."""
    if event.kind is not Kind.NOTED and event.kind not in LATER:
        return
    for department in case.seen_in:
        for place in channels(policy, department):
            # Written in this very thread, it stands there already.
            if event.data.get("thread") != str(place):
                yield Put(
                    kind="note",
                    key=f"note:{case.id}:{_about(event)}@{place}",
                    due=event.at,
                    lane=str(place),
                    rank=Rank.NOTE,
                    args={
                        **args_of("note", f"{case.id}:{_about(event)}", place),
                        "below": card_key(case.id, place),
                    },
                )


def _about(event: Event) -> Datum:
    """The number of the event whose words go out: of a note that was changed or taken back, the note's own."""
    return event.data.get("of") if event.kind in LATER else event.seq


def notices(event: Event, case: Case, policy: Policy) -> Iterator[Put]:
    if event.data.get(FOLDED):
        return
    about = _about(event)
    reached = (_reached(person, event, case, policy) for person in _told(event, case, policy))
    for person in dict.fromkeys(reached):
        # Nobody is told what they did themselves.
        if person and person not in (event.by, DESK.id) and person in policy.people:
            yield notice(case, about, person, event.at)
    unheard = event.kind is Kind.UNDELIVERED and not event.data.get("told")
    if unheard or event.kind is Kind.ESCALATION_EXHAUSTED:
        for place in channels(policy, case.department):
            yield Put(
                kind="notice",
                key=f"notice:{case.id}:{event.seq}@{place}",
                due=event.at,
                lane=str(place),
                rank=Rank.PAGE,
                args=args_of("notice", f"{case.id}:{event.seq}:#{case.department}", place),
            )


def _reached(person: PersonId | None, event: Event, case: Case, policy: Policy) -> PersonId | None:
    """Who is away is stood for by their cover; what presses goes to the duty person where there is none."""
    if person is None or not is_away(policy, person, event.at):
        return person
    pressing = event.kind in _PRESSING
    return (
        standing(policy, person, event.at)
        or (duty_for(policy, case, event.at) if pressing else None)
        or person
    )


def notice(case: Case, about: Datum, person: PersonId, now: datetime) -> Put:
    """What one person is told of that event, privately."""
    return Put(
        kind="notice",
        key=f"notice:{case.id}:{about}:{person}",
        due=now,
        lane=lane_of(person),
        rank=Rank.NOTE,
        args={"view": "notice", "subject": f"{case.id}:{about}:{person}", "person": person},
    )


def _told(event: Event, case: Case, policy: Policy) -> Iterator[PersonId | None]:
    """Who hears of it privately. Every kind that names nobody here is told by the card alone."""
    data = event.data
    match event.kind:
        case Kind.TAKEN | Kind.LAPSED | Kind.RELEASED:
            yield _person(data.get("former"))
            if event.kind is Kind.LAPSED:
                yield duty_for(policy, case, event.at)
        case Kind.RELIEVED:
            if data.get("freed") and case.priority <= Priority.P2:
                yield duty_for(policy, case, event.at)
        case Kind.LEASE_WARNED | Kind.WOKEN:
            yield _person(data.get("owner"))
        case Kind.ASSIGNED:
            yield _person(data.get("to"))
            yield _person(data.get("former"))
        case Kind.OFFERED:
            yield _receiver(policy, str(data.get("to")), event.at)
        case Kind.OFFER_HALFWAY:
            yield on_duty(policy, str(data.get("to")), event.at)
        case Kind.ACCEPTED:
            yield _person(data.get("former"))
            yield _person(data.get("offered_by"))
        case Kind.DECLINED | Kind.OFFER_EXPIRED:
            yield case.owner or duty_for(policy, case, event.at)
            yield _person(data.get("offered_by"))
            yield _person(data.get("former"))
        case Kind.SLA_WARNED | Kind.SLA_MISSED:
            yield case.owner
            if case.priority <= Priority.P2:
                yield duty_for(policy, case, event.at)
        case Kind.CONSULT_DECLINED | Kind.CONSULT_EXPIRED:
            yield case.owner or on_duty(policy, case.department, event.at)
            yield _person(data.get("asked_by"))
        case Kind.NOTED if data.get("answers"):
            yield case.owner
            yield _person(data.get("asked_by"))
        case Kind.CONSULTED:
            yield case.owner
        case Kind.JOINED if data.get("copy"):
            return  # The card counts them: three hundred messages about one surge help nobody.
        case Kind.MERGED_INTO:
            yield _person(data.get("owner"))
        case Kind.MERGED | Kind.SEPARATED | Kind.AKIN:
            yield case.owner
        case Kind.JOINED | Kind.NOTED | Kind.REVISED | Kind.COMPLETED | Kind.REMOVED | Kind.PRIORITISED:
            yield case.owner
        case Kind.UNDONE:
            yield _person(data.get("owner"))
            yield _person(data.get("former"))
            if data.get("receiver"):
                yield on_duty(policy, case.department, event.at)
                yield on_duty(policy, str(data.get("receiver")), event.at)
        case Kind.FROZEN | Kind.THAWED:
            yield case.owner
        case Kind.REPLY_HELD | Kind.REPLY_DECLINED | Kind.REPLY_UNSURE | Kind.PUBLISHED:
            yield _person(data.get("author"))
            yield case.owner
        case Kind.REPLY_UNAPPROVED:
            yield _person(data.get("author"))
            yield duty_for(policy, case, event.at)
        case Kind.REPLY_APPROVED | Kind.REPLY_RETURNED | Kind.REPLY_PASSED_ON | Kind.REPLY_DELAYED:
            yield _person(data.get("author"))
        case Kind.REPLY_CANCELLED | Kind.REPLY_DISCARDED:
            yield _person(data.get("author"))
        case Kind.UNDELIVERED | Kind.NOTE_CHANGED | Kind.NOTE_WITHDRAWN:
            yield _person(data.get("told"))
        case _:
            return


def _receiver(policy: Policy, department: str, at: datetime) -> PersonId | None:
    """Who is asked to accept: the duty person, in the department's hours. At night the giver chose what happens."""
    known = policy.departments.get(department)
    return on_duty(policy, department, at) if known and known.calendar.is_open(at) else None


def answered_offer(before: Case | None, after: Case, policy: Policy, now: datetime) -> Iterator[Put]:
    """Whoever was asked to accept sees that it is over: the notice is corrected, nobody is told anew."""
    offer = before.offer if before else None
    pending = after.offer.event if after.offer else 0
    if offer is None or not offer.event or offer.event == pending:
        return
    asked = _receiver(policy, offer.to, offer.asked_at)
    if asked is not None and asked != offer.by:
        yield notice(after, offer.event, asked, now)


def promises(event: Event, case: Case, policy: Policy) -> Iterator[Put]:
    """Of P3 and P4 the duty person hears once an hour for all cases together: a busy day breaks promises by the dozen."""
    if event.kind not in (Kind.SLA_WARNED, Kind.SLA_MISSED) or case.priority <= Priority.P2:
        return
    if event.data.get(FOLDED):
        return
    duty = on_duty(policy, case.department, event.at)
    if duty is not None and duty != case.owner:
        yield Put(
            kind="promises",
            key=f"promises:{case.department}:{event.at:%Y%m%d%H}:{duty}",
            due=event.at,
            lane=lane_of(duty),
            rank=Rank.EDIT,
            args={"view": "promises", "subject": case.department, "person": duty},
        )


def _person(value: object) -> PersonId | None:
    return PersonId(value) if isinstance(value, str) and value else None
