"""Cases in rows, for every handler that lists some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards.card import Tone
from bot.cards.list import CaseRow
from bot.domain.case import Case
from bot.domain.parts import State
from bot.policy.names import Spoken
from bot.ports import Work
from bot.router import Look
from handlers.shared.clocks import missed, next_due, waiting_words
from handlers.shared.posts import words_of
from handlers.shared.rights import verbs_of

_MERGED: Final = "merged into {into}"
_TONES: Final = {
    State.OPEN: Tone.OPEN,
    State.CLAIMED: Tone.CLAIMED,
    State.RESOLVED: Tone.DONE,
    State.DISMISSED: Tone.DONE,
}


async def case_rows(work: Work, look: Look, cases: Sequence[Case]) -> tuple[CaseRow, ...]:
    return tuple([await _row(work, look, case) for case in cases])


async def _row(work: Work, look: Look, case: Case) -> CaseRow:
    names, actor = look.names, look.actor
    newest = await work.mentions.of(case.id, limit=1)
    verbs = verbs_of(case, actor) if actor else frozenset({"claim"})
    late = missed(case, look.now)
    return CaseRow(
        number=case.id,
        priority=case.priority.value,
        department=names.department(case.department),
        said=words_of(newest[0]) if newest else "",
        state=_state(case, names),
        due="" if case.closed or case.waiting else f"due {names.due(next_due(case))}",
        tone=Tone.ALARM if case.escalating or late else _TONES[case.state],
        claimable=case.state is State.OPEN and case.offer is None and "claim" in verbs,
        acceptable=(case.offer is not None or case.handover is not None) and "accept" in verbs,
    )


def _state(case: Case, names: Spoken) -> str:
    if case.merged_into is not None:
        return _MERGED.format(into=case.merged_into)
    if case.closed:
        return case.state.value
    parts = (
        names.person(case.owner) if case.owner else "unclaimed",
        "escalated" if case.escalating else "",
        f"offered to {names.department(case.offer.to)}" if case.offer else "",
        f"being handed to {names.person(case.handover.to)}" if case.handover else "",
        f"waiting {waiting_words(case, names)}" if case.waiting else "",
        f"snoozed until {names.moment(case.snoozed_until)}" if case.snoozed_until else "",
    )
    return ", ".join(part for part in parts if part)
