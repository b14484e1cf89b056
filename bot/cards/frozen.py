"""What may not be published now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.card import Actions, Button, Card, Element, Input, Press, Row, Rows, Text, Tone
from bot.cards.phrases import count

_NOTHING: Final = "Nothing is frozen: replies go out as soon as they are approved."


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenRow:
    """One stop; `thaw` is the scope as it is typed, blank where the reader may not lift it."""

    sentence: str
    thaw: str = ""


def frozen_card(rows: tuple[FrozenRow, ...], *, may_freeze_all: bool = False) -> Card:
    """Every stop with the button that lifts it, for who may."""
    said = tuple(
        Row(
            text=row.sentence,
            tone=Tone.ALARM,
            buttons=(thaw_button(row.thaw),) if row.thaw else (),
        )
        for row in rows
    )
    elements: list[Element] = [Rows(rows=said)] if said else [Text(text=_NOTHING)]
    if may_freeze_all and not any(row.thaw == "all" for row in rows):
        elements.append(Actions(buttons=(freeze_button("all", "Freeze everything"),)))
    return Card(
        title="Publishing",
        summary=f"{count(len(rows), 'stop')} on publishing" if rows else "Nothing is frozen",
        tone=Tone.ALARM if rows else Tone.NEUTRAL,
        elements=tuple(elements),
    )


def freeze_button(scope: str, label: str = "Freeze") -> Button:
    """Stops publishing; asks why first."""
    why = Input(name="why", label="Why must nothing be published?", hint="Everybody concerned reads this")
    return Button(label=label, words=f"freeze {scope}", style=Press.DANGER, fields=(why,))


def thaw_button(scope: str) -> Button:
    return Button(label="Thaw", words=f"thaw {scope}")
