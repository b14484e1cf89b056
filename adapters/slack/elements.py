"""Each element of the neutral card as Slack's blocks. Pure; Slack finds nothing to parse in foreign strings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from adapters.bars import text_bars
from adapters.slack.buttons import made
from adapters.slack.text import (
    MOST_TEXT,
    NOTHING,
    bold,
    fitted,
    line,
    lines,
    marked,
    mrkdwn,
    plain,
)
from bot.cards.card import (
    Actions,
    Button,
    Chart,
    Element,
    Facts,
    OpenLink,
    Quote,
    Row,
    Rows,
    Style,
    Text,
    Tone,
)

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
"""The web's colours. None of them says anything alone: owner, wait and alarm stand in words beside it."""

_MOST_BUTTONS: Final = 25
_BRACKETS: Final = str.maketrans("<>", "‹›")
"""For names, which are ours, as in "claim <case>": not every client of Slack's draws an escaped one well."""
_MOST_FACTS: Final = 60
_MOST_FIELDS: Final = 10
_MOST_FIELD: Final = 2_000
_COLUMN: Final = 70
"""Characters that read well in one of two columns; what is longer has the whole width."""
_MOST_NAME: Final = 120
_MOST_BY: Final = 300
_MOST_ROW: Final = 600
_MOST_ALT: Final = 2_000

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Room:
    """How many characters a quote and any other text may take, and how many rows a list."""

    quote: int
    words: int
    rows: int


@dataclass(slots=True)
class Drawing:
    """One card being drawn. `mark` waits for the first text, where the card has no title to stand before."""

    room: Room
    pictures: Iterator[str | None]
    mark: str = ""
    _rows: int = 0

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
                return self._actions(element.buttons)
            case _:
                assert_never(element)

    def _text(self, text: Text) -> list[Block]:
        if not lines(text.text):
            return []
        mark, self.mark = self.mark, ""
        match text.style:
            case Style.PLAIN:
                return [paragraph(text.text, mark=mark, most=self.room.words)]
            case Style.STRONG:
                return [paragraph(text.text, bold, mark=mark, most=self.room.words)]
            case Style.MUTED:
                return [muted(_behind(mark, text.text), self.room.words)]
            case _:
                assert_never(text.style)

    def _quote(self, quote: Quote) -> Block:
        """Who wrote it stands inside the quotation, in bold: nothing below that line is ours."""
        by = bold(line(quote.by, min(_MOST_BY, self.room.words)))

        def quoted(text: str) -> str:
            return "\n".join(f"> {each}" for each in (by, *(mrkdwn(text).split("\n") if text else ())))

        said = lines(quote.text, self.room.quote)
        return section(fitted(said, MOST_TEXT, quoted))

    def _facts(self, facts: Facts) -> list[Block]:
        """Short facts in two columns, which a phone puts below one another; long ones each in a line of their own."""
        shown = facts.rows[:_MOST_FACTS]
        long = [len(name) + len(value) > _COLUMN or "\n" in value for name, value in shown]
        blocks: list[Block] = []
        for (name, value), alone in zip(shown, long, strict=True):
            last = blocks[-1].get("fields") if blocks else None
            if alone or 2 * sum(long) >= len(long):
                blocks.append({"type": "section", "text": _fact(name, value, self.room.words, " ")})
            elif last is not None and len(last) < _MOST_FIELDS:
                last.append(_fact(name, value, self.room.words))
            else:
                blocks.append({"type": "section", "fields": [_fact(name, value, self.room.words)]})
        hidden = len(facts.rows) - _MOST_FACTS
        more = [muted(AND_MORE.format(count=hidden))] if hidden > 0 else []
        return [*_together(blocks), *more]

    # -- lists ----------------------------------------------------------------------------------------------

    def _list(self, rows: Sequence[Row]) -> list[Block]:
        shown = rows[: self.room.rows]
        hidden = len(rows) - len(shown)
        more = [muted(AND_MORE.format(count=hidden))] if hidden else []
        if any(row.buttons for row in shown):
            return [*(block for row in shown for block in self._row(row)), *more]
        return [*self._plain_rows(shown), *more]

    def _row(self, row: Row) -> list[Block]:
        """A lone button stands beside its row; several follow below, where they stay in one line on a phone."""
        text = _behind(MARKS[row.tone], bold(self._line(row.text)))
        block = section("\n".join(filter(None, (text, mrkdwn(self._detail(row))))))
        below = self._actions(row.buttons)
        if len(below) == 1 and below[0]["type"] == "actions" and len(below[0]["elements"]) == 1:
            return [{**block, "accessory": below[0]["elements"][0]}]
        return [block, *below]

    def _plain_rows(self, rows: Sequence[Row]) -> list[Block]:
        """A list with bullets; where a row has a colour, this is its bullet."""
        entries = (" · ".join(filter(None, (self._line(row.text), self._detail(row)))) for row in rows)
        return _together(
            section(f"{MARKS[row.tone] or BULLET} {mrkdwn(entry)}")
            for row, entry in zip(rows, entries, strict=True)
        )

    def _line(self, text: str) -> str:
        return line(text, min(_MOST_ROW, self.room.words))

    def _detail(self, row: Row) -> str:
        return self._line(row.detail) if lines(row.detail) else ""

    # -- charts -----------------------------------------------------------------------------------------------

    def _chart(self, chart: Chart) -> list[Block]:
        picture = next(self.pictures, None)
        if picture is not None:
            alt = line(f"{chart.title}. {chart.alt}", _MOST_ALT)
            return [{"type": "image", "slack_file": {"id": picture}, "alt_text": alt}]
        title = bold(line(chart.title, _MOST_BY))
        bars = [mrkdwn(text_bars(chart))] if chart.bars else []
        return [section("\n".join((title, *bars))), muted(chart.alt, self.room.words)]

    # -- buttons ------------------------------------------------------------------------------------------------

    def _actions(self, buttons: Iterable[Button | OpenLink]) -> list[Block]:
        row, self._rows = self._rows, self._rows + 1
        fit: list[Block] = []
        unfit: list[Block] = []
        for number, button in enumerate(buttons):
            one = made(button, f"{row}:{number}")
            if isinstance(one, str):
                unfit.append(muted(one))
            else:
                fit.append(one)
        rows = [fit[at : at + _MOST_BUTTONS] for at in range(0, len(fit), _MOST_BUTTONS)]
        return [*({"type": "actions", "elements": each} for each in rows), *unfit]


