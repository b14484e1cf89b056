"""Each element of the neutral card as an Adaptive Card's. Pure; Teams finds nothing to parse in foreign strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from adapters.teams.buttons import action_sets, prose, run, small
from adapters.teams.chart import element as bars
from adapters.teams.text import MOST_TEXT, line, lines, neutral
from adapters.wording import NOTHING
from bot.cards.card import Actions, Chart, Element, Facts, Quote, Row, Rows, Style, Text, Tone

AND_MORE: Final = "… and {count:,} more"
BULLET: Final = "•"

MARKS: Final = {
    Tone.NEUTRAL: "",
    Tone.OPEN: "🔵",
    Tone.CLAIMED: "🟢",
    Tone.WAITING: "🟡",
    Tone.ALARM: "🔴",
    Tone.DONE: "✅",
}
"""As in the other chats. None of them says anything alone: owner, wait and alarm stand in words beside it."""

GROUNDS: Final = {
    Tone.NEUTRAL: "default",
    Tone.OPEN: "accent",
    Tone.CLAIMED: "good",
    Tone.WAITING: "warning",
    Tone.ALARM: "attention",
    Tone.DONE: "emphasis",
}
"""The title's ground, beside its mark: Teams' own colours, which follow the person's theme and contrast."""

_BRACKETS: Final = str.maketrans("<>", "‹›")
"""For names, which are ours, as in "claim <case>": the same in a line as in a FactSet."""
_MOST_FACTS: Final = 60
_MOST_COLUMN_NAME: Final = 18
_MOST_COLUMN: Final = 120
"""A longer name or value reads badly in a FactSet, whose first column is 150 points wide at most."""
_MOST_NAME: Final = 120
_MOST_BY: Final = 300
_MOST_ROW: Final = 600
_MOST_TITLE: Final = 200

Block = dict[str, Any]

_BOLD: Final = {"weight": "Bolder"}
_GREY: Final = {"size": "Small", "isSubtle": True}


@dataclass(frozen=True, slots=True)
class Room:
    """How many characters a quote and any other text may take, how many bytes a button's questions, how many rows
    a list."""

    quote: int
    words: int
    fields: int
    rows: int


def heading(title: str, tone: Tone) -> Block:
    """The title behind its mark, on the ground of its tone, and a heading for screen readers."""
    text = neutral(_behind(MARKS[tone], line(title, _MOST_TITLE)))
    block = {"type": "TextBlock", "text": text, "style": "heading", "size": "Medium", "wrap": True, **_BOLD}
    if tone is Tone.NEUTRAL:
        return block
    return {"type": "Container", "style": GROUNDS[tone], "bleed": True, "items": [block]}


