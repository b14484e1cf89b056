"""What Teams says an Adaptive Card may hold; what it would not show, or show otherwise, is named.

adaptivecards.io/explorer (1.5); learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
and …/cards/universal-actions-for-adaptive-cards/work-with-universal-actions-for-adaptive-cards
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from tests.fakes.teams.card_schema import (
    ACTION,
    ACTIONS,
    CHOICES,
    COMMON,
    CONTAINER_STYLES,
    CONTAINERS,
    ELEMENTS,
    LISTS,
    NEEDS,
    SPACINGS,
    WHOLE,
)
from tests.fakes.teams.state import Json

CARD: Final = "application/vnd.microsoft.card.adaptive"
MOST_CARD: Final = 28 * 1024
MOST_REFRESHED: Final = 60
MOST_ACTIONS: Final = 6
NEWEST: Final = (1, 5)

_WEB: Final = re.compile(r"(?:https?://[^\s]+|mailto:[^\s]+|https://teams\.microsoft\.com/[^\s]+)$")


def size(value: Any) -> int:
    """Bytes of the JSON, without spaces."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def broken_rules(card: Any) -> list[str]:
    """Each with where it stands; empty for a card that is shown as it was meant."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return [f"the content is no AdaptiveCard: {str(card)[:80]}"]
    found = [*_head(card), *_keys(card, WHOLE.split(), "")]
    for name in ("body", "actions"):
        found += _many(card, name, "", version(card))
    found += _actions(card.get("actions") or (), "/actions")
    ids = [
        part["id"] for part in parts(card) if str(part.get("type", "")).startswith("Input.") and "id" in part
    ]
    if len(ids) != len(set(ids)):
        found.append(f"two inputs have one id: {ids}")
    return found


def version(card: Json) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in str(card.get("version", "")).split("."))
    except ValueError:
        return ()


def parts(node: Any, *, fallbacks: bool = False) -> Iterator[Json]:
    """Every object that is shown, outermost first; with `fallbacks` also what old clients see instead."""
    if isinstance(node, dict):
        yield node
        for key, value in node.items():
            if key not in ("data", "msteams", "refresh") and (fallbacks or key != "fallback"):
                yield from parts(value, fallbacks=fallbacks)
    elif isinstance(node, list):
        for value in node:
            yield from parts(value, fallbacks=fallbacks)


def _head(card: Json) -> Iterator[str]:
    if not version(card):
        yield f"version {card.get('version')!r} is no version"
    elif version(card) > NEWEST:
        yield f"version {card['version']} is newer than Teams shows (1.5)"
    if not card.get("body") and not card.get("actions"):
        yield "the card is empty"
    refresh = card.get("refresh")
    if refresh is not None:
        users = refresh.get("userIds") or []
        if len(users) > MOST_REFRESHED:
            yield f"refresh names {len(users)} users; {MOST_REFRESHED} may be named"
        if any(not str(user).startswith(("29:", "8:orgid:")) for user in users):
            yield f"refresh names no users of Teams: {users[:3]}"
        if (refresh.get("action") or {}).get("type") != "Action.Execute":
            yield "refresh needs an Action.Execute"
        else:
            yield from _element(refresh["action"], "/refresh/action", version(card))


def _many(node: Json, name: str, at: str, card: tuple[int, ...]) -> Iterator[str]:
    items = node.get(name)
    if items is None:
        return
    if not isinstance(items, list):
        yield f"{at}/{name} is no list"
        return
    for number, item in enumerate(items):
        yield from _element(item, f"{at}/{name}/{number}", card, within=node.get("type", ""), list_=name)


def _element(
    item: Any, at: str, card: tuple[int, ...], *, within: str = "", list_: str = ""
) -> Iterator[str]:
    if isinstance(item, str) and list_ == "inlines":
        return
    if not isinstance(item, dict):
        yield f"{at} is no object"
        return
    kind = str(
        item.get("type") or {"columns": "Column", "rows": "TableRow", "cells": "TableCell"}.get(list_, "")
    )
    if list_ == "facts" or (within == "Table" and list_ == "columns"):
        yield from _plain(item, at, list_)
        return
    known = {**ELEMENTS, **ACTIONS}
    if kind not in known:
        yield from _unknown(item, kind, at, card)
        return
    common = ACTION if kind.startswith("Action.") else COMMON
    yield from _keys(item, [*common.split(), *known[kind].split()], at)
    yield from _values(item, kind, at)
    if kind == "Action.Execute" and card < (1, 4):
        yield f"{at}: Action.Execute needs version 1.4"
    for name in LISTS:
        if name in item:
            yield from _many(item, name, at, card)
    if kind == "ActionSet":
        yield from _actions(item.get("actions") or (), f"{at}/actions")
    for name in ("fallback", "selectAction"):
        if isinstance(item.get(name), dict):
            yield from _element(item[name], f"{at}/{name}", card)
    if kind == "Action.ShowCard":
        yield from (f"{at}/card{rule}" for rule in broken_rules({"version": "1.5", **item.get("card", {})}))


def _unknown(item: Json, kind: str, at: str, card: tuple[int, ...]) -> Iterator[str]:
    """What a client does not know is left out, or takes its fallback's place."""
    fallback = item.get("fallback")
    if fallback is None:
        yield f"{at}: there is no {kind!r} in 1.5, and it has no fallback"
    elif isinstance(fallback, dict):
        yield from _element(fallback, f"{at}/fallback", card)


