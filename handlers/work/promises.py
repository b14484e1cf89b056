"""The word to a duty person that promises are about to break: one message an hour, however many cases it is about."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.cards.list import ListView, list_card
from bot.domain.digests.mute import Told, muted
from bot.ports import CaseFilter
from bot.router import Look, Routes, Shown
from handlers.look.rows import case_rows

SOON: Final = timedelta(hours=24)
MOST: Final = 10

_TITLE: Final = "{department}: {late} late, {soon} due within a day"
_KEPT: Final = "Nothing is late or due within a day. Well done."

routes = Routes()


@routes.view("promises")
async def promises(look: Look, subject: str) -> Shown:
    """The department's cases that are late or due soon, the most urgent first. The subject is the department."""
    ahead = CaseFilter(departments=(subject,), due_before=look.now + SOON)
    async with look.work() as work:
        unwanted = look.person is not None and muted(
            await work.mutes.of(look.person.id), Told.PROMISES, subject
        )
        total = await work.cases.count(ahead)
        late = await work.cases.count(CaseFilter(departments=(subject,), due_before=look.now))
        rows = await case_rows(work, look, await work.cases.find(ahead, limit=MOST))
    title = _TITLE.format(department=look.names.department(subject), late=late, soon=total - late)
    view = ListView(
        title=title, rows=rows, total=total, more=f"list stale {subject}" if late > MOST else "", empty=_KEPT
    )
    return Shown(card=list_card(view), only_edit=not total or unwanted)
