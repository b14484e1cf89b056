"""The buttons of a card as Slack's: those that say words, and those that open an address."""

from __future__ import annotations

from typing import Any, Final, assert_never

from adapters.slack.press import encode
from adapters.slack.text import address, line, plain, plain_line
from bot.cards.card import Button, OpenLink, Press

SURE: Final = "Are you sure?"
CANCEL: Final = "Cancel"
NO_LINK: Final = "{label}: not a web address"
TOO_LONG: Final = "“{label}” is too long for a button here: say it with /baton"

_STYLES: Final = {Press.PLAIN: {}, Press.PRIMARY: {"style": "primary"}, Press.DANGER: {"style": "danger"}}

Block = dict[str, Any]


def made(button: Button | OpenLink, id: str) -> Block | str:
    """The button, or why there is none: Slack would refuse the whole message for one that it dislikes.

    `id` must be unique in the message.
    """
    match button:
        case Button():
            return _press(button, id)
        case OpenLink():
            return _open(button, id)
        case _:
            assert_never(button)


def _press(button: Button, id: str) -> Block | str:
    try:
        value = encode(button)
    except ValueError:
        return TOO_LONG.format(label=line(button.label, 60))
    return {
        "type": "button",
        "action_id": f"say:{id}",
        "text": plain_line(button.label),
        "value": value,
        **_STYLES[button.style],
        **({"confirm": _confirm(button, button.confirm)} if button.confirm else {}),
    }


def _confirm(button: Button, sure: str) -> Block:
    return {
        "title": plain_line(SURE, 100),
        "text": plain(sure, 300),
        "confirm": plain_line(button.label, 30),
        "deny": plain_line(CANCEL, 30),
        **_STYLES[button.style],
    }


def _open(link: OpenLink, id: str) -> Block | str:
    """The label is ours and says nothing of where it leads, so the host stands behind it."""
    safe = address(link.url)
    if safe is None:
        return NO_LINK.format(label=line(link.label, 60))
    label = f"{line(link.label, 30)} ({safe.short_host})"
    return {"type": "button", "action_id": f"open:{id}", "text": plain_line(label), "url": safe.url}
