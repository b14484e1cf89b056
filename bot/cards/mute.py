"""What a person gets told privately of their own, and the words that stop it or bring it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.card import Button, Card, Row, Rows, Style, Text
from bot.domain.digests.mute import Told

_TITLE: Final = "What Baton tells you"
_NEVER: Final = "Pages, offers, questions, and warnings about your claims always come. A channel's digest is the channel's."
_ON, _OFF = "you get it", "muted"
_NAMES: Final = {
    Told.DAILY: "Your daily digest",
    Told.WEEKLY: "Your weekly digest",
    Told.MONTHLY: "Your monthly digest",
    Told.PROMISES: "The hourly list of late cases, while you are on duty",
    Told.JOINED: "Word that more was posted to a case of yours",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteView:
    """`rows` are (what, muted altogether, titles of departments it is muted for)."""

    rows: tuple[tuple[Told, bool, tuple[str, ...]], ...]


def mute_card(view: MuteView) -> Card:
    """Each thing with its switch."""
    off = sum(1 for _, muted, but in view.rows if muted or but)
    said = f"{off} of {len(view.rows)} muted" if off else "nothing is muted"
    return Card(
        title=_TITLE,
        summary=f"{_TITLE}: {said}",
        elements=(
            Rows(rows=tuple(_row(*row) for row in view.rows)),
            Text(text=_NEVER, style=Style.MUTED),
        ),
    )


def _row(what: Told, muted: bool, but: tuple[str, ...]) -> Row:
    state = _OFF if muted else f"{_ON}, but not for {', '.join(but)}" if but else _ON
    verb, label = ("unmute", "Unmute") if muted or but else ("mute", "Mute")
    return Row(text=_NAMES[what], detail=state, buttons=(Button(label=label, words=f"{verb} {what}"),))
