"""What the reading handlers share: a case in one reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cards.history import OUTCOME_WORDS, event_sentence
from bot.cards.phrases import address, joined
from bot.cards.trim import line
from bot.cards.views import CaseView, OfferView, ReplyLine
from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.notes import standing
from bot.domain.replies.reply import ReplyState
from bot.domain.shifts.handover import asks
from bot.domain.sight import viewers_by_department
from bot.domain.surges.merging import can_take_back
from bot.domain.undo import may_undo, undoable
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.policy.publishing import can_answer
from bot.ports import Work
from bot.router import Look
from handlers.hand_over.asked import advice_of, consult_views, to_ask
from handlers.hand_over.shift_words import away_words, handover_words, speakers_of
from handlers.reply.reply_words import reply_sentence
from handlers.shared.alarms import alarm_view
from handlers.shared.clocks import first_response, missed, resolve_due, waiting_words
from handlers.shared.posts import mention_view
from handlers.shared.rights import verbs_of
from handlers.urgent.frozen import banner

_ALONE: Final = "Only {own}"
_WITH: Final = "{own} and {other}"
_OFF: Final = "off"
_EVERYBODY: Final = "Everybody again"
_BY_OTHERS: Final = "{who}, who is neither the customer nor us, {at}"
_NAME: Final = 60
_WHY: Final = 400
_READ: Final = 30
_LATEST_CASES: Final = 5
_SURGE: Final = (
    "a surge since {since}: {copies} posts say nearly the same. Each author is answered one by one"
)
_GATHERED: Final = "case {cases} merged into it. Each author is answered one by one"
_DULL: Final = frozenset(
    {
        Kind.OPENED,
        Kind.RESPONDED,
        Kind.PAGED,
        Kind.ESCALATION_OVER,
        Kind.SLA_WARNED,
        Kind.NOTE_WITHDRAWN,
        Kind.REPOSTED,
        Kind.FROZEN,
        Kind.REPLY_BEGUN,
        Kind.REPLY_RESTED,
    }
)
"""Kinds that say nothing a card does not show already, so that the last act before them is shown."""


# -- a case in words ---------------------------------------------------------------------------


async def case_view(work: Work, look: Look, case: Case) -> CaseView:
    """The case as the reader or, where many read, the channel sees it."""
    names, actor, offer = look.names, look.actor, case.offer
    newest = await work.mentions.of(case.id, limit=1)
    history = await work.cases.history(case.id, limit=_READ)
    opened = history[-1] if len(history) < _READ else await work.cases.event(case.id, 1)
    here = look.place.department if actor is None else None
    undo = _undoable(case, look, here)
    receives = (
        actor.may("accept", offer.to, case.community)
        if actor and offer
        else offer is not None and here == offer.to
    )
    return CaseView(
        number=case.id,
        department=names.department(case.department),
        priority=case.priority.value,
        state=case.state,
        holds=here is None or here == case.department,
        receives=receives,
        verbs=verbs_of(case, actor) | ({"undo"} if undo else set()) if actor else None,
        marks=case.marks,
        mention=mention_view(newest[0], names) if newest else None,
        mentions=case.mentions,
        owner=names.person(case.owner) if case.owner else "",
        claim=_claim(case, look.policy, names),
        lease_warned=case.lease is not None and case.lease.warned,
        first_response=first_response(case, names, near=actor is not None),
        resolve=resolve_due(case, names, near=actor is not None),
        missed=missed(case, look.now),
        waiting=waiting_words(case, names),
        snoozed=f"until {names.moment(case.snoozed_until)}" if case.snoozed_until else "",
        outcome=OUTCOME_WORDS.get(case.outcome, case.outcome) if case.outcome else "",
        offer=_offer(case, look.policy, names),
        handover=handover_words(case, names),
        handed_to_me=actor is not None and asks(case, actor),
        speakers=speakers_of(case, look),
        alarm=alarm_view(case.escalation, names) if case.escalation and case.escalating else None,
        came=_came(case, opened, history, names),
        last=_last(case, standing(history), names),
        consults=consult_views(case, names, actor, here),
        advice=advice_of(case, history, names, here),
        departments=_others(look.policy, case.department, case.restricted_to),
        to_ask=to_ask(look.policy, case),
        linked_to=case.linked_to,
        akin_to=case.akin_to,
        merged_into=case.merged_into,
        merged=_merged(case, history, names),
        reposts=case.reposts,
        gathers=_gathers(case, names),
        tags=case.tags,
        frozen="" if case.closed else banner(await work.freezes.standing(case), names),
        undoable=undo,
        restricted=joined(tuple(names.department(each) for each in viewers_by_department(case))),
        who_else=_who_else(look.policy, case),
        can_reply=bool(newest) and not case.closed and can_answer(look.policy, newest[0]),
        reply=_reply(case, names),
        answered=_answered(case, names),
        helped=await _helped(work, case, names),
    )


def _reply(case: Case, names: Spoken) -> ReplyLine | None:
    if case.reply is None or case.closed:
        return None
    leaving = case.reply.state is ReplyState.LEAVING
    return ReplyLine(sentence=reply_sentence(case, names), can_cancel=leaving)


def _answered(case: Case, names: Spoken) -> tuple[str, str] | None:
    """Where our newest words stand, and who wrote them when."""
    if not case.answered:
        return None
    newest = case.answered[-1]
    return address(newest.url) or "", f"by {names.person(newest.by)}, {names.moment(newest.at)}"


async def _helped(work: Work, case: Case, names: Spoken) -> str:
    """Who else of the community answered the customer since they wrote."""
    other = await work.mentions.get(case.helped_by) if case.helped_by is not None else None
    if other is None:
        return ""
    return _BY_OTHERS.format(who=line(other.author.handle, _NAME), at=names.moment(other.created_at))


def _gathers(case: Case, names: Spoken) -> str:
    """What a case of several customers holds; nothing for any other."""
    if case.surging and case.cause is not None:
        return _SURGE.format(since=names.moment(case.cause.since), copies=f"{case.cause.copies:,}")
    others = [f"{number}" for number in case.absorbed]
    if not others:
        return ""
    hidden = len(others) - _LATEST_CASES
    shown = (*others[-_LATEST_CASES:], f"{hidden} more") if hidden > 0 else tuple(others)
    return _GATHERED.format(cases=joined(shown))


def _merged(case: Case, history: Sequence[Event], names: Spoken) -> str:
    """Who merged the case into another, and why."""
    if case.merged_into is None:
        return ""
    done = next((event for event in history if event.kind is Kind.MERGED_INTO), None)
    return event_sentence(done, names) if done else ""


def _undoable(case: Case, look: Look, here: str | None) -> bool:
    """Whether the reader, or somebody of the channel's department, may take back what was done last."""
    kept = undoable(case, look.now)
    if can_take_back(case, look.now) and (look.actor is None or look.actor.may("undo", case.department)):
        return here in (None, case.department)
    if look.actor is not None:
        return may_undo(case, look.actor, look.now)
    return kept is not None and here in (None, case.department, kept.department)


