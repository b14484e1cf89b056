"""Slack's rules for blocks and views, as far as they are written down or were met; each says what was broken.

From https://docs.slack.dev/reference/block-kit/blocks, …/block-elements, …/composition-objects and …/views.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Part = Mapping[str, Any]

MOST_CHARACTERS = 13_200
"""Of a message's blocks together."""

_STYLES = {"bold", "italic", "strike", "code"}
_BROADCASTS = ("<!channel", "<!here", "<!everyone")
_LAYOUT = {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}


def check_blocks(blocks: Sequence[Part], *, most: int) -> None:
    """AssertionError with the broken rule. `most` is 50 for a message and 100 for a view."""
    _rule(0 < len(blocks) <= most, f"1 to {most} blocks, not {len(blocks)}")
    json.dumps(list(blocks)).encode()
    for block in blocks:
        _rule(block.get("type") in _BLOCKS, f"a block of type {block.get('type')}")
        _length(block.get("block_id", "x"), 255, "block_id")
        _BLOCKS[block["type"]](block)
    _unique((block["block_id"] for block in blocks if "block_id" in block), "block_id")
    buttons = [part["action_id"] for part in parts(blocks) if part.get("type") == "button"]
    _unique(buttons, "action_id of buttons")
    for said in strings(blocks):
        _rule(
            all(char.isprintable() or char in "\n\u200d" or ord(char) > 159 for char in said),
            f"control in {said!r}",
        )
        said.encode()
    if most <= 50:
        total = len(json.dumps(blocks, separators=(",", ":"), ensure_ascii=False))
        _rule(total <= MOST_CHARACTERS, f"{total} characters in all")


def check_view(view: Part) -> None:
    """AssertionError with the broken rule, for a modal or a Home."""
    modal = view.get("type") == "modal"
    _rule(modal or view.get("type") == "home", f"a view of type {view.get('type')}")
    check_blocks(view["blocks"], most=100)
    _length(view.get("private_metadata", "x"), 3_000, "private_metadata", least=0)
    _length(view.get("callback_id", "x"), 255, "callback_id")
    if modal:
        _plain(view["title"], 24, "title")
    for name in ("submit", "close"):
        if name in view:
            _rule(modal, f"a Home has no {name}")
            _plain(view[name], 24, name)
    if any(block["type"] == "input" for block in view["blocks"]):
        _rule(not modal or "submit" in view, "inputs without submit")
    _rule(sum(bool(part.get("focus_on_load")) for part in parts(view["blocks"])) <= 1, "one focus")


def parts(of: Any) -> Iterator[Part]:
    """Every object in the blocks, however deep."""
    if isinstance(of, Mapping):
        yield of
        for each in of.values():
            yield from parts(each)
    elif isinstance(of, (list, tuple)):
        for each in of:
            yield from parts(each)


def strings(of: Any) -> Iterator[str]:
    """Every string that people may read in the blocks."""
    for part in parts(of):
        for key in ("text", "alt_text"):
            if isinstance(part.get(key), str):
                yield part[key]


# -- blocks -----------------------------------------------------------------------------------------------------


def _section(block: Part) -> None:
    _keys(block, "text", "fields", "accessory", "expand")
    _rule("text" in block or "fields" in block, "a section without text")
    if "text" in block:
        _text(block["text"], 3_000, "section")
    _rule(len(block.get("fields", ())) <= 10, "more than 10 fields")
    for field in block.get("fields", ()):
        _text(field, 2_000, "field")
    if "accessory" in block:
        _element(block["accessory"])


def _header(block: Part) -> None:
    _keys(block, "text")
    _plain(block["text"], 150, "header")


def _context(block: Part) -> None:
    _keys(block, "elements")
    _rule(1 <= len(block["elements"]) <= 10, "1 to 10 elements in a context")
    for element in block["elements"]:
        if element.get("type") != "image":
            _text(element, 3_000, "context")


def _actions(block: Part) -> None:
    _keys(block, "elements")
    _rule(1 <= len(block["elements"]) <= 25, "1 to 25 elements in actions")
    for element in block["elements"]:
        _element(element)
    _unique((element["action_id"] for element in block["elements"]), "action_id")


def _image(block: Part) -> None:
    _keys(block, "image_url", "slack_file", "alt_text", "title")
    _length(block["alt_text"], 2_000, "alt_text")
    _rule(("image_url" in block) != ("slack_file" in block), "one of image_url and slack_file")
    _rule(
        "slack_file" not in block or len({"id", "url"} & set(block["slack_file"])) == 1, "one of id and url"
    )
    if "title" in block:
        _plain(block["title"], 2_000, "title")


def _input(block: Part) -> None:
    _keys(block, "label", "element", "hint", "optional", "dispatch_action")
    _plain(block["label"], 2_000, "label")
    if "hint" in block:
        _plain(block["hint"], 2_000, "hint")
    _element(block["element"])
    _rule(block["element"]["type"] != "button", "a button as an input")


