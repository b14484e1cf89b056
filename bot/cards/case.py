"""The card of a case: what a stranger said, who answers for it, and what can be done now."""

from __future__ import annotations

from typing import Final

from bot.cards.buttons import DeskWords, actions, case_buttons, only
from bot.cards.card import Actions, Card, Element, Facts, Quote, Style, Text, Tone
from bot.cards.phrases import count
from bot.cards.trim import block, line
from bot.cards.views import AlarmView, CaseView, ConsultView, MentionView, OfferView
from bot.domain.parts import State

_QUOTED: Final = 700
_NOTE: Final = 400
_AUTHOR: Final = 160
_SUMMARY: Final = 120
_QUESTION: Final = 600
_QUESTIONS: Final = 3
"""How many of the questions that wait a card shows."""

_MERGED: Final = "{number} was merged into {into}, which answers for both"
_STATE: Final = {
    State.OPEN: "open",
    State.CLAIMED: "claimed",
    State.RESOLVED: "resolved",
    State.DISMISSED: "dismissed",
}


def case_card(view: CaseView) -> Card:
    """The card for who holds the case, is offered it or asked about it; a small one for everybody else."""
    words = DeskWords(view.number)
    if view.merged_into is not None:
        return merged_card(view)
    if not (view.holds or view.receives):
        return _asked_card(view, words) if view.asked and not view.closed else moved_card(view)
    return Card(
        title=title(view),
        summary=summary(view),
        tone=tone(view),
        elements=(*body(view), *actions((*case_buttons(view, words), words.details()))),
        case=view.number,
    )


def merged_card(view: CaseView) -> Card:
    """Who answers now, and the way back."""
    sentence = _MERGED.format(number=view.number, into=view.merged_into)
    undo = only((DeskWords(view.number).undo(),), view.verbs) if view.undoable else ()
    details = DeskWords(view.merged_into or 0).details()
    why = (Text(text=line(view.merged, _NOTE), style=Style.MUTED),) if view.merged else ()
    return Card(
        title="",
        summary=sentence,
        tone=Tone.NEUTRAL,
        elements=(Text(text=sentence), *why, Actions(buttons=(*undo, details))),
    )


def moved_card(view: CaseView) -> Card:
    """Where the case is now, for a department that handed it on, was offered it or was asked about it once."""
    who = f" ({view.owner})" if view.owner else ""
    where = f"was {_STATE[view.state]} by" if view.closed else "is with"
    sentence = f"{view.number} {where} {view.department}{'' if view.closed else ' now'}{who}"
    words = DeskWords(view.number)
    undo = only((words.undo(),), view.verbs) if view.undoable else ()
    details = Actions(buttons=(*undo, words.details()))
    advice = tuple(Text(text=line(said, _NOTE), style=Style.MUTED) for said in view.advice)
    elements: tuple[Element, ...] = (Text(text=sentence), *advice, details)
    return Card(title="", summary=sentence, tone=Tone.NEUTRAL, elements=elements)


def _asked_card(view: CaseView, words: DeskWords) -> Card:
    """For a department that is only asked: the question, what it is about, and the two ways to answer it."""
    (asked, *_) = (consult for consult in view.consults if consult.ours)
    said = line(asked.question, _QUESTION)
    about = Facts(
        rows=(
            ("With", f"{view.department}{f' ({view.owner})' if view.owner else ''}"),
            ("Until", asked.until),
        )
    )
    quoted = (quote(view.mention),) if view.mention else ()
    advice = tuple(Text(text=line(earlier, _NOTE), style=Style.MUTED) for earlier in view.advice)
    return Card(
        title=title(view),
        summary=line(f"{view.number}: {asked.by} asks {asked.to}: {said}", _SUMMARY),
        tone=Tone.WAITING,
        elements=(
            Text(text=f"{asked.by} asks {asked.to}: {said}", style=Style.STRONG),
            *quoted,
            about,
            *advice,
            *actions((*case_buttons(view, words), words.details())),
        ),
        case=view.number,
    )


def title(view: CaseView) -> str:
    return f"{view.number} · {view.department} · {view.priority}"


def tone(view: CaseView) -> Tone:
    """What the colour says: an alarm first, then rest, then whose it is."""
    if view.closed:
        return Tone.DONE
    if view.alarm or view.missed:
        return Tone.ALARM
    if view.waiting or view.snoozed or view.offer or view.handover:
        return Tone.WAITING
    return Tone.CLAIMED if view.owner else Tone.OPEN


