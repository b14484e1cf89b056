"""The buttons of a card as Teams' actions: those that say words, those that ask first, those that open an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, assert_never

from adapters.teams.press import SAY, pack
from adapters.teams.text import MOST_LABEL, MOST_TEXT, address, line, lines, verbatim
from bot.cards.card import Button, OpenLink, Press

NO_LINK: Final = "{label}: not a web address"
TOO_LONG: Final = "“{label}” is too long for a button here: say it to @Baton"

MOST_PRIMARY: Final = 6
"""Teams shows so many side by side; the others open from its “…” menu (https://adaptivecards.io, `actions.maxActions`)."""
_MOST_TOGETHER: Final = 12

_STYLES: Final[dict[Press, dict[str, str]]] = {
    Press.PLAIN: {},
    Press.PRIMARY: {"style": "positive"},
    Press.DANGER: {"style": "destructive"},
}

Block = dict[str, Any]


def action_sets(buttons: Iterable[Button | OpenLink], *, fields: int) -> list[Block]:
    """The buttons in the card's body, where an edit keeps their place, and a line for each that cannot be one.

    `fields` is how many bytes the questions of one button may take.
    """
    fit: list[Block] = []
    unfit: list[Block] = []
    for button in buttons:
        one = _made(button, fields)
        if isinstance(one, str):
            unfit.append(small(one))
        else:
            fit.append(one)
    groups = [fit[at : at + _MOST_TOGETHER] for at in range(0, len(fit), _MOST_TOGETHER)]
    return [*({"type": "ActionSet", "actions": _overflowing(group)} for group in groups), *unfit]


def prose(*runs: Block, **look: Any) -> Block:
    """Runs of text that flow into one another."""
    return {"type": "RichTextBlock", "inlines": list(runs), **look}


def run(text: str, **look: Any) -> Block:
    """Clean text, in which Teams parses nothing."""
    return {"type": "TextRun", "text": verbatim(text), **look}


def small(text: str, most: int = MOST_TEXT) -> Block:
    """Small and grey."""
    return prose(run(lines(text, most) or "…", size="Small", isSubtle=True))


def _overflowing(actions: Sequence[Block]) -> list[Block]:
    """The later ones go into the menu, where Teams opens no card: what asks “sure?” stays outside as long as it can."""
    if len(actions) <= MOST_PRIMARY:
        return list(actions)
    order = sorted(range(len(actions)), key=lambda at: (actions[at]["type"] != "Action.ShowCard", at))
    first = set(order[:MOST_PRIMARY])
    return [each if at in first else {**each, "mode": "secondary"} for at, each in enumerate(actions)]


def _made(button: Button | OpenLink, fields: int) -> Block | str:
    match button:
        case Button():
            return _press(button, fields)
        case OpenLink():
            return _open(button)
        case _:
            assert_never(button)


def _press(button: Button, fields: int) -> Block | str:
    title = verbatim(line(button.label, MOST_LABEL))
    try:
        data = pack(button, most=fields)
    except ValueError:
        return TOO_LONG.format(label=title)
    look = {"title": title, **_STYLES[button.style]}
    if button.fields:
        # Action.Execute cannot open a dialog; where there are none, the press arrives as it is and is asked for inline.
        action = {"type": "Action.Submit", **look, "data": {"msteams": {"type": "task/fetch"}, **data}}
    else:
        fallback = {"type": "Action.Submit", **look, "data": data}
        action = {"type": "Action.Execute", **look, "verb": SAY, "data": data, "fallback": fallback}
    return _confirmed(action, button.confirm, look) if button.confirm else action


def _confirmed(action: Block, sure: str, look: Block) -> Block:
    """Adaptive Cards know no “are you sure?”: the button unfolds the question, with the true button below it."""
    body = [prose(run(lines(sure, 300) or "…"))]
    return {
        "type": "Action.ShowCard",
        **look,
        "card": {"type": "AdaptiveCard", "body": body, "actions": [action]},
    }


def _open(link: OpenLink) -> Block | str:
    """The label is ours and says nothing of where it leads, so the host stands behind it."""
    safe = address(link.url)
    if safe is None:
        return NO_LINK.format(label=line(link.label, MOST_LABEL))
    title = verbatim(f"{line(link.label, 30)} ({safe.short_host})")
    return {"type": "Action.OpenUrl", "title": title, "url": safe.url}
