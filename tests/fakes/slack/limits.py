"""What Slack's documents say a message or a view may hold; what breaks them is refused with the reason.

docs.slack.dev/reference/block-kit; `msg_blocks_too_long` as measured in slackapi/bolt-js issues 2509 and 2867.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.fakes.slack.state import Json, Refused, Workspace

MOST_BLOCKS: Final = 50
MOST_VIEW_BLOCKS: Final = 100
MOST_IN_BLOCKS: Final = 13_200
"""Characters of a message's blocks. How Slack counts is not documented; what people measured (13,297 in one markdown
block; 10,563 beside 20 headers, 7,875 beside 40) fits the blocks' JSON as Slack keeps it, with ids and containers."""
MOST_TEXT: Final = 40_000
MOST_NEW_TEXT: Final = 4_000
"""Of `chat.update`."""
MOST_METADATA: Final = 3_000
MOST_TITLE: Final = 24
MOST_CALLBACK: Final = 255

_LENGTHS: Final[Mapping[tuple[str, str], int]] = {
    ("button", "text"): 75,
    ("button", "value"): 2000,
    ("button", "url"): 3000,
    ("button", "accessibility_label"): 75,
    ("section", "text"): 3000,
    ("header", "text"): 150,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
    ("image", "alt_text"): 2000,
    ("image", "title"): 2000,
    ("image", "image_url"): 3000,
    ("plain_text_input", "initial_value"): 3000,
    ("markdown", "text"): 12_000,
}
_OPTION: Final = {"text": 75, "value": 150, "description": 75}
_CONFIRM: Final = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
_INTERACTIVE: Final = frozenset(
    [
        "button",
        "static_select",
        "multi_static_select",
        "users_select",
        "multi_users_select",
        "conversations_select",
        "channels_select",
        "external_select",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "checkboxes",
        "radio_buttons",
        "overflow",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
    ]
)
_MOST_OPTIONS: Final = {"radio_buttons": 10, "checkboxes": 10, "overflow": 5}
_ELEMENTS: Final = {"actions": 25, "context": 10}


def check_message(
    work: Workspace, arguments: Json, most_text: int = MOST_TEXT, *, sized: bool = True
) -> None:
    """Refuses what may not be posted; gives blocks and their elements the names they lack.

    `sized`: all blocks together are measured, which Slack does not do at a `response_url` (bolt-js issue 2867).
    """
    blocks, attachments = arguments.get("blocks"), arguments.get("attachments")
    text = str(arguments.get("text") or "")
    if not (blocks or attachments or text):
        raise Refused("no_text")
    if len(text) > most_text:
        raise Refused("msg_too_long", f"the text has {len(text)} characters; {most_text} fit")
    if blocks is not None:
        check_blocks(work, blocks, MOST_BLOCKS)
    for attachment in attachments or ():
        if attachment.get("blocks") is not None:
            check_blocks(work, attachment["blocks"], MOST_BLOCKS)
    everything = [*(blocks or ()), *(b for a in attachments or () for b in a.get("blocks") or ())]
    if sized and (size := _size(everything)) > MOST_IN_BLOCKS:
        raise Refused("msg_blocks_too_long", f"the blocks have {size} characters; {MOST_IN_BLOCKS} fit")


def check_blocks(work: Workspace, blocks: Any, most: int) -> None:
    """Raises Refused for the first rule that is broken."""
    if not isinstance(blocks, list):
        raise _bad("blocks is no list")
    if len(blocks) > most:
        raise _bad(f"{len(blocks)} blocks; {most} fit")
    named = [block.get("block_id") for block in blocks if block.get("block_id")]
    if len(named) != len(set(named)):
        raise _bad(f"two blocks have one block_id: {sorted(named)}")
    for number, block in enumerate(blocks):
        try:
            _check_block(work, block)
        except SlackObjectFormationError as error:
            raise _bad(f"/blocks/{number}: {error}") from error
        except Refused as refused:
            raise _bad(f"/blocks/{number}: {refused.rule}") from refused
        except TypeError as error:  # the SDK's classes are called with what the block holds
            raise _bad(f"/blocks/{number}: {error}") from error
    _name(work, blocks)


def check_view(work: Workspace, view: Any, kind: str) -> None:
    """Refuses a view that Slack would not show."""
    if not isinstance(view, dict) or view.get("type") != kind:
        raise _bad_view(f"a view of type {kind} is wanted")
    blocks = view.get("blocks")
    if not blocks:
        raise _bad_view("a view needs blocks")
    check_blocks(work, blocks, MOST_VIEW_BLOCKS)
    if len(view.get("private_metadata") or "") > MOST_METADATA:
        raise _bad_view(f"private_metadata is longer than {MOST_METADATA} characters")
    if len(view.get("callback_id") or "") > MOST_CALLBACK:
        raise _bad_view(f"callback_id is longer than {MOST_CALLBACK} characters")
    if kind == "modal":
        _check_modal(view)


