"""A case and people to try the moves on, without a policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.case import Case
from bot.domain.claim import claim
from bot.domain.events import Kind
from bot.domain.lifecycle import open_case
from bot.domain.mention import Author, Mention
from bot.domain.parts import Priority
from bot.domain.people import COMPANY, PersonId, Role
from bot.domain.roles import Actor
from bot.domain.terms import ServiceTerms, Terms
from bot.domain.times.calendar import Calendar, Span

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
HOURS = Calendar.parse("Mon-Fri 09:00-18:00", ZoneInfo("UTC"))
ALWAYS = Calendar.always(ZoneInfo("UTC"))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def terms(text: str, calendar: Calendar = ALWAYS) -> Terms:
    return Terms(span=Span.parse(text), calendar=calendar)


LEASE = terms("1h")
OFFER = terms("30m")
SERVICE = ServiceTerms(first=terms("1h"), resolve=terms("4h"))


def actor(name: str, **roles: Role) -> Actor:
    """`actor("ana", support=Role.LEAD)`; `company` means everywhere."""
    held = {COMPANY if where == "company" else where: frozenset({role}) for where, role in roles.items()}
    return Actor(id=PersonId(f"{name}@x.example"), name=name.title(), roles=held)


ANA = actor("ana", support=Role.LEAD)
BEN = actor("ben", support=Role.MEMBER)
HANA = actor("hana", support=Role.MEMBER)
GIL = actor("gil", sales=Role.MEMBER)
DANA = actor("dana", company=Role.CHAMPION)
VERA = actor("vera", support=Role.VIEWER)
NOBODY = actor("nobody")


def mention(number: int = 1, **fields: Any) -> Mention:
    given = {
        "source": "x",
        "external_id": f"m{number}",
        "community": "x-kettle",
        "author": Author(handle="sally"),
    }
    times = {"received_at": NOW, "created_at": NOW, "text": "My parcel never came."}
    return Mention(id=number, **{**given, **times, **fields})


def a_case(priority: Priority = Priority.P3, **changes: Any) -> Case:
    case = open_case(
        1042,
        mention(),
        department="support",
        priority=priority,
        marks=frozenset(),
        reasons="a test",
        at=NOW,
        terms=SERVICE,
    )
    return saved(replace(case, **changes))


def claimed(by: Actor = BEN) -> Case:
    return saved(claim(a_case(), by=by, at=NOW, lease=LEASE))


def saved(case: Case) -> Case:
    """As the store gives it back."""
    return replace(case, seq=case.seq + len(case.pending), version=case.version + 1, pending=())


def kinds(case: Case) -> list[Kind]:
    return [event.kind for event in case.pending]