def summary(view: CaseView) -> str:
    said = f"{view.mention.author}: {view.mention.text}" if view.mention else ""
    state = f"{_STATE[view.state]} by {view.owner}" if view.owner else _STATE[view.state]
    return line(f"{title(view)}, {state}. {said}", _SUMMARY + len(title(view)))


def body(view: CaseView) -> tuple[Element, ...]:
    """Everything of the card but its buttons."""
    elements: list[Element] = []
    if view.frozen and not view.closed:
        elements.append(Text(text=line(view.frozen, _NOTE), style=Style.STRONG))
    if view.alarm:
        elements.append(Text(text=_alarm(view.alarm), style=Style.STRONG))
    if view.mention:
        elements.append(quote(view.mention))
        more = _about(view.mention, view.mentions, view.reposts)
        elements += [Text(text=more, style=Style.MUTED)] if more else []
    elements += [Text(text=line(view.speakers, _NOTE), style=Style.MUTED)] if view.speakers else []
    elements.append(Facts(rows=_facts(view)))
    elements += _questions(view.consults)
    for text in (view.came, view.last):
        elements += [Text(text=line(text, _NOTE), style=Style.MUTED)] if text else []
    return tuple(elements)


def quote(mention: MentionView) -> Quote:
    """A stranger's words under the stranger's name, trimmed to what a card holds."""
    by = " · ".join(part for part in (mention.author, mention.network, mention.reach) if part)
    return Quote(text=block(mention.text, _QUOTED), by=line(by, _AUTHOR), lang=mention.lang)


def _about(mention: MentionView, mentions: int, reposts: int) -> str:
    parts = [
        f"latest of {mentions:,}" if mentions > 1 else "",
        f"+{count(reposts, 'repost')}" if reposts else "",
        mention.at,
        "private, not seen by the public" if mention.private else "",
        "deleted at its network" if mention.removed else "edited since" if mention.edited else "",
        mention.language,
    ]
    return line(" · ".join(part for part in parts if part), _AUTHOR)


def _alarm(alarm: AlarmView) -> str:
    parts = (
        f"Escalated by {alarm.by}: {line(alarm.why, _NOTE)}" if alarm.why else f"Escalated by {alarm.by}",
        f"paged: {alarm.paged}" if alarm.paged else "",
        alarm.acked,
    )
    return " · ".join(part for part in parts if part)


def _facts(view: CaseView) -> tuple[tuple[str, str], ...]:
    marks = f" · {', '.join(view.marks)}" if view.marks else ""
    holder = view.owner or ("nobody" if view.closed else "nobody yet")
    owner = f"{holder}, {view.claim}" if view.owner and view.claim else holder
    rows = (
        ("Department", view.department),
        ("Owner", owner),
        ("Priority", f"{view.priority}{marks}"),
        ("First response", view.first_response),
        ("Resolve", "" if view.closed else view.resolve),
        ("Reply", line(view.reply.sentence, _NOTE) if view.reply else ""),
        ("Our reply", view.answered[1] if view.answered else ""),
        ("Answered by", line(view.helped, _NOTE)),
        ("Waiting", view.waiting),
        ("Snoozed", view.snoozed),
        ("Offer", _offer(view.offer) if view.offer else ""),
        ("Handover", line(view.handover, _NOTE)),
        ("Outcome", view.outcome),
        ("Tags", ", ".join(view.tags)),
        ("Gathers", line(view.gathers, _NOTE)),
        ("Says the same as", f"case {view.akin_to}" if view.akin_to else ""),
        ("Follows", f"case {view.linked_to}" if view.linked_to else ""),
        ("Restricted", f"to {view.restricted}" if view.restricted else ""),
    )
    return tuple((name, value) for name, value in rows if value)


def _questions(consults: tuple[ConsultView, ...]) -> list[Element]:
    """What other departments are asked, newest last."""
    shown: list[Element] = [
        Text(
            text=f"Asked {consult.to}: {line(consult.question, _NOTE)} · by {consult.by}, until {consult.until}"
        )
        for consult in consults[:_QUESTIONS]
    ]
    hidden = consults[_QUESTIONS:]
    others = ", ".join(consult.to for consult in hidden)
    return [*shown, Text(text=f"Asked too: {others}", style=Style.MUTED)] if hidden else shown


def _offer(offer: OfferView) -> str:
    note = f": {line(offer.note, _NOTE)}" if offer.note else ""
    return f"offered to {offer.to} by {offer.by} until {offer.until}{note}"
