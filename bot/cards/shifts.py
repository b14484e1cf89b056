"""The cards of a shift's change: away with what is left open, a handover, and duty that begins."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.buttons import DeskWords, actions
from bot.cards.card import Button, Card, Choice, Element, Input, OpenLink, Press, Row, Rows, Style, Text, Tone
from bot.cards.list import CaseRow, case_row
from bot.cards.phrases import count
from bot.cards.trim import line

_NOTE = 300
_SAID = 90
_OPEN_CLAIMS = "{claims} stay yours, and wait for you or your cover. Hand them over if they cannot wait."
_BEING_HANDED = "{claims} stay yours until whoever you asked accepts."
_PAUSED = "Until you accept, each case stays with {giver}."
_HIDDEN = "and {more} more: `list mine` shows what you accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayView:
    """What somebody who goes away reads. `cover` (e-mail and name) takes the claims by one press; else `colleagues`
    (e-mail, name) may be chosen. `total` counts claims beyond those shown. `asked`: somebody is asked for all of them
    already."""

    sentence: str
    claims: tuple[CaseRow, ...] = ()
    total: int = 0
    cover: tuple[str, str] | None = None
    colleagues: tuple[tuple[str, str], ...] = ()
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedRow:
    """One case of a handover. `said` is a stranger's; `note` the giver's last word; `answer` blank while it waits."""

    number: int
    priority: str
    said: str = ""
    due: str = ""
    note: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverView:
    """A handover as its receiver reads it. `giver` is the e-mail that the words name; `more` counts rows not shown."""

    giver: str
    giver_name: str
    until: str
    note: str = ""
    rows: tuple[HandedRow, ...] = ()
    more: int = 0

    @property
    def waiting(self) -> int:
        return sum(not row.answer for row in self.rows) + self.more


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """Duty that begins: for which department, until when, and what waits. `because` says who is away."""

    name: str
    department: str
    until: str
    offers: int
    urgent: int
    because: str = ""


def away_card(view: AwayView) -> Card:
    """What was said, what is left open, and one press to hand it over."""
    elements: list[Element] = [Text(text=view.sentence)]
    buttons: tuple[Button, ...] = (Button(label="I'm back", words="back"),)
    if view.claims:
        left = _BEING_HANDED if view.asked else _OPEN_CLAIMS
        elements.append(Text(text=left.format(claims=count(view.total, "claim")), style=Style.MUTED))
        elements.append(Rows(rows=tuple(case_row(row) for row in view.claims)))
        buttons = (*_hand_over(view), *buttons)
    return Card(title="", summary=view.sentence, elements=(*elements, *actions(buttons)))


def _hand_over(view: AwayView) -> tuple[Button, ...]:
    if view.asked:
        return ()
    if view.cover is not None:
        email, name = view.cover
        return (Button(label=f"Hand them to {name}", words=f"handover {email}", style=Press.PRIMARY),)
    if not view.colleagues:
        return ()
    whom = Choice(name="person", label="Who takes them over?", options=view.colleagues)
    note = Input(name="note", label="What should they know?", optional=True, long=True)
    return (Button(label="Hand them over", words="handover", fields=(whom, note), style=Press.PRIMARY),)


def handover_card(view: HandoverView) -> Card:
    """All the cases, each with its two answers, and one press for all; what was answered says how."""
    heading = f"{view.giver_name} hands {count(len(view.rows) + view.more, 'case')} over to you"
    if not view.waiting:
        heading = f"{view.giver_name} handed over to you: everything is answered"
    elements: list[Element] = [Text(text=heading, style=Style.STRONG)]
    elements += [Text(text=line(view.note, _NOTE))] if view.note else []
    if view.waiting:
        until = f"Answer until {view.until}; then they go back. {_PAUSED.format(giver=view.giver_name)}"
        elements.append(Text(text=until, style=Style.MUTED))
    elements.append(Rows(rows=tuple(_row(row) for row in view.rows)))
    if view.more:
        elements.append(Text(text=_HIDDEN.format(more=view.more), style=Style.MUTED))
    tone = Tone.WAITING if view.waiting else Tone.DONE
    buttons = _for_all(view) if view.waiting else ()
    return Card(title="", summary=heading, tone=tone, elements=(*elements, *actions(buttons)))


def _for_all(view: HandoverView) -> tuple[Button, ...]:
    why = Input(name="reason", label="Why not?", optional=True, hint="Your colleague reads this")
    return (
        Button(label="Accept all", words=f"acceptall {view.giver}", style=Press.PRIMARY),
        Button(label="Decline all", words=f"declineall {view.giver}", fields=(why,)),
    )


def _row(row: HandedRow) -> Row:
    words = DeskWords(row.number)
    buttons: tuple[Button | OpenLink, ...] = (words.plain("Show", "show"),)
    if not row.answer:
        buttons = (words.plain("Accept", "accept"), words.decline_handover(), *buttons)
    said = f" {line(row.said, _SAID)}" if row.said and not row.answer else ""
    parts = (
        (row.answer,) if row.answer else (row.due, f"last note: {line(row.note, _SAID)}" if row.note else "")
    )
    return Row(
        text=f"{row.number} · {row.priority}{said}",
        detail=" · ".join(part for part in parts if part),
        tone=Tone.DONE if row.answer else Tone.WAITING,
        buttons=buttons,
    )


def handed_card(heading: str, rows: tuple[tuple[int, str], ...]) -> Card:
    """What became of one's own cases: (number, in words)."""
    shown = tuple(
        Row(text=f"{number} {words}", buttons=(DeskWords(number).plain("Show", "show"),))
        for number, words in rows
    )
    return Card(
        title="", summary=heading, elements=(Text(text=heading, style=Style.STRONG), Rows(rows=shown))
    )


def duty_card(view: DutyView) -> Card:
    """You are on duty until then, and this is what waits."""
    until = f" until {view.until}" if view.until else ""
    sentence = f"You are on duty for {view.department}{until}"
    waits = ", ".join(
        part
        for part in (
            count(view.offers, "open offer") if view.offers else "",
            f"{view.urgent:,} unclaimed P1 or P2" if view.urgent else "",
        )
        if part
    )
    said = f"{sentence}. {f'Waiting: {waits}.' if waits else 'Nothing urgent waits.'}"
    reason = (Text(text=view.because, style=Style.MUTED),) if view.because else ()
    buttons = (
        Button(label="List", words=f"list open {view.name}"),
        Button(label="Next", words="next"),
        Button(label="On call", words=f"oncall {view.name}"),
    )
    tone = Tone.ALARM if view.urgent else Tone.NEUTRAL
    return Card(title="", summary=said, tone=tone, elements=(Text(text=said), *reason, *actions(buttons)))
