"""Filling in what a view or a message asks for, as a person does: by the labels they read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.fakes.slack.limits import parts
from tests.fakes.slack.state import Json

Values = Mapping[str, Any]

_EMPTY: Final[Mapping[str, tuple[str, Any]]] = {
    "plain_text_input": ("value", None),
    "email_text_input": ("value", None),
    "url_text_input": ("value", None),
    "number_input": ("value", None),
    "static_select": ("selected_option", None),
    "external_select": ("selected_option", None),
    "radio_buttons": ("selected_option", None),
    "multi_static_select": ("selected_options", []),
    "checkboxes": ("selected_options", []),
    "users_select": ("selected_user", None),
    "multi_users_select": ("selected_users", []),
    "conversations_select": ("selected_conversation", None),
    "channels_select": ("selected_channel", None),
    "datepicker": ("selected_date", None),
    "timepicker": ("selected_time", None),
    "datetimepicker": ("selected_date_time", None),
}
_INITIAL: Final = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_user": "initial_user",
}


def filled(blocks: Sequence[Json], values: Values, *, whole: bool) -> Json:
    """`state.values`: each field by the block's id, its label, or the element's action_id.

    AssertionError for a field that is not there, an option that is not offered, and, with `whole`, for a field
    that Slack's own client would not let go: empty or too long.
    """
    state: Json = {}
    left = dict(values)
    for block, element in _fields(blocks):
        label = block.get("label", {}).get("text", "")
        names = [name for name in (block["block_id"], label, element["action_id"]) if name in left]
        entry = _entry(element, left.pop(names[0]) if names else None)
        key = _EMPTY[element["type"]][0]
        if whole and block["type"] == "input":
            _lets_go(block, element, entry[key], label)
        state.setdefault(block["block_id"], {})[element["action_id"]] = entry
    assert not left, (
        f"there is no field {sorted(left)}; there are {[_named(b, e) for b, e in _fields(blocks)]}"
    )
    return state


def find_element(blocks: Sequence[Json], what: str) -> tuple[Json, Json]:
    """The block and the element with this action_id, or the one button with this label."""
    found = [(block, part) for block in blocks for part in _pressable(block)]
    hits = [(block, part) for block, part in found if part["action_id"] == what]
    hits = hits or [(block, part) for block, part in found if part.get("text", {}).get("text") == what]
    labels = [part.get("text", {}).get("text", part["action_id"]) for _, part in found]
    assert hits, f"there is no {what!r} to press; there are {labels}"
    assert len(hits) == 1, f"{len(hits)} buttons say {what!r}: name one by its action_id of {found}"
    return hits[0]


def labels(blocks: Sequence[Json]) -> list[str]:
    """What can be pressed, as people read it."""
    return [
        part["text"]["text"] for block in blocks for part in _pressable(block) if part["type"] == "button"
    ]


def chosen(element: Json, option: str) -> Json:
    """The option with this value or label. AssertionError when it is not offered."""
    offered = [
        *element.get("options", ()),
        *(o for g in element.get("option_groups", ()) for o in g["options"]),
    ]
    for each in offered:
        if option in (each["value"], each["text"]["text"]):
            return dict(each)
    raise AssertionError(f"{option!r} is not offered: {[o['text']['text'] for o in offered]}")


def _fields(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for part in parts(block):
            if part.get("type") in _EMPTY and "action_id" in part:
                yield block, part


def _pressable(block: Json) -> Iterator[Json]:
    for part in parts(block):
        if part.get("type") in ("button", *_EMPTY) and "action_id" in part:
            yield part


def _entry(element: Json, given: Any) -> Json:
    key, empty = _EMPTY[element["type"]]
    if given is None:
        given = element.get(_INITIAL.get(key, ""), empty)
    elif key == "selected_option":
        given = chosen(element, given)
    elif key == "selected_options":
        given = [chosen(element, each) for each in given]
    elif key == "value":
        given = given or None
    return {"type": element["type"], key: given}


def _lets_go(block: Json, element: Json, value: Any, label: str) -> None:
    assert value or block.get("optional"), f"Slack does not send the form: {label!r} is empty"
    if isinstance(value, str):
        most = element.get("max_length", 3000)
        assert len(value) <= most, f"Slack does not send the form: {label!r} is longer than {most}"


def _named(block: Json, element: Json) -> str:
    return str(block.get("label", {}).get("text") or element["action_id"])
