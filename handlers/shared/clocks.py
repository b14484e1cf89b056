"""A case's promises and rests in one reader's words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain.case import Case
from bot.policy.names import Spoken

_ON: Final = {"customer": "the customer", "department": "another department", "approval": "an approval"}


def first_response(case: Case, names: Spoken, *, near: bool) -> str:
    """When the customer was or is to be answered; `near` adds the distance, for a card that is read once."""
    promised = case.service
    if promised.responded_at is not None:
        late = promised.responded_at > promised.first_due
        return f"answered {names.moment(promised.responded_at)}, {'late' if late else 'in time'}"
    return "" if case.closed else _due(promised.first_due, names, near)


def resolve_due(case: Case, names: Spoken, *, near: bool) -> str:
    if case.service.resolve_left is not None:
        return f"paused with {names.span(case.service.resolve_left)} left"
    return _due(case.service.resolve_due, names, near)


def missed(case: Case, now: datetime) -> bool:
    """Whether a promise is broken that can still be made good."""
    promised = case.service
    first = promised.responded_at is None and promised.first_due < now
    return not case.closed and (first or (promised.resolve_left is None and promised.resolve_due < now))


def next_due(case: Case) -> datetime:
    """The promise that breaks first."""
    promised = case.service
    return promised.first_due if promised.responded_at is None else promised.resolve_due


def waiting_words(case: Case, names: Spoken) -> str:
    if case.waiting is None:
        return ""
    return f"for {_ON[case.waiting.on.value]} until {names.moment(case.waiting.until)}"


def _due(at: datetime, names: Spoken, near: bool) -> str:
    if near:
        return f"due {names.due(at)}"
    return f"was due {names.moment(at)}, missed" if at <= names.now else f"due {names.moment(at)}"
