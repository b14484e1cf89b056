"""Slack's way of writing down what people typed, back to what they typed.

`<…>` holds links, people, channels and groups, and only `&`, `<` and `>` are escaped
(docs.slack.dev/messaging/formatting-message-text).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from adapters.slack.people import Directory
from bot.ports import ChatError

_MARKED: Final = re.compile(r"<([^<>]*)>")
_PERSON: Final = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_NOBODY: Final[Mapping[str, str]] = {}


def plain(text: str, names: Mapping[str, str] = _NOBODY) -> str:
    """The text as a person reads it. `names` tells how users (by id) are called; others keep their label or id."""
    pieces, at = [], 0
    for found in _MARKED.finditer(text):
        pieces += [_unescaped(text[at : found.start()]), _unmarked(found[1], names)]
        at = found.end()
    return "".join((*pieces, _unescaped(text[at:])))


async def plainly(text: str, directory: Directory) -> str:
    """As `plain`, with the people of the policy by their names, so that a command can mean them.

    Who cannot be looked up right now keeps the id: nobody's words wait for that.
    """
    names: dict[str, str] = {}
    for user in dict.fromkeys(_PERSON.findall(text)):
        try:
            person = (await directory.who(user)).person
        except ChatError:
            continue
        if person is not None:
            names[user] = person.name
    return plain(text, names)


def _unmarked(inside: str, names: Mapping[str, str]) -> str:
    target, _, label = inside.partition("|")
    target, label = _unescaped(target), _unescaped(label)
    match target[:1]:
        case "@":
            return f"@{names.get(target[1:]) or label or target[1:]}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return label or f"@{target[1:].partition('^')[0]}"
        case _:
            return _link(target, label)


def _link(target: str, label: str) -> str:
    """The address, once: a label that Slack made of it, or that was typed for it, says no more than it."""
    bare = target.partition(":")[2].removeprefix("//")
    if not label or label == target:
        return target.removeprefix("mailto:").removeprefix("tel:")
    return label if label in (bare, bare.rstrip("/")) else f"{label} ({target})"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
