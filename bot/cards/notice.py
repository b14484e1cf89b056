"""Notices: what somebody must be told apart from the case's card, with the step that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.buttons import DeskWords, actions, only, open_post
from bot.cards.card import Button, Card, Element, Facts, OpenLink, Press, Style, Text, Tone
from bot.cards.case import quote, title
from bot.cards.trim import line
from bot.cards.views import CaseView
from bot.domain.events import Kind

_SUMMARY: Final = 200

ADVICE: Final = {
    Kind.TAKEN: "Your notes stay with the case.",
    Kind.LAPSED: "Notes stay with the case. Claim it if you are still on it.",
    Kind.LEASE_WARNED: "Extend it if you are still on it, or write a note; else it returns to the queue.",
    Kind.OFFERED: "Until it is accepted, the giver's side answers for it.",
    Kind.OFFER_HALFWAY: "Nobody has answered yet: accept it, or decline with the reason.",
    Kind.DECLINED: "It stays on your side: answer it, or offer it to another department.",
    Kind.OFFER_EXPIRED: "It stays on your side: answer it, or ask a person there before you offer it again.",
    Kind.RELIEVED: "Nobody has it now: claim it.",
    Kind.CONSULTED: "The case stays where it is; the answer becomes a note of it, never shown to the public.",
    Kind.CONSULT_DECLINED: "Ask another department, or answer without the advice.",
    Kind.CONSULT_EXPIRED: "Ask again, ask a person there, or answer without the advice.",
    Kind.SLA_WARNED: "An answer to the customer, or setting it waiting for the customer, keeps the promise.",
    Kind.SLA_MISSED: "The customer still waits.",
    Kind.REPLY_HELD: "Read the case again, then publish it, change it or throw it away.",
    Kind.REPLY_RETURNED: "Change it, and ask again.",
    Kind.REPLY_UNAPPROVED: "Ask a person, or publish it again to ask from the beginning.",
    Kind.REPLY_DECLINED: "Change it and publish again; or open the post, answer there, and set it waiting for the customer.",
    Kind.REPLY_UNSURE: "Open the post and look: say that it is published, or write it again.",
    Kind.UNDELIVERED: "Please reach them another way.",
    Kind.ESCALATION_EXHAUSTED: "Whoever reads this first: take it.",
}
"""What to do next, by what happened."""

_OF_REPLIES: Final = frozenset(
    {Kind.REPLY_HELD, Kind.REPLY_RETURNED, Kind.REPLY_UNAPPROVED, Kind.REPLY_DECLINED, Kind.REPLY_UNSURE}
)
_ALARMS: Final = frozenset({Kind.SLA_MISSED, Kind.UNDELIVERED, Kind.ESCALATION_EXHAUSTED})
_QUOTED: Final = frozenset(
    {
        Kind.JOINED,
        Kind.REVISED,
        Kind.COMPLETED,
        Kind.REMOVED,
        Kind.WOKEN,
        Kind.ASSIGNED,
        Kind.OFFERED,
        Kind.OFFER_HALFWAY,
        Kind.CONSULTED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """`sentence` says what happened, to this reader; `past` that it needs no step any more.

    `contacts` are other ways to reach who could not be reached.
    """

    case: CaseView
    kind: Kind
    sentence: str
    past: bool = False
    contacts: tuple[tuple[str, str], ...] = ()


def notice_card(view: NoticeView) -> Card:
    """What happened, what to do about it, and the buttons for that."""
    over = view.past or view.case.closed
    advice = "" if over else ADVICE.get(view.kind, "")
    elements: list[Element] = [Text(text=view.sentence, style=Style.STRONG)]
    if view.kind in _QUOTED and view.case.mention:
        elements.append(quote(view.case.mention))
    elements += [Text(text=advice)] if advice else []
    elements += [Facts(rows=view.contacts)] if view.contacts else []
    return Card(
        title=title(view.case),
        summary=line(f"{view.case.number}: {view.sentence}", _SUMMARY),
        tone=_tone(view, over),
        elements=(*elements, *actions(_buttons(view, over))),
    )


def _tone(view: NoticeView, over: bool) -> Tone:
    if over:
        return Tone.NEUTRAL
    return Tone.ALARM if view.kind in _ALARMS else Tone.WAITING


def _buttons(view: NoticeView, over: bool) -> tuple[Button | OpenLink, ...]:
    words = DeskWords(view.case.number)
    steps = [] if over else _steps(view, words)
    return (*only(steps, view.case.verbs), words.details(), *open_post(view.case.mention))


def _steps(view: NoticeView, words: DeskWords) -> list[Button]:
    """The steps that may follow. A kind without one is told for information."""
    case = view.case
    claim = [] if case.owner or case.offer else [words.claim()]
    handoff = [words.handoff(case.departments)] if case.departments and not case.offer else []
    match view.kind:
        case Kind.LEASE_WARNED:
            return [words.extend(), words.resolve(), words.release()]
        case Kind.OFFERED | Kind.OFFER_HALFWAY if case.offer:
            return [words.accept(), words.decline(case.offer.needs_other, case.offer.others)]
        case Kind.CONSULTED:
            return [words.answer(), words.not_ours()] if case.asked else []
        case Kind.CONSULT_DECLINED | Kind.CONSULT_EXPIRED:
            return [words.consult(case.to_ask)] if case.to_ask else []
        case Kind.DECLINED | Kind.OFFER_EXPIRED:
            return [*claim, *handoff]
        case Kind.ASSIGNED | Kind.WOKEN:
            return [*claim, *([words.resolve(Press.PRIMARY), words.release()] if case.owner else [])]
        case Kind.SLA_WARNED | Kind.SLA_MISSED:
            return [
                *claim,
                *([words.wait()] if case.owner else []),
                *([] if case.alarm else [words.escalate()]),
            ]
        case kind if kind in _OF_REPLIES:
            return [words.reply(Press.PRIMARY)]
        case Kind.ESCALATION_EXHAUSTED:
            return [words.acknowledge(), words.take("Take it")]
        case Kind.LAPSED | Kind.RELEASED | Kind.RELIEVED:
            return claim
        case _:
            return []
