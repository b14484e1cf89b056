"""What a case of several customers holds: its posts, and what happened to it and to those merged into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards.trim import line
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.mention import Mention
from bot.domain.notes import standing
from bot.ports import Work
from bot.router import Look
from handlers.intake.filing import is_own
from handlers.shared.posts import words_of

_OF: Final = "({number}) "
_CASES: Final = 20
_POSTS: Final = 20
_LABEL: Final = 70
_SAID_ALREADY: Final = frozenset({Kind.MERGED_INTO, Kind.SEPARATED})
"""What the case that answers tells itself."""


async def history_of(work: Work, case: Case, *, limit: int) -> Sequence[tuple[str, Event]]:
    """Newest first, notes as they stand; what happened to a merged case is marked with its number."""
    told = [("", event) for event in standing(await work.cases.history(case.id, limit=limit))]
    for number in case.absorbed[-_CASES:]:
        theirs = standing(await work.cases.history(number, limit=limit))
        told += [(_OF.format(number=number), event) for event in theirs if event.kind not in _SAID_ALREADY]
    # Sorting is stable, so a case's own facts of one moment keep their order.
    return sorted(told, key=lambda one: one[1].at, reverse=True)[:limit]


async def posts_of(work: Work, look: Look, case: Case) -> tuple[tuple[str, str], ...]:
    """The newest posts that could be taken out of the case, (number, whose and what); none where there is but one."""
    if case.closed or case.mentions < 2 or look.actor is None:
        return ()
    mentions = await work.mentions.of(case.id, limit=_POSTS)
    return tuple((f"{one.id}", _label(one)) for one in mentions if not is_own(look.policy, one))


def _label(mention: Mention) -> str:
    return line(f"{mention.author.handle}: {words_of(mention)}", _LABEL)
