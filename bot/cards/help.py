"""Help: what can be said, from the desk's own table of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.cards.card import Actions, Button, Card, Element, Facts, Style, Text

_GROUPS: Final = {
    "see": "Look",
    "work": "Answer a case",
    "hand over": "Hand over",
    "urgent": "When it must not wait",
    "desk": "The desk",
}
"""The groups of verbs in the order in which a newcomer meets them."""

_FIRST = "Say a word and a case's number, such as “claim 1042”. Every button says such words for you."
_MORE = "“help claim” tells about one word. <case> must be said, [note] may be left out."


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbRow:
    """One verb: its grammar, its group, one line of help, and what else it answers to."""

    name: str
    usage: str
    group: str
    help: str
    aliases: tuple[str, ...] = ()


def help_card(verbs: tuple[VerbRow, ...]) -> Card:
    """Every verb, in groups."""
    elements: list[Element] = [Text(text=_FIRST)]
    groups = dict.fromkeys((*_GROUPS, *(verb.group for verb in verbs)))
    for group in groups:
        rows = tuple((verb.usage, verb.help) for verb in verbs if verb.group == group)
        if rows:
            elements += [Text(text=_GROUPS.get(group, group), style=Style.STRONG), Facts(rows=rows)]
    elements.append(Text(text=_MORE, style=Style.MUTED))
    return Card(title="What you can say", summary=_FIRST, elements=tuple(elements))


def verb_card(verb: VerbRow) -> Card:
    """One verb in full."""
    rows = [("Say", verb.usage)]
    if verb.aliases:
        rows.append(("Also", ", ".join(verb.aliases)))
    buttons = (Actions(buttons=(Button(label="All words", words="help"),)),)
    return Card(
        title=verb.name,
        summary=f"{verb.usage}: {verb.help}",
        elements=(Text(text=verb.help), Facts(rows=tuple(rows)), *buttons),
    )
