"""Writing a reply, publishing it, calling it back. Typing publishes nothing: it leaves ten seconds after Publish."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.case import Case, authorise, must_be_open, record
from bot.domain.claim import must_hold, renew
from bot.domain.events import Kind
from bot.domain.people import PersonId, Role
from bot.domain.refusals import NotClaimed
from bot.domain.replies.reply import PEN, TO_CANCEL, PublicReply, ReplyState
from bot.domain.replies.reply_refusals import (
    AnotherPost,
    AskedAlready,
    BeingSent,
    Composing,
    LookFirst,
    NothingToCancel,
    NothingWritten,
    OnItsWay,
)
from bot.domain.replies.voiding import unasked
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import pause_lease, resume_lease
from bot.domain.terms import Terms


def may_write(case: Case, by: Actor) -> None:
    """Raises NotAllowed, Closed, Absorbed, NotClaimed, NotYours. Externals draft for whoever holds the case."""
    authorise(case, by, "reply")
    must_be_open(case)
    if drafts_only(case, by):
        return
    if case.owner is None:
        raise NotClaimed(case.id)
    must_hold(case, by, "answer")


def drafts_only(case: Case, by: Actor) -> bool:
    """Whether this person, an external, may write but never publish."""
    return by.in_department(case.department) == {Role.EXTERNAL}


def compose(
    case: Case,
    mention: int,
    account: str,
    *,
    key: str,
    lang: str | None,
    by: Actor,
    at: datetime,
    lease: Terms,
) -> Case:
    """`by` has the pen for a reply to that post. What waits for approval, or leaves, is only looked at: unchanged.

    Raises Composing while somebody else has it, AnotherPost, BeingSent.
    """
    may_write(case, by)
    _must_be_free(case, mention, by, at)
    reply = case.reply
    if reply is not None and (reply.unsent or reply.state is ReplyState.UNSURE):
        return case
    new = reply is None or (reply.mention != mention and not reply.text)
    if reply is None or new:
        reply = PublicReply(key=key, mention=mention, account=account, by=by.id, began_at=at, lang=lang)
    begins = reply.composer != by.id
    case = _in_hand(case, reply, by, at, lease)
    return record(case, Kind.REPLY_BEGUN, by, at, mention=mention) if begins else case


def draft(
    case: Case,
    text: str,
    mention: int,
    account: str,
    *,
    key: str,
    lang: str | None,
    by: Actor,
    at: datetime,
    lease: Terms,
) -> Case:
    """The words are these from now on, and `by`'s. That voids an approval and ends a countdown.

    `key` is for words that a network has not seen: those of an earlier try keep theirs, so that they stand there once.
    Raises what `compose` does.
    """
    may_write(case, by)
    _must_be_free(case, mention, by, at)
    was = case.reply
    if was is None or was.mention != mention:
        was = PublicReply(key=key, mention=mention, account=account, by=by.id, began_at=at, lang=lang)
    if was.text == text and was.unsent:
        return case
    tried = was.begun_at is not None
    fresh = replace(
        unasked(was),
        key=key if tried and was.text != text else was.key,
        begun_at=was.begun_at if was.text == text else None,
        # Whoever writes on where the fate was unknown has looked: it is not there.
        doubtful=was.doubtful and was.text == text and was.state is not ReplyState.UNSURE,
        by=by.id if was.text != text else was.by,
        state=ReplyState.DRAFT,
        text=text,
        approved_by=None,
        leaves_at=None,
        tries=0,
        why="",
    )
    case = _in_hand(case, fresh, by, at, lease)
    return record(case, Kind.REPLY_DRAFTED, by, at, text=text, mention=mention, voids=was.unsent or None)


def must_be_publishable(case: Case, by: Actor, at: datetime) -> PublicReply:
    """The reply that `by` may press Publish for. Raises what keeps it."""
    may_write(case, by)
    reply = case.reply
    if reply is None or not reply.text:
        raise NothingWritten(case.id)
    _must_be_free(case, reply.mention, by, at)
    match reply.state:
        case ReplyState.UNSURE:
            raise LookFirst(case.id)
        case ReplyState.LEAVING:
            raise OnItsWay(case.id)
        case ReplyState.ASKED:
            raise AskedAlready(case.id, reply.asked, reply.asked_until)
        case _:
            return reply


def publish(case: Case, *, by: Actor, at: datetime, real: datetime, lease: Terms) -> Case:
    """It leaves ten seconds (real time) from now, unless somebody cancels. For who may publish it at once, and for
    what was approved; somebody else's words are approved by it."""
    reply = must_be_publishable(case, by, at)
    approved = reply.approved_by or (by.id if by.id != reply.by else None)
    return leaving(case, replace(reply, approved_by=approved), by=by, at=at, real=real, lease=lease)


