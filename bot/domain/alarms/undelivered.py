"""Words that could not be delivered: told to somebody else, and a page climbs at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.alarms.escalation import page_failed
from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.domain.roles import DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What could not be delivered (`view`, under the delivery's `key`), to whom, and why.

    Meant for a `person`, or for the channel of a `department`; blank where it was the other. `told` is who
    hears of it: a person, or None for the channels of the case's department. `page` is the page's number.
    After the `last` nobody else is told.
    """

    key: str
    view: str
    reason: str
    person: str = ""
    department: str = ""
    told: PersonId | None = None
    page: int | None = None
    last: bool = False


def undelivered(case: Case, failure: Failure, *, at: datetime) -> Case:
    """Records it; a page that reaches nobody makes the next rung due at once."""
    if failure.page is not None:
        case = page_failed(case, failure.page, at=at)
    return record(
        case,
        Kind.UNDELIVERED,
        DESK,
        at,
        key=failure.key,
        view=failure.view,
        reason=failure.reason,
        person=failure.person,
        department=failure.department,
        told=failure.told,
        last=failure.last,
    )