async def note_as_it_stands(work: Work, case: Case, seq: int) -> Event | None:
    """The note of that number with its newest words; its withdrawal when it was taken back; None if there is none."""
    since = standing(await work.cases.history(case.id, limit=max(0, case.seq - seq + 1)))
    return next((event for event in since if seq in (event.seq, event.data.get("of"))), None)


# -- parts ------------------------------------------------------------------------------------------


def _claim(case: Case, policy: Policy, names: Spoken) -> str:
    if case.claimed_at is None or case.lease is None:
        return ""
    runs = (
        "the claim is paused"
        if case.lease.left is not None
        else f"the claim runs until {names.moment(case.lease.until)}"
    )
    away = away_words(policy, case.owner, names) if case.owner else ""
    return f"since {names.moment(case.claimed_at)}; {runs}{f'; {away}' if away else ''}"


def _offer(case: Case, policy: Policy, names: Spoken) -> OfferView | None:
    offer = case.offer
    if offer is None:
        return None
    receiver = policy.departments.get(offer.to)
    return OfferView(
        to=names.department(offer.to),
        by=names.person(offer.by),
        until=names.moment(offer.until),
        note=offer.note,
        needs_other=receiver is not None and receiver.decline_needs_other,
        others=_others(policy, offer.to, case.restricted_to),
    )


def _came(case: Case, opened: Event | None, history: Sequence[Event], names: Spoken) -> str:
    """Why the case is with this department: handed over with a note, or filed here by rules."""
    accepted = next((event for event in history if event.kind is Kind.ACCEPTED), None)
    if accepted is not None:
        offered = next((e for e in history if e.kind is Kind.OFFERED and e.seq < accepted.seq), None)
        giver = names.department(str(accepted.data.get("giver") or case.department))
        by = f"{names.person(offered.by)} ({giver})" if offered else giver
        note = str(offered.data.get("note") or "") if offered else ""
        return f"Handed over by {by}{': ' + line(note, _WHY) if note else ''}"
    why = str(opened.data.get("why") or "") if opened else ""
    return f"Why here: {line(why, _WHY)}" if why else ""


def _last(case: Case, history: Sequence[Event], names: Spoken) -> str:
    """Who did what last, unless the card says so already."""
    shown = {
        Kind.OFFERED: case.offer is not None,
        Kind.HANDOVER_OFFERED: case.handover is not None,
        Kind.CONSULTED: bool(case.consults),
        Kind.ESCALATED: case.escalating,
        Kind.ACKNOWLEDGED: case.escalating,
        Kind.WAITING: case.waiting is not None,
        Kind.SNOOZED: case.snoozed_until is not None,
    }
    newest = next((e for e in history if e.kind not in _DULL and not shown.get(e.kind, False)), None)
    if newest is None:
        return ""
    return f"{event_sentence(newest, names).removesuffix('.')} · {names.moment(newest.at)}"


def _others(policy: Policy, department: str, only: tuple[str, ...] = ()) -> tuple[tuple[str, str], ...]:
    """The departments beside that one; of a restricted case `only` those that see it."""
    return tuple(
        (name, known.title)
        for name, known in policy.departments.items()
        if name != department and (not only or name in only)
    )


def _who_else(policy: Policy, case: Case) -> tuple[tuple[str, str], ...]:
    """To whom it may be restricted, as said and as shown."""
    known = policy.departments.get(case.department)
    own = known.title if known else case.department
    others = ((name, _WITH.format(own=own, other=title)) for name, title in _others(policy, case.department))
    again = ((_OFF, _EVERYBODY),) if case.restricted_to else ()
    return ((case.department, _ALONE.format(own=own)), *others, *again)
