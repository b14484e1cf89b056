"""The neutral card: a closed union that every chat renders in its own way.

All text in a card is plain text. It holds no markup, so a renderer escapes every string it meets
and nothing a stranger wrote can ping, link or format. A renderer ends its match in `assert_never`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What the card's colour says."""

    NEUTRAL = "neutral"
    OPEN = "open"
    CLAIMED = "claimed"
    WAITING = "waiting"
    ALARM = "alarm"
    DONE = "done"


class Style(StrEnum):
    PLAIN = "plain"
    STRONG = "strong"
    MUTED = "muted"


class Press(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A pick from a list; `options` are (value said, label shown)."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A line or, with `long`, some lines of text. It begins with `value`.

    `limit` is how long it should stay, in a network's own way of counting (`counts`); whoever writes may see what is
    left, and nothing is cut off."""

    name: str
    label: str
    optional: bool = False
    long: bool = False
    hint: str = ""
    value: str = ""
    limit: int = 0
    counts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Pressing it says `words`, exactly as if typed; `fields` are asked for first, their values follow in order."""

    label: str
    words: str
    style: Press = Press.PLAIN
    fields: tuple[Choice | Input, ...] = ()
    confirm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink:
    """Opens an http(s) address in the person's browser; the label is ours, never the stranger's."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A stranger's words, shown as such. `by` is who wrote them, as the network names them; `lang` is the language's
    code as the network told it, for whoever reads aloud."""

    text: str
    by: str
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Pairs of (name, value)."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry of a list."""

    text: str
    detail: str = ""
    tone: Tone = Tone.NEUTRAL
    buttons: tuple[Button | OpenLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    label: str
    value: float
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A small bar chart; `alt` says the same in one sentence for who cannot see it."""

    title: str
    bars: tuple[Bar, ...]
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    buttons: tuple[Button | OpenLink, ...]


Element = Text | Quote | Facts | Rows | Chart | Actions


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`summary` is one line that stands alone: a notification, a screen reader's first words.

    `refused` marks an answer that says that nothing was done, and why. `case` is the case whose own card this is.
    """

    title: str
    summary: str
    tone: Tone = Tone.NEUTRAL
    elements: tuple[Element, ...] = ()
    refused: bool = False
    case: int | None = None