def leaving(case: Case, reply: PublicReply, *, by: Actor, at: datetime, real: datetime, lease: Terms) -> Case:
    """The countdown begins."""
    reply = replace(
        unasked(reply),
        state=ReplyState.LEAVING,
        leaves_at=real + TO_CANCEL,
        composer=None,
        composing_until=None,
        tries=0,
        why="",
    )
    case = renew(replace(case, reply=reply), by, at, lease)
    return pause_lease(record(case, Kind.REPLY_LEAVING, by, at, author=reply.by), at, lease)


def cancel(case: Case, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """What was to leave does not, what waits for approval is taken back. An approval that was given stays.

    Raises NothingToCancel, BeingSent.
    """
    reply = case.reply
    if reply is None or by.id not in (reply.by, reply.approved_by):
        may_write(case, by)
    if reply is None or not reply.unsent or reply.state is ReplyState.APPROVED:
        raise (BeingSent if reply and reply.state is ReplyState.SENDING else NothingToCancel)(case.id)
    if reply.doubtful:
        state = ReplyState.UNSURE
    else:
        state = ReplyState.APPROVED if reply.approved_by else ReplyState.DRAFT
    case = replace(case, reply=replace(unasked(reply), state=state, leaves_at=None))
    case = record(case, Kind.REPLY_CANCELLED, by, at, author=reply.by)
    return resume_lease(renew(case, by, at, lease), at, lease)


def discard(case: Case, *, by: Actor, at: datetime, lease: Terms) -> Case:
    """The words are thrown away. Raises NothingWritten, Composing, BeingSent."""
    reply = case.reply
    if reply is None or by.id != reply.by:
        may_write(case, by)
    if reply is None:
        raise NothingWritten(case.id)
    _must_be_free(case, reply.mention, by, at)
    case = record(replace(case, reply=None), Kind.REPLY_DISCARDED, by, at, author=reply.by, text=reply.text)
    return resume_lease(renew(case, by, at, lease), at, lease)


def rest(case: Case, *, at: datetime, lease: Terms) -> Case:
    """Whoever composed has not touched it for a while: others may go on, and the owner's lease does. Unchanged before."""
    reply = case.reply
    if reply is None or reply.composing_until is None or at < reply.composing_until:
        return case
    kept = replace(reply, composer=None, composing_until=None)
    case = replace(case, reply=kept if kept.text or kept.state is not ReplyState.DRAFT else None)
    # Not by the person: they did nothing.
    case = _rested(case, reply.composer, at)
    return resume_lease(case, at, lease)


def _rested(case: Case, who: PersonId | None, at: datetime) -> Case:
    return record(case, Kind.REPLY_RESTED, DESK, at, person=who, kept=case.reply is not None) if who else case


def _must_be_free(case: Case, mention: int, by: Actor, at: datetime) -> None:
    reply = case.reply
    if reply is None:
        return
    if reply.state is ReplyState.SENDING:
        raise BeingSent(case.id)
    until = reply.composing_until
    if reply.composer not in (None, by.id) and until is not None and at < until:
        assert reply.composer is not None
        raise Composing(case.id, reply.composer, until)
    if reply.mention != mention and reply.text:
        raise AnotherPost(case.id, reply.by)


def _in_hand(case: Case, reply: PublicReply, by: Actor, at: datetime, lease: Terms) -> Case:
    held = replace(reply, composer=by.id, composing_until=at + PEN)
    return pause_lease(renew(replace(case, reply=held), by, at, lease), at, lease)
