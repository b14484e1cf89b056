"""`note`: words for colleagues, never for the public. And what becomes of them where they were written."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot.domain.notes import change_note, note, note_said_by, withdraw_note
from bot.domain.shifts.consult import answer, answered_by_note
from bot.grammar.mistakes import TooLong
from bot.grammar.text import LONGEST, clean
from bot.policy.terms import lease_for
from bot.router import Call, Reply, Routes

_HISTORY: Final = 5_000
"""How far back a note is looked for: as long as any case gets in a surge."""

routes = Routes()


@routes.verb("note", usage="note <case> <text...>", group="work")
async def note_case(call: Call, case_id: int, text: str) -> Reply:
    """Tell colleagues something about it; nobody outside ever sees it."""
    # Below the card of a department that was asked, it is the answer.
    here = str(call.place) if call.place.case_id == case_id else None
    async with call.work() as work:
        case = await work.cases.get(case_id)
        asked = answered_by_note(case, call.actor, call.place.department if here else None)
        said = partial(answer, case, asked) if asked else partial(note, case)
        await work.cases.save(
            said(
                text,
                by=call.actor,
                at=call.now,
                lease=lease_for(call.policy, case),
                thread=here,
                message=call.place.message,
            )
        )
    # In the case's own thread the note itself is the answer.
    return Reply.nothing() if here else Reply.show("case", case_id)


@routes.happening("note_changed")
async def note_changed(call: Call, case_id: int, message: str, text: str) -> Reply:
    """The author edited the message that made a note. Without words left, it was taken back."""
    text = clean(text).strip()
    if not text:
        return await note_withdrawn(call, case_id, message)
    async with call.work() as work:
        case = await work.cases.get(case_id)
        noted = note_said_by(await work.cases.history(case_id, limit=_HISTORY), message)
        if noted is not None:
            if len(text) > LONGEST:
                raise TooLong(len(text))
            lease = lease_for(call.policy, case)
            await work.cases.save(change_note(case, noted, text, by=call.actor, at=call.now, lease=lease))
    return Reply.nothing()


@routes.happening("note_withdrawn")
async def note_withdrawn(call: Call, case_id: int, message: str) -> Reply:
    """The message that made a note was deleted."""
    async with call.work() as work:
        case = await work.cases.get(case_id)
        noted = note_said_by(await work.cases.history(case_id, limit=_HISTORY), message)
        if noted is not None:
            await work.cases.save(withdraw_note(case, noted, by=call.actor, at=call.now))
    return Reply.nothing()
