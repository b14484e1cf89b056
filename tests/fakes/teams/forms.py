"""Filling in and pressing what a card shows, as a person does: by the labels they read."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from tests.fakes.teams.cards import CARD, parts
from tests.fakes.teams.state import Json

Values = Mapping[str, str]
_OLD: Final = ("Action.OpenUrl", "Action.Submit", "Action.ShowCard", "Action.ToggleVisibility")
"""What a client before 1.4 can press."""


def card_of(body: Json) -> Json:
    """The message's one card. AssertionError when it has none."""
    cards = [a["content"] for a in body.get("attachments") or () if a.get("contentType") == CARD]
    assert cards, f"the message has no card: {str(body)[:200]}"
    return copy.deepcopy(cards[0])


def actions(card: Json, *, old_client: bool = False) -> list[Json]:
    """Everything that can be pressed; an old client takes the fallback of what it does not know."""
    found = []
    for part in parts(card):
        if str(part.get("type", "")).startswith("Action."):
            if old_client and part["type"] not in _OLD:
                fallback = part.get("fallback")
                if not isinstance(fallback, dict):
                    continue
                part = {"title": part.get("title"), **fallback}
            found.append(part)
    return found


def labels(card: Json) -> list[str]:
    return [str(action.get("title") or "") for action in actions(card)]


def find_action(card: Json, label: str, *, old_client: bool = False) -> Json:
    """The one action with this title (or id). AssertionError when there is none, or more than one."""
    found = actions(card, old_client=old_client)
    hits = [action for action in found if label in (action.get("title"), action.get("id"))]
    shown = [action.get("title") for action in found]
    assert hits, f"there is no {label!r} to press; there are {shown}"
    assert len(hits) == 1, f"{len(hits)} buttons say {label!r}: {hits}"
    return hits[0]


def asked(card: Json) -> list[str]:
    """The labels of the card's fields."""
    return [str(field.get("label") or field["id"]) for field in _fields(card)]


def filled(card: Json, values: Values) -> Json:
    """What the card's inputs hold after `values` (by label or id, options by their title or value) were typed.

    AssertionError for a field that is not there, an option that is not offered, and for a required field left empty
    or one that is too long: Teams does not send those.
    """
    left, state = dict(values), {}
    for field in _fields(card):
        names = [name for name in (field["id"], field.get("label")) if name in left]
        given = left.pop(names[0]) if names else field.get("value")
        if field["type"] == "Input.ChoiceSet" and given:
            given = _chosen(field, given)
        assert given or not field.get("isRequired"), (
            f"Teams does not send the form: {asked_as(field)} is empty"
        )
        most = field.get("maxLength")
        assert not (most and given and len(given) > most), f"{asked_as(field)} is longer than {most}"
        if given is not None:
            state[field["id"]] = given
    assert not left, f"there is no field {sorted(left)}; there are {asked(card)}"
    return state


def pressed(action: Json, state: Json) -> Json:
    """The action's data, the inputs merged into it."""
    data = copy.deepcopy(action.get("data") or {})
    assert isinstance(data, dict), f"the data of {action.get('title')!r} is no object: {data!r}"
    return data if action.get("associatedInputs") == "none" else {**data, **state}


def asked_as(field: Json) -> str:
    return repr(field.get("label") or field["id"])


def _fields(card: Json) -> list[Json]:
    return [part for part in parts(card) if str(part.get("type", "")).startswith("Input.")]


def _chosen(field: Json, given: Any) -> str:
    for choice in field["choices"]:
        if given in (choice["value"], choice["title"]):
            return str(choice["value"])
    raise AssertionError(f"{given!r} is not offered: {[c['title'] for c in field['choices']]}")
