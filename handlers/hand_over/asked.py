"""Questions to other departments in one reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.cards.history import event_sentence
from bot.cards.views import ConsultView
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.notes import standing
from bot.domain.roles import Actor
from bot.domain.shifts.questions import questions_for
from bot.policy.model import Policy
from bot.policy.names import Spoken


def consult_views(
    case: Case, names: Spoken, actor: Actor | None, here: str | None
) -> tuple[ConsultView, ...]:
    """The questions that wait; `ours` where the reader or, where many read, the channel's department may answer."""
    mine = questions_for(case, actor) if actor else ()
    return tuple(
        ConsultView(
            to=names.department(asked.to),
            by=names.person(asked.by),
            question=asked.question,
            until=names.moment(asked.until),
            ours=asked in mine or (here is not None and asked.to == here),
        )
        for asked in case.consults
    )


def to_ask(policy: Policy, case: Case) -> tuple[tuple[str, str], ...]:
    """Departments that can be asked now: all but its own and those asked already."""
    taken = {case.department, *(asked.to for asked in case.consults)}
    allowed = case.restricted_to or tuple(policy.departments)
    return tuple(
        (name, known.title)
        for name, known in policy.departments.items()
        if name not in taken and name in allowed
    )


def advice_of(case: Case, history: Iterable[Event], names: Spoken, department: str | None) -> tuple[str, ...]:
    """What that department was last asked and how it ended, as sentences; nothing once the history lost it."""
    if department not in case.consulted:
        return ()
    pending = {asked.event for asked in case.consults}
    stood = standing(history)
    asked = next(
        (
            e
            for e in stood
            if e.kind is Kind.CONSULTED and e.data.get("to") == department and e.seq not in pending
        ),
        None,
    )
    if asked is None:
        return ()
    end = next((e for e in stood if asked.seq in (e.data.get("answers"), _question(e))), None)
    return tuple(event_sentence(event, names) for event in (asked, end) if event is not None)


_ENDS: Final = (Kind.CONSULT_DECLINED, Kind.CONSULT_EXPIRED, Kind.CONSULT_WITHDRAWN)


def _question(event: Event) -> object:
    return event.data.get("of") if event.kind in _ENDS else None
