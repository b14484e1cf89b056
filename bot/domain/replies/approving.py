"""Approval: somebody else reads the reply, lets it go, or returns it with a word. It waits in somebody's hands, always."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain.case import Case, must_be_open, record
from bot.domain.claim import renew
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.domain.replies.reply import PEN, PublicReply, ReplyState
from bot.domain.replies.reply_refusals import NotForYouToApprove, NothingToApprove, NotYourOwn, WordNeeded
from bot.domain.replies.replying import leaving, must_be_publishable
from bot.domain.replies.voiding import unasked
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import pause_lease
from bot.domain.terms import Terms

IN_TIME: Final = "nobody approved it in time"


def ask(case: Case, whom: PersonId, *, by: Actor, at: datetime, clock: Terms, lease: Terms) -> Case:
    """`whom` is asked to approve the reply; the owner's lease stands still until they answered."""
    reply = must_be_publishable(case, by, at)
    until = clock.ends(at)
    reply = replace(
        reply,
        state=ReplyState.ASKED,
        composer=None,
        composing_until=None,
        asked=whom,
        asked_until=until,
        asked_event=case.seq + len(case.pending) + 1,
        why="",
    )
    case = renew(replace(case, reply=reply), by, at, lease)
    case = record(case, Kind.REPLY_ASKED, by, at, to=whom, author=reply.by, until=until.isoformat())
    return pause_lease(case, at, lease)


def approve(
    case: Case,
    text: str,
    *,
    by: Actor,
    allowed: bool,
    frozen: bool,
    key: str,
    at: datetime,
    real: datetime,
    lease: Terms,
) -> Case:
    """It leaves ten seconds from now; while publishing is frozen it is approved and stays. With `text` the approver
    changes the words by this very act, which nobody else has to read again.

    Raises NothingToApprove, NotYourOwn, NotForYouToApprove.
    """
    reply = _asked(case, by, allowed)
    edited = bool(text) and text != reply.text
    if edited:
        tried = reply.begun_at is not None
        reply = replace(reply, text=text, key=key if tried else reply.key, begun_at=None)
    reply = replace(reply, approved_by=by.id)
    case = replace(case, reply=reply)
    case = record(
        case, Kind.REPLY_APPROVED, by, at, author=reply.by, text=reply.text if edited else None, edited=edited
    )
    if not frozen:
        return leaving(case, reply, by=by, at=at, real=real, lease=lease)
    kept = replace(unasked(reply), state=ReplyState.APPROVED, composing_until=at + PEN)
    return replace(case, reply=kept)


def give_back(case: Case, word: str, *, by: Actor, allowed: bool, at: datetime) -> Case:
    """Back to its author, with a word. Raises what `approve` does, and WordNeeded."""
    reply = _asked(case, by, allowed)
    if not word:
        raise WordNeeded(case.id)
    case = replace(case, reply=_back(reply, word, at))
    return record(case, Kind.REPLY_RETURNED, by, at, author=reply.by, why=word)


def pass_on(case: Case, whom: PersonId | None, *, at: datetime, clock: Terms) -> Case:
    """Nobody answered in time, so the next one is asked; where there is none, it is its author's again.

    Unchanged while there is time.
    """
    reply = case.reply
    if reply is None or reply.asked_until is None or at < reply.asked_until:
        return case
    former = reply.asked
    if whom is None:
        case = replace(case, reply=_back(reply, IN_TIME, at))
        return record(case, Kind.REPLY_UNAPPROVED, DESK, at, author=reply.by, former=former)
    until = clock.ends(at)
    before = (*reply.asked_before, *((former,) if former else ()))
    number = case.seq + len(case.pending) + 1
    case = replace(
        case,
        reply=replace(reply, asked=whom, asked_until=until, asked_before=before, asked_event=number),
    )
    return record(
        case,
        Kind.REPLY_PASSED_ON,
        DESK,
        at,
        to=whom,
        former=former,
        author=reply.by,
        until=until.isoformat(),
    )


def _back(reply: PublicReply, why: str, at: datetime) -> PublicReply:
    state = ReplyState.UNSURE if reply.doubtful else ReplyState.DRAFT
    return replace(unasked(reply), state=state, approved_by=None, composing_until=at + PEN, why=why)


def _asked(case: Case, by: Actor, allowed: bool) -> PublicReply:
    must_be_open(case)
    reply = case.reply
    if reply is None or reply.state is not ReplyState.ASKED:
        raise NothingToApprove(case.id)
    if reply.by == by.id:
        raise NotYourOwn(case.id)
    if not allowed:
        raise NotForYouToApprove(case.id, reply.asked)
    return reply