def _plain(item: Json, at: str, list_: str) -> Iterator[str]:
    if list_ == "facts":
        yield from _keys(item, ["title", "value", "type"], at)
        for name in ("title", "value"):
            if not isinstance(item.get(name), str):
                yield f"{at}/{name} is no text"


def _keys(item: Json, allowed: list[str], at: str) -> Iterator[str]:
    for key, value in item.items():
        if key not in allowed:
            yield f"{at}/{key}: {item.get('type', 'it')} has no such property"
        elif value is None:
            yield f"{at}/{key} is null"


def _values(item: Json, kind: str, at: str) -> Iterator[str]:
    for name in NEEDS.get(kind, ()):
        if item.get(name) in (None, ""):
            yield f"{at}: {kind} needs {name}"
    if kind.startswith("Input.") and not item.get("id"):
        yield f"{at}: an input needs an id"
    for (owner, name), allowed in CHOICES.items():
        if owner == kind and not _one_of(item.get(name), allowed):
            yield f"{at}/{name} is {item[name]!r}"
    if not _one_of(item.get("spacing"), SPACINGS):
        yield f"{at}/spacing is {item['spacing']!r}"
    if kind in CONTAINERS and not _one_of(item.get("style"), CONTAINER_STYLES):
        yield f"{at}/style is {item['style']!r}"
    if kind.startswith("Action."):
        yield from _action(item, kind, at)
    if kind == "Input.ChoiceSet":
        yield from _choice_set(item, at)
    if "text" in item and not isinstance(item["text"], str):
        yield f"{at}/text is no text"


def _one_of(value: Any, allowed: frozenset[str]) -> bool:
    # Case does not matter to any renderer.
    return value is None or (isinstance(value, str) and value.lower() in {each.lower() for each in allowed})


def _action(item: Json, kind: str, at: str) -> Iterator[str]:
    if not _one_of(item.get("style"), frozenset(["default", "positive", "destructive"])):
        yield f"{at}/style is {item['style']!r}"
    if not _one_of(item.get("mode"), frozenset(["primary", "secondary"])):
        yield f"{at}/mode is {item['mode']!r}"
    if kind == "Action.OpenUrl" and not _WEB.match(str(item.get("url"))):
        yield f"{at}/url is {item.get('url')!r}"
    if kind == "Action.Execute" and not isinstance(item.get("data", {}), dict):
        yield f"{at}/data is no object"


def _choice_set(item: Json, at: str) -> Iterator[str]:
    for number, choice in enumerate(item.get("choices") or ()):
        for name in ("title", "value"):
            if not isinstance(choice.get(name), str) or not choice[name]:
                yield f"{at}/choices/{number}/{name} is no text"


def _actions(actions: Any, at: str) -> Iterator[str]:
    """Teams shows six buttons side by side; more need `mode: secondary`, which puts them behind three dots."""
    primary = [a for a in actions if isinstance(a, dict) and a.get("mode") != "secondary"]
    if len(primary) > MOST_ACTIONS:
        yield f"{at}: {len(primary)} primary actions; {MOST_ACTIONS} are shown"
    for number, action in enumerate(actions):
        if isinstance(action, dict) and not action.get("title"):
            yield f"{at}/{number}: a button needs a title"
