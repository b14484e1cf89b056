"""A reply leaves: begun in one transaction, sent, and recorded in another. Whatever dies in between, it stands once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain import service
from bot.domain.alarms.escalation import work_was_done
from bot.domain.case import Case, record
from bot.domain.claim import renew
from bot.domain.events import Kind
from bot.domain.parts import Waiting, WaitingFor
from bot.domain.replies.reply import PEN, Answered, PublicReply, ReplyState
from bot.domain.replies.reply_refusals import NotInDoubt
from bot.domain.replies.replying import may_write
from bot.domain.roles import DESK, Actor
from bot.domain.shifts.handoff import pause_lease, resume_lease
from bot.domain.terms import ServiceTerms, Terms

_KEPT: Final = 200
"""How many replies of one case are remembered with their addresses; its history has them all."""


def begin(case: Case, *, real: datetime) -> Case:
    """The reply is being sent from now on. One that was already is doubtful: an earlier try may have got through."""
    reply = case.reply
    if reply is None or reply.state not in (ReplyState.LEAVING, ReplyState.SENDING):
        return case
    sending = replace(
        reply,
        state=ReplyState.SENDING,
        doubtful=reply.doubtful or reply.state is ReplyState.SENDING,
        begun_at=reply.begun_at or real,
        tries=reply.tries + 1,
    )
    return replace(case, reply=sending)


def published(
    case: Case,
    external_id: str,
    url: str | None,
    *,
    by: Actor,
    at: datetime,
    wakes: datetime,
    lease: Terms,
    service_terms: ServiceTerms,
) -> Case:
    """It stands in public: the customer was answered. The case waits for them until `wakes`; one that gathers several
    customers waits for nobody, for others are still to be answered. `by` wrote it."""
    reply = case.reply
    assert reply is not None
    done = Answered(
        mention=reply.mention, by=reply.by, at=at, account=reply.account, external_id=external_id, url=url
    )
    before, case = case, replace(case, reply=None, answered=(*case.answered, done)[-_KEPT:], helped_by=None)
    if not case.closed:
        case = service.respond(case, by, at)
    case = record(
        case,
        Kind.PUBLISHED,
        by,
        at,
        text=reply.text,
        url=url,
        mention=reply.mention,
        approved_by=reply.approved_by,
    )
    if case.closed or case.merged_into is not None:
        return case
    case = renew(case, by, at, lease)
    if case.owner is None or case.one_by_one or before.waiting is not None:
        return work_was_done(resume_lease(case, at, lease), by, at)
    case = replace(case, waiting=Waiting(on=WaitingFor.CUSTOMER, until=wakes))
    case = record(case, Kind.WAITING, DESK, at, on=WaitingFor.CUSTOMER.value, until=wakes.isoformat())
    return work_was_done(service.pause_resolve(pause_lease(case, at, lease), at, service_terms), by, at)


def declined(case: Case, why: str, *, at: datetime) -> Case:
    """The network does not take it: back to its author, who has the pen for a while."""
    reply = _sent(case)
    case = replace(case, reply=_back(reply, why, at))
    kind = Kind.REPLY_UNSURE if reply.doubtful else Kind.REPLY_DECLINED
    return record(case, kind, DESK, at, author=reply.by, why=why)


def frozen(case: Case, why: str, *, at: datetime) -> Case:
    """Publishing is stopped: it stays, with its approval. One that may have got through is for a person to look after."""
    reply = _sent(case)
    state = ReplyState.APPROVED if reply.approved_by else ReplyState.DRAFT
    if reply.doubtful or reply.state is ReplyState.SENDING:
        state = ReplyState.UNSURE
    kept = replace(reply, state=state, leaves_at=None, composing_until=at + PEN, why=why)
    kind = Kind.REPLY_UNSURE if state is ReplyState.UNSURE else Kind.REPLY_HELD
    return record(replace(case, reply=kept), kind, DESK, at, author=reply.by, why=why)


def delayed(case: Case, why: str, until: datetime, *, doubtful: bool, at: datetime) -> Case:
    """It is tried again by itself at `until` (real time). Told once; a card need not change at every try."""
    reply = _sent(case)
    first = not reply.why
    again = replace(
        reply,
        state=ReplyState.LEAVING,
        leaves_at=until,
        doubtful=reply.doubtful or doubtful,
        why=why,
    )
    case = replace(case, reply=again)
    return record(case, Kind.REPLY_DELAYED, DESK, at, author=reply.by, why=why) if first else case


def unsure(case: Case, why: str, *, at: datetime) -> Case:
    """Whether it is out cannot be told: its author is asked to look. Nobody tries again by itself."""
    reply = _sent(case)
    left = replace(reply, state=ReplyState.UNSURE, leaves_at=None, composing_until=at + PEN, why=why)
    return record(replace(case, reply=left), Kind.REPLY_UNSURE, DESK, at, author=reply.by, why=why)


def must_be_in_doubt(case: Case, by: Actor) -> PublicReply:
    """The reply of which `by` says that it is out. Raises NotInDoubt and what keeps `by` from the case."""
    may_write(case, by)
    if case.reply is None or case.reply.state is not ReplyState.UNSURE:
        raise NotInDoubt(case.id)
    return case.reply


def _sent(case: Case) -> PublicReply:
    assert case.reply is not None
    return case.reply


def _back(reply: PublicReply, why: str, at: datetime) -> PublicReply:
    state = ReplyState.UNSURE if reply.doubtful else ReplyState.DRAFT
    return replace(
        reply, state=state, approved_by=None, leaves_at=None, tries=0, composing_until=at + PEN, why=why
    )