@dataclass(slots=True)
class Drawing:
    """One card being drawn. `mark` waits for the first text, where the card has no title to stand before."""

    room: Room
    mark: str = ""

    def element(self, element: Element) -> list[Block]:
        match element:
            case Text():
                return self._text(element)
            case Quote():
                return [self._quote(element)]
            case Facts():
                return self._facts(element)
            case Rows():
                return self._list(element.rows)
            case Chart():
                return self._chart(element)
            case Actions():
                return action_sets(element.buttons, fields=self.room.fields)
            case _:
                assert_never(element)

    def _text(self, text: Text) -> list[Block]:
        shown = lines(text.text, self.room.words)
        if not shown:
            return []
        mark, self.mark = self.mark, ""
        shown = _behind(mark, shown)
        match text.style:
            case Style.PLAIN:
                return [paragraph(shown)]
            case Style.STRONG:
                return [prose(run(shown, **_BOLD))]
            case Style.MUTED:
                return [small(shown)]
            case _:
                assert_never(text.style)

    def _quote(self, quote: Quote) -> Block:
        """Who wrote it stands inside the quotation, in bold: nothing on that ground is ours."""
        by = prose(run(line(quote.by, min(_MOST_BY, self.room.words)), **_BOLD))
        said = lines(quote.text, self.room.quote)
        words = [{**paragraph(said), "spacing": "Small"}] if said else []
        return {"type": "Container", "style": "emphasis", "items": [by, *words]}

    # -- facts ------------------------------------------------------------------------------------------------

    def _facts(self, facts: Facts) -> list[Block]:
        """In two columns; a long value has the whole width, and so have all where most are long, or any name is."""
        shown = [self._fact(name, value) for name, value in facts.rows[:_MOST_FACTS]]
        wide = [len(value) > _MOST_COLUMN or "\n" in value for _, value in shown]
        lines_only = 2 * sum(wide) > len(wide) or any(len(name) > _MOST_COLUMN_NAME for name, _ in shown)
        blocks: list[Block] = []
        for (name, value), alone in zip(shown, wide, strict=True):
            if alone or lines_only:
                blocks.append(prose(run(name, **_BOLD), run(f"\n{value}"), spacing="Small"))
            else:
                _add(blocks, {"title": neutral(name), "value": neutral(value)})
        hidden = len(facts.rows) - _MOST_FACTS
        return [*blocks, *([small(AND_MORE.format(count=hidden))] if hidden > 0 else [])]

    def _fact(self, name: str, value: str) -> tuple[str, str]:
        return line(name, _MOST_NAME).translate(_BRACKETS), lines(value, self.room.words) or NOTHING

    # -- lists ------------------------------------------------------------------------------------------------

    def _list(self, rows: Sequence[Row]) -> list[Block]:
        shown = rows[: self.room.rows]
        hidden = len(rows) - len(shown)
        draw = self._row if any(row.buttons for row in shown) else self._entry
        more = [small(AND_MORE.format(count=hidden))] if hidden else []
        return [*(draw(row) for row in shown), *more]

    def _row(self, row: Row) -> Block:
        """A lone button stands beside its row; several follow below, where they stay in one line on a phone."""
        detail = self._detail(row)
        text = prose(
            run(_behind(MARKS[row.tone], self._line(row.text)), **_BOLD),
            *([run(f"\n{detail}", **_GREY)] if detail else []),
        )
        below = action_sets(row.buttons, fields=self.room.fields)
        if len(below) == 1 and below[0]["type"] == "ActionSet" and len(below[0]["actions"]) == 1:
            beside = [
                {"type": "Column", "width": "stretch", "verticalContentAlignment": "center", "items": [text]},
                {"type": "Column", "width": "auto", "items": below},
            ]
            return {"type": "ColumnSet", "separator": True, "columns": beside}
        return {"type": "Container", "separator": True, "items": [text, *below]}

    def _entry(self, row: Row) -> Block:
        """A line of a list; where a row has a colour, this is its bullet."""
        detail = self._detail(row)
        grey = [run(f" · {detail}", isSubtle=True)] if detail else []
        text = _behind(MARKS[row.tone] or BULLET, self._line(row.text))
        return prose(run(text), *grey, spacing="Small")

    def _line(self, text: str) -> str:
        return line(text, min(_MOST_ROW, self.room.words))

    def _detail(self, row: Row) -> str:
        return self._line(row.detail) if lines(row.detail) else ""

    # -- charts -----------------------------------------------------------------------------------------------

    def _chart(self, chart: Chart) -> list[Block]:
        title = prose(run(line(chart.title, _MOST_BY), **_BOLD))
        return [title, bars(chart), small(chart.alt, self.room.words)]


def paragraph(text: str, most: int = MOST_TEXT) -> Block:
    """Lines of text."""
    return prose(run(lines(text, most) or NOTHING))


def _add(blocks: list[Block], fact: Block) -> None:
    """One more fact beneath the ones before it, if those are in columns too."""
    if not blocks or blocks[-1]["type"] != "FactSet":
        blocks.append({"type": "FactSet", "facts": []})
    blocks[-1]["facts"].append(fact)


def _behind(mark: str, text: str) -> str:
    return f"{mark} {text}" if mark else text
