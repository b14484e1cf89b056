"""Teams' rules for Adaptive Cards and dialogs, as far as they are written down or were met; each says what was broken.

From https://adaptivecards.io/explorer and learn.microsoft.com/microsoftteams/platform/task-modules-and-cards. Only what
the product uses is known here: an element or a property of any other kind is a broken rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Part = Mapping[str, Any]

MOST_BYTES = 28 * 1024
MOST_MESSAGE_BYTES = 80 * 1024
"""Of a whole message as UTF-16, as Teams counts."""
MOST_PRIMARY = 6

_STYLES = {"default", "emphasis", "accent", "good", "warning", "attention"}
_SPACINGS = {"none", "small", "default", "medium", "large", "extraLarge", "padding", "Small"}
_ANYWHERE = {"type", "id", "spacing", "separator", "fallback", "isVisible"}
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_READ = ("text", "title", "value", "label", "placeholder", "errorMessage", "fallbackText", "speak", "altText")


def check_card(card: Part) -> None:
    """AssertionError with the broken rule, for the content of an attachment."""
    _rule(card.get("type") == "AdaptiveCard", f"a card of type {card.get('type')}")
    _rule(
        card.get("version") in {"1.5"},
        f"version {card.get('version')}: Action.Execute needs 1.4, its menu 1.5",
    )
    _keys(
        card, "version", "$schema", "fallbackText", "speak", "msteams", "refresh", "body", "actions", "lang"
    )
    _rule(bool(card.get("fallbackText")), "fallbackText is missing")
    _rule(set(card.get("msteams", {})) <= {"width"}, "msteams may hold the width only: no mention entities")
    size = len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())
    _rule(size <= MOST_BYTES, f"{size} bytes")
    if "refresh" in card:
        _refresh(card["refresh"])
    _body(card)
    inputs = [part["id"] for part in parts(card) if str(part.get("type")).startswith("Input.")]
    _rule(len(set(inputs)) == len(inputs), f"ids of inputs must be unique: {inputs}")
    for said in strings(card):
        _rule(not _CONTROLS.search(said), f"control in {said!r}")


def check_task(info: Part) -> None:
    """AssertionError with the broken rule, for the `value` of a dialog that is to open."""
    _rule(set(info) <= {"title", "height", "width", "card", "url"}, f"unknown keys {set(info)}")
    _rule(0 < len(info["title"]) <= 100, "title of a dialog")
    for side in ("height", "width"):
        _rule(info[side] in {"small", "medium", "large"} or 0 < info[side] <= 1_000, f"{side} {info[side]}")
    _rule(info["card"]["contentType"] == "application/vnd.microsoft.card.adaptive", "a dialog shows a card")
    check_card(info["card"]["content"])
    kinds = {part["type"] for part in parts(info["card"]["content"]) if "Action." in str(part.get("type"))}
    _rule(kinds <= {"Action.Submit", "Action.OpenUrl"}, f"a dialog sends by Action.Submit, not {kinds}")


def check_message(activity: Part) -> None:
    """AssertionError with the broken rule, for a whole activity as it is sent."""
    size = len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le"))
    _rule(size <= MOST_MESSAGE_BYTES, f"{size} bytes in a message")
    for each in activity.get("attachments", ()):
        _rule(each.get("contentType") == "application/vnd.microsoft.card.adaptive", f"attachment {each}")
        check_card(each["content"])


def parts(of: Any) -> Iterator[Part]:
    """Every object in the card, however deep; not what its actions carry for us."""
    if isinstance(of, Mapping):
        yield of
        for key, each in of.items():
            if key != "data" or str(of.get("type")).startswith("Chart."):
                yield from parts(each)
    elif isinstance(of, (list, tuple)):
        for each in of:
            yield from parts(each)


def strings(of: Any) -> Iterator[str]:
    """Every string that people may read or hear on the card."""
    for part in parts(of):
        for key in _READ:
            if isinstance(part.get(key), str):
                yield part[key]


# -- elements ---------------------------------------------------------------------------------------------------


def _body(card: Part) -> None:
    _rule(len(card.get("body", ())) > 0, "an empty body")
    _elements(card["body"])
    _actions(card.get("actions", []))


def _elements(elements: Sequence[Part]) -> None:
    for element in elements:
        _rule(element.get("type") in _ELEMENTS, f"an element of type {element.get('type')}")
        _rule(element.get("spacing", "default") in _SPACINGS, f"spacing {element.get('spacing')}")
        _ELEMENTS[element["type"]](element)
        if isinstance(element.get("fallback"), Mapping):
            _elements([element["fallback"]])


def _text_block(block: Part) -> None:
    _keys(block, "text", "style", "size", "weight", "wrap", "isSubtle", "color")
    _filled(block, "text")
    _rule(block.get("wrap") is True, "a TextBlock that does not wrap is cut off")
    _rule(block.get("style", "default") in {"default", "heading"}, f"style {block.get('style')}")


def _rich_text(block: Part) -> None:
    _keys(block, "inlines")
    _rule(len(block["inlines"]) > 0, "no inlines")
    for run in block["inlines"]:
        _rule(run.get("type") == "TextRun", f"an inline of type {run.get('type')}")
        _keys(run, "text", "weight", "size", "isSubtle", "fontType", "color", "italic")
        _filled(run, "text")


def _container(block: Part) -> None:
    _keys(block, "items", "style", "bleed")
    _rule(block.get("style", "default") in _STYLES, f"style {block.get('style')}")
    _rule(len(block["items"]) > 0, "an empty container")
    _elements(block["items"])


def _column_set(block: Part) -> None:
    _keys(block, "columns")
    for column in block["columns"]:
        _rule(column["type"] == "Column" and column["width"] in {"auto", "stretch"}, f"column {column}")
        _keys(column, "width", "items", "verticalContentAlignment")
        _elements(column["items"])


def _fact_set(block: Part) -> None:
    _keys(block, "facts")
    _rule(len(block["facts"]) > 0, "no facts")
    for fact in block["facts"]:
        _rule(set(fact) == {"title", "value"} and all(fact.values()), f"fact {fact}")


def _action_set(block: Part) -> None:
    _keys(block, "actions")
    _rule(len(block["actions"]) > 0, "no actions")
    _actions(block["actions"])


def _chart(block: Part) -> None:
    _keys(block, "title", "data", "showBarValues")
    _rule(isinstance(block.get("fallback"), Mapping), "a chart needs a fallback")
    for point in block["data"]:
        _rule(set(point) <= {"x", "y", "color"} and isinstance(point["x"], str), f"point {point}")
        _rule(point["y"] == point["y"] and abs(point["y"]) != float("inf"), f"no number: {point}")
    _unique((point["x"] for point in block["data"]), "labels of a chart")


def _text_input(block: Part) -> None:
    _input(block, "isMultiline", "maxLength", "placeholder", "value")
    _rule(0 < block["maxLength"] <= 3_000, "maxLength")


def _choices(block: Part) -> None:
    _input(block, "style", "choices", "wrap", "placeholder", "value")
    _rule(block["style"] in {"compact", "expanded"}, f"style {block['style']}")
    _rule(len(block["choices"]) > 0, "no choices")
    _rule(
        (block["style"] == "expanded") == (len(block["choices"]) <= 4), "few are seen at once, more in a list"
    )
    for choice in block["choices"]:
        _rule(set(choice) == {"title", "value"} and all(choice.values()), f"choice {choice}")
    _unique((choice["value"] for choice in block["choices"]), "values of choices")


def _input(block: Part, *known: str) -> None:
    _keys(block, "label", "isRequired", "errorMessage", *known)
    _filled(block, "id")
    _filled(block, "label")
    _rule(not block.get("isRequired") or bool(block.get("errorMessage")), "required without an errorMessage")


_ELEMENTS: Mapping[str, Callable[[Part], None]] = {
    "TextBlock": _text_block,
    "RichTextBlock": _rich_text,
    "Container": _container,
    "ColumnSet": _column_set,
    "FactSet": _fact_set,
    "ActionSet": _action_set,
    "Chart.HorizontalBar": _chart,
    "Chart.VerticalBar": _chart,
    "Input.Text": _text_input,
    "Input.ChoiceSet": _choices,
}

# -- actions ----------------------------------------------------------------------------------------------------


def _actions(actions: Sequence[Part]) -> None:
    for action in actions:
        _action(action)
    primary = [action for action in actions if action.get("mode", "primary") == "primary"]
    _rule(len(primary) <= MOST_PRIMARY, f"{len(primary)} actions side by side")


def _action(action: Part) -> None:
    look = ("title", "style", "mode", "tooltip")
    _filled(action, "title")
    _rule(action.get("style", "default") in {"default", "positive", "destructive"}, f"{action.get('style')}")
    _rule(action.get("mode", "primary") in {"primary", "secondary"}, f"mode {action.get('mode')}")
    match action["type"]:
        case "Action.Execute":
            _keys(action, *look, "verb", "data")
            _filled(action, "verb")
            _rule(isinstance(action["data"], Mapping), "data is an object")
            fallback = action.get("fallback", {})
            _rule(fallback.get("type") == "Action.Submit", "Action.Execute needs its Action.Submit")
            _rule(fallback["data"] == action["data"], "the fallback carries the same data")
            _action(fallback)
        case "Action.Submit":
            _keys(action, *look, "data")
            _rule(isinstance(action["data"], Mapping), "data is an object")
        case "Action.OpenUrl":
            _keys(action, *look, "url")
            parts_ = urlsplit(action["url"])
            _rule(parts_.scheme in {"http", "https"} and bool(parts_.hostname), f"url {action['url']}")
            _rule(action["url"].isascii() and "@" not in parts_.netloc, f"url {action['url']}")
        case "Action.ShowCard":
            _keys(action, *look, "card")
            _rule(action.get("mode") != "secondary", "Teams' menu opens no card")
            _rule(action["card"]["type"] == "AdaptiveCard", "ShowCard shows a card")
            _body(action["card"])
        case kind:
            _rule(False, f"an action of type {kind}")


def _refresh(refresh: Part) -> None:
    _rule(set(refresh) == {"action", "userIds"}, f"refresh {set(refresh)}")
    _rule(1 <= len(refresh["userIds"]) <= 60, f"{len(refresh['userIds'])} people to refresh for")
    _unique(refresh["userIds"], "userIds")
    _rule(
        refresh["action"]["type"] == "Action.Execute" and bool(refresh["action"]["verb"]), "refresh executes"
    )


# -- rules ------------------------------------------------------------------------------------------------------


def _keys(part: Part, *known: str) -> None:
    unknown = set(part) - _ANYWHERE - set(known)
    _rule(not unknown, f"unknown keys in a {part['type']}: {unknown}")


def _filled(part: Part, key: str) -> None:
    value = part.get(key)
    _rule(isinstance(value, str) and bool(value.strip()), f"{part['type']} without {key}")


def _unique(values: Iterable[str], what: str) -> None:
    seen = list(values)
    _rule(len(set(seen)) == len(seen), f"{what} must be unique: {seen}")


def _rule(holds: bool, broken: str) -> None:
    assert holds, broken