def _rich_text(block: Part) -> None:
    _keys(block, "elements")
    _rule(len(block["elements"]) > 0, "an empty rich_text")
    for element in block["elements"]:
        _rule(element.get("type") in _LAYOUT, f"{element.get('type')} in rich_text")
        _rule(len(element["elements"]) > 0, f"an empty {element['type']}")
        if element["type"] == "rich_text_list":
            _rule(element["style"] in ("bullet", "ordered"), "a list's style")
            _rule(
                all(each["type"] == "rich_text_section" for each in element["elements"]), "sections in a list"
            )
            runs = [run for each in element["elements"] for run in each["elements"]]
        else:
            runs = element["elements"]
        for run in runs:
            _run(run)


def _run(run: Part) -> None:
    if run.get("type") == "text":
        _rule(set(run) <= {"type", "text", "style"}, f"unknown keys in a run: {set(run)}")
        _length(run["text"], 12_000, "run")
        _rule(set(run.get("style", {})) <= _STYLES, "a run's style")
    else:
        _rule(
            run.get("type") in ("link", "emoji", "user", "channel", "date"),
            f"a run of type {run.get('type')}",
        )


def _divider(block: Part) -> None:
    _keys(block)


_BLOCKS: dict[str, Callable[[Part], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "divider": _divider,
}

# -- elements ---------------------------------------------------------------------------------------------------


def _element(element: Part) -> None:
    _rule(element.get("type") in _ELEMENTS, f"an element of type {element.get('type')}")
    _length(element["action_id"], 255, "action_id")
    if "placeholder" in element:
        _plain(element["placeholder"], 150, "placeholder")
    _ELEMENTS[element["type"]](element)


def _button(button: Part) -> None:
    known = {"type", "action_id", "text", "value", "url", "style", "confirm", "accessibility_label"}
    _rule(set(button) <= known, f"unknown keys on a button: {set(button) - known}")
    _plain(button["text"], 75, "button")
    _length(button.get("value", "x"), 2_000, "value")
    _rule(button.get("style", "primary") in ("primary", "danger"), "a button's style")
    if "url" in button:
        _length(button["url"], 3_000, "url")
        parts_ = urlsplit(button["url"])
        _rule(
            button["url"].isascii() and parts_.scheme.lower() in ("http", "https") and bool(parts_.hostname),
            "url",
        )
    if "confirm" in button:
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            _text(button["confirm"][name], most, f"confirm's {name}")


def _static_select(element: Part) -> None:
    _options(element, 100)


def _radio_buttons(element: Part) -> None:
    _options(element, 10)


def _options(element: Part, most: int) -> None:
    _rule(1 <= len(element["options"]) <= most, f"1 to {most} options")
    for option in element["options"]:
        _plain(option["text"], 75, "option")
        _length(option["value"], 150, "option's value")
    initial = element.get("initial_option")
    _rule(initial is None or initial in element["options"], "an initial option that is none")


def _plain_text_input(element: Part) -> None:
    _rule(1 <= element.get("max_length", 1) <= 3_000, "max_length")
    _length(element.get("initial_value", "x"), element.get("max_length", 3_000), "initial_value")


_ELEMENTS: dict[str, Callable[[Part], None]] = {
    "button": _button,
    "static_select": _static_select,
    "radio_buttons": _radio_buttons,
    "plain_text_input": _plain_text_input,
}

# -- texts ------------------------------------------------------------------------------------------------------


def _text(text: Part, most: int, what: str) -> None:
    if text.get("type") == "plain_text":
        _plain(text, most, what)
        return
    _rule(text.get("type") == "mrkdwn", f"{what}: a text of type {text.get('type')}")
    _rule(set(text) <= {"type", "text", "verbatim"}, f"{what}: unknown keys {set(text)}")
    _length(text["text"], most, what)
    _rule(not any(each in text["text"] for each in _BROADCASTS), f"{what} pings everybody: {text['text']}")


def _plain(text: Part, most: int, what: str) -> None:
    _rule(text.get("type") == "plain_text", f"{what} must be plain_text")
    _rule(set(text) <= {"type", "text", "emoji"}, f"{what}: unknown keys {set(text)}")
    _length(text["text"], most, what)


def _length(text: str, most: int, what: str, *, least: int = 1) -> None:
    _rule(least <= len(text) <= most, f"{what}: {least} to {most} characters, not {len(text)}")


def _keys(block: Part, *known: str) -> None:
    unknown = set(block) - {"type", "block_id", *known}
    _rule(not unknown, f"unknown keys in a {block['type']}: {unknown}")


def _unique(values: Iterable[str], what: str) -> None:
    seen = list(values)
    _rule(len(set(seen)) == len(seen), f"{what} must be unique: {seen}")


def _rule(holds: bool, broken: str) -> None:
    assert holds, broken