def _check_modal(view: Json) -> None:
    for name in ("title", "submit", "close"):
        given = view.get(name)
        if given is None:
            continue
        if not isinstance(given, dict) or given.get("type") != "plain_text":
            raise _bad_view(f"{name} must be plain_text")
        if not 1 <= len(given["text"]) <= MOST_TITLE:
            raise _bad_view(f"{name} {given['text']!r} must have 1 to {MOST_TITLE} characters")
    if "title" not in view:
        raise _bad_view("a modal needs a title")
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        raise _bad_view("a modal with inputs needs submit")


def _check_block(work: Workspace, block: Any) -> None:
    if not isinstance(block, dict) or "type" not in block:
        raise _bad("a block needs a type")
    if block["type"] in work.strange_blocks:
        return
    parsed = Block.parse(json.loads(json.dumps(block)))
    if parsed is None:
        raise _bad(f"there is no block {block['type']!r}")
    _same_keys(block, parsed.to_dict(), "")
    if len(block.get("elements") or ()) > _ELEMENTS.get(block["type"], 10_000):
        raise _bad(f"more than {_ELEMENTS[block['type']]} elements")
    if len(block.get("fields") or ()) > 10:
        raise _bad("more than 10 fields")
    if block["type"] == "header" and block["text"].get("type") != "plain_text":
        raise _bad("a header is plain_text")
    ids = [part["action_id"] for part in parts(block) if part.get("action_id")]
    if len(ids) != len(set(ids)):
        raise _bad(f"two elements have one action_id: {ids}")
    for part in parts(block):
        _check_part(work, part)


def _check_part(work: Workspace, part: Json) -> None:
    kind = str(part.get("type", ""))
    for (owner, name), most in _LENGTHS.items():
        if owner == kind and name in part:
            _short(part[name], most, f"{kind} {name}")
    if kind in ("mrkdwn", "plain_text") and not part.get("text"):
        raise _bad("a text is empty")
    if kind in ("mrkdwn", "plain_text") and len(part["text"]) > 3000:
        raise _bad("a text is longer than 3000 characters")
    if kind == "button" and part.get("style") not in (None, "primary", "danger"):
        raise _bad(f"a button's style is {part['style']!r}")
    if kind in _INTERACTIVE and len(part.get("action_id") or "") > 255:
        raise _bad("action_id is longer than 255 characters")
    if len(part.get("options") or ()) > _MOST_OPTIONS.get(kind, 100):
        raise _bad(f"more than {_MOST_OPTIONS.get(kind, 100)} options")
    if "options" in part and not part["options"]:
        raise _bad(f"{kind} without options")
    for option in part.get("options") or ():
        for name, most in _OPTION.items():
            if name in option:
                _short(option[name], most, f"option {name}")
    for name, most in _CONFIRM.items():
        if name in (part.get("confirm") or {}):
            _short(part["confirm"][name], most, f"confirm {name}")
    if kind == "image" and "slack_file" in part:
        _known_file(work, part["slack_file"])


def _known_file(work: Workspace, named: Mapping[str, Any]) -> None:
    file = work.files.get(str(named.get("id")))
    if file is None or not file.complete:
        raise _bad(f"there is no complete file {named}")


def parts(node: Any) -> Iterator[Json]:
    """Every object inside a block, the block first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from parts(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for value in node:
            yield from parts(value)


def _same_keys(given: Any, kept: Any, at: str) -> None:
    """Slack refuses properties it does not know; the SDK's classes forget them."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key not in kept and value not in (None, [], {}, ""):
                raise _bad(f"invalid additional property: {at}/{key}")
            _same_keys(value, kept.get(key), f"{at}/{key}")
    elif isinstance(given, list) and isinstance(kept, list):
        for number, (one, other) in enumerate(zip(given, kept, strict=False)):
            _same_keys(one, other, f"{at}/{number}")


def _short(given: Any, most: int, what: str) -> None:
    text = given.get("text", "") if isinstance(given, dict) else given
    if not isinstance(text, str) or not 1 <= len(text) <= most:
        raise _bad(f"{what} must have 1 to {most} characters: {str(text)[:60]!r}")


def _name(work: Workspace, blocks: list[Json]) -> None:
    for block in blocks:
        block.setdefault("block_id", f"b{work.number()}")
        for part in parts(block):
            if part.get("type") in _INTERACTIVE:
                part.setdefault("action_id", f"a{work.number()}")


def _size(blocks: list[Json]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) if blocks else 0


def _bad(rule: str) -> Refused:
    return Refused("invalid_blocks", rule)


def _bad_view(rule: str) -> Refused:
    return Refused("invalid_arguments", rule)
