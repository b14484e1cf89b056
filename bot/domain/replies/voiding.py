"""What happens to a case stops its reply: the approval is void, the countdown ends, and the words are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain.case import Case, record
from bot.domain.events import Kind
from bot.domain.replies.reply import PEN, PublicReply, ReplyState
from bot.domain.roles import DESK, Actor

EDITED: Final = "the customer edited the post"
WORDS_CAME: Final = "the words of the post have come"
DELETED: Final = "the customer deleted the post"
WROTE_AGAIN: Final = "the customer wrote again"
ANSWERED_ELSEWHERE: Final = "our account answered there by another way"
CLOSED: Final = "the case was closed"
MERGED: Final = "the case was merged into another"
MOVED: Final = "the case moved to another department"
AUTHOR_LEFT: Final = "its author has no part in the desk any more"


def voided(case: Case, why: str, at: datetime, *, by: Actor = DESK) -> Case:
    """The case whose reply waits for its author again; unchanged when there is none to stop, or it is being sent.

    One that may have got through already is for a person to look after. The author has the pen for a while, and the
    owner's lease goes on when that ends.
    """
    reply = case.reply
    if reply is None or not reply.unsent:
        return case
    stopped = replace(
        unasked(reply),
        state=ReplyState.UNSURE if reply.doubtful else ReplyState.DRAFT,
        approved_by=None,
        leaves_at=None,
        composing_until=at + PEN,
        why=why,
    )
    case = replace(case, reply=stopped)
    return record(case, Kind.REPLY_HELD, by, at, author=reply.by, why=why)


def about(case: Case, mention: int) -> bool:
    """Whether what happens to this post concerns the reply: among several customers only its own post does."""
    return case.reply is not None and (case.reply.mention == mention or not case.one_by_one)


def laid_down(reply: PublicReply | None) -> PublicReply | None:
    """The reply in nobody's hands; none where nothing was written."""
    if reply is None or (reply.state is ReplyState.DRAFT and not reply.text):
        return None
    return replace(reply, composer=None, composing_until=None)


def unasked(reply: PublicReply) -> PublicReply:
    """Nobody is asked to approve it."""
    return replace(reply, asked=None, asked_until=None, asked_event=0, asked_before=())
