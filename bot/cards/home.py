"""Home: what waits for one person, at a glance."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.cards.buttons import DeskWords
from bot.cards.card import Actions, Button, Card, Element, Input, Press, Row, Rows, Style, Text, Tone
from bot.cards.list import CaseRow, case_row
from bot.cards.phrases import COUNTED, amount, count

_FREE = "Nothing waits for you. “Next” brings the most urgent case that nobody has."
_WELCOME = (
    "Here the departments of {company} answer together what the public says about it. You have no part in that yet, "
    "but anyone in the company may bring a post that somebody should answer, and escalate a case that must not wait."
)
_ASK = "To do more, ask {whom} for a role."


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """A department's queue, counted up to COUNTED. `oldest` says since when its oldest case waits, `on_call` who is turned to.

    `name` is what the department is called in words to the desk.
    """

    name: str
    department: str
    unclaimed: int
    claimed: int
    oldest: str = ""
    on_call: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """One person's desk, as of the moment `at`. `claims_total` counts claims beyond those shown, `claims_soon` those
    whose promise breaks soon; `away` says until when the reader is away, `covers` for whom they stand in, `handed` is
    what a colleague asks them to take over; `free` are unclaimed cases beyond those in `due_soon`."""

    name: str
    pages: tuple[CaseRow, ...] = ()
    offers: tuple[CaseRow, ...] = ()
    claims: tuple[CaseRow, ...] = ()
    claims_total: int = 0
    claims_soon: int = 0
    due_soon: tuple[CaseRow, ...] = ()
    free: tuple[CaseRow, ...] = ()
    queues: tuple[QueueView, ...] = ()
    at: str = ""
    frozen: tuple[str, ...] = ()
    away: str = ""
    covers: tuple[str, ...] = ()
    handed: tuple[CaseRow, ...] = ()


def home_card(view: HomeView) -> Card:
    """Pages first, then offers, own claims, what is due soon, what is free, and the queues with who is on call now."""
    frozen = tuple(Text(text=said, style=Style.STRONG) for said in view.frozen)
    elements: list[Element] = []
    for heading, rows in (
        ("Handed over to you", tuple(_handed(row) for row in view.handed)),
        ("Pages for you", tuple(case_row(row) for row in view.pages)),
        ("Offered to your departments", tuple(case_row(row) for row in view.offers)),
        (_claims(view), tuple(_claim(row) for row in view.claims)),
        ("Due soon, nobody has them", tuple(case_row(row) for row in view.due_soon)),
        ("Unclaimed", tuple(case_row(row) for row in view.free)),
    ):
        elements += _section(heading, rows)
    if not elements:
        elements.append(Text(text=_FREE))
    elements += _section("Queues, and who is on call now", tuple(_queue(queue) for queue in view.queues))
    elements.append(Actions(buttons=_quick()))
    if view.at:
        elements.append(Text(text=f"As of {view.at}", style=Style.MUTED))
    tone = Tone.ALARM if view.pages else Tone.NEUTRAL
    return Card(
        title=f"Your desk, {view.name}",
        summary=_summary(view),
        tone=tone,
        elements=(*frozen, *_state(view), *elements),
    )


def colleague_card(name: str, company: str, whom: str) -> Card:
    """The desk of somebody without a role: what anyone in the company may do. `whom` to ask for more."""
    post = Input(name="text", label="What did somebody post?", long=True, hint="Its link, or its text")
    case = Input(name="case", label="Which case?", hint="Its number")
    why = Input(name="why", label="Why must it not wait?", hint="The people paged read this first")
    return Card(
        title=f"Hello, {name}",
        summary="You may file a post, and escalate a case",
        elements=(
            Text(text=_WELCOME.format(company=company)),
            Text(text=_ASK.format(whom=whom), style=Style.MUTED),
            Actions(
                buttons=(
                    Button(label="File a post", words="file", fields=(post,), style=Press.PRIMARY),
                    Button(label="Escalate a case", words="escalate", fields=(case, why)),
                    Button(label="Help", words="help"),
                )
            ),
        ),
    )


def _section(heading: str, rows: tuple[Row, ...]) -> tuple[Element, ...]:
    return (Text(text=heading, style=Style.STRONG), Rows(rows=rows)) if rows else ()


def _claims(view: HomeView) -> str:
    hidden = view.claims_total - len(view.claims)
    parts = (
        f"{view.claims_soon:,} due soon" if view.claims_soon else "",
        f"{hidden:,} more: list mine" if hidden > 0 else "",
    )
    more = ", ".join(part for part in parts if part)
    return f"Your claims ({more})" if more else "Your claims"


def _state(view: HomeView) -> tuple[Element, ...]:
    """That the reader is away, with the way back, and for whom they stand in."""
    covers = tuple(Text(text=said, style=Style.STRONG) for said in view.covers)
    if not view.away:
        return covers
    back = Actions(buttons=(Button(label="I'm back", words="back", style=Press.PRIMARY),))
    return (Text(text=view.away, style=Style.STRONG), back, *covers)


def _handed(row: CaseRow) -> Row:
    words = DeskWords(row.number)
    shown = case_row(row)
    return replace(shown, buttons=(words.accept(), words.decline_handover(), *shown.buttons[-1:]))


def _claim(row: CaseRow) -> Row:
    """One's own case, with the step that ends it."""
    shown = case_row(row)
    return replace(shown, buttons=(DeskWords(row.number).resolve(), *shown.buttons))


def _queue(queue: QueueView) -> Row:
    waiting = f"{amount(queue.unclaimed)} unclaimed" + (f", oldest {queue.oldest}" if queue.oldest else "")
    return Row(
        text=f"{queue.department}: {waiting} · {amount(queue.claimed)} claimed",
        detail=f"on call: {queue.on_call}" if queue.on_call else "nobody is on call",
        buttons=(Button(label="List", words=f"list open {queue.name}"),),
    )


def _quick() -> tuple[Button, ...]:
    return (
        Button(label="Next", words="next", style=Press.PRIMARY),
        Button(label="My claims", words="list mine"),
        Button(label="List", words="list"),
        Button(label="On call", words="oncall"),
        Button(label="Help", words="help"),
        Button(label="Mute…", words="mute"),
        Button(label="Refresh", words="home"),
    )


def _summary(view: HomeView) -> str:
    parts = [
        count(len(view.pages), "page") if view.pages else "",
        count(len(view.offers), "offer") if view.offers else "",
        count(view.claims_total, "claim"),
        _unclaimed(view.queues),
    ]
    return f"Your desk: {', '.join(part for part in parts if part)}"


def _unclaimed(queues: tuple[QueueView, ...]) -> str:
    total = sum(queue.unclaimed for queue in queues)
    more = "+" if any(queue.unclaimed >= COUNTED for queue in queues) else ""
    return f"{total:,}{more} unclaimed"