def paragraph(
    text: str, style: Callable[[str], str] | None = None, *, mark: str = "", most: int = MOST_TEXT
) -> Block:
    """Lines of text, after the mark where there is one."""
    shown = lines(text, most) or NOTHING
    if style is None and "\n" not in shown:
        return {"type": "section", "text": plain(_behind(mark, shown))}
    return section(fitted(shown, MOST_TEXT, lambda cut: _behind(mark, (style or mrkdwn)(cut))))


def muted(text: str, most: int = MOST_TEXT) -> Block:
    """Small and grey."""
    return {"type": "context", "elements": [plain(text, most)]}


def section(markup: str) -> Block:
    return {"type": "section", "text": marked(markup)}


def _together(blocks: Iterable[Block]) -> list[Block]:
    """Sections that are a line of a list each, as few blocks as can hold them."""
    joined: list[Block] = []
    for block in blocks:
        before = joined[-1] if joined else {}
        if "text" in block and "text" in before:
            longer = f"{before['text']['text']}\n{block['text']['text']}"
            if len(longer) <= MOST_TEXT:
                joined[-1] = section(longer)
                continue
        joined.append(block)
    return joined


def _fact(name: str, value: str, most: int, between: str = "\n") -> Block:
    head = bold(line(name, _MOST_NAME).translate(_BRACKETS))
    shown = lines(value, most) or NOTHING
    return marked(fitted(shown, _MOST_FIELD, lambda cut: f"{head}{between}{mrkdwn(cut)}"))


def _behind(mark: str, text: str) -> str:
    return f"{mark} {text}" if mark else text
