"""The small form that a button asks with: as a dialog, and as a message for when a dialog can no longer open.

Limits: https://docs.slack.dev/reference/views/modal-views and .../block-kit/blocks/input-block
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.slack.press import Pressed, decode, pack, typed
from adapters.slack.text import MOST_LABEL, bold, line, marked, plain, plain_line
from bot.cards.card import Choice, Input

SEND: Final = "Send"
CANCEL: Final = "Cancel"
PICK: Final = "Choose…"
HEARS: Final = "Baton will hear: {words} …"
NOT_ANSWERED: Final = "This needs an answer: “{label}”"
NOT_OFFERED: Final = "“{label}” was answered with something that was not offered."
NOT_A_FORM: Final = "This is no form of Baton's."

CALLBACK: Final = "form"
SEND_ACTION: Final = "send:0"
VALUE_ACTION: Final = "value"

_MOST_TITLE: Final = 24
_MOST_FIELD_LABEL: Final = 2_000
_MOST_HINT: Final = 2_000
_MOST_TYPED: Final = 3_000
_MOST_METADATA: Final = 3_000
_MOST_OPTIONS: Final = 100
_MOST_OPTION: Final = 150
_FEW_OPTIONS: Final = 4
"""Up to so many short ones are seen at once, without opening a list."""
_SHORT: Final = 40

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Unanswered(ValueError):
    """A field that must be answered was left empty; the text is for the person. `field` is its index."""

    def __init__(self, field: int, label: str) -> None:
        super().__init__(NOT_ANSWERED.format(label=label))
        self.field = field


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent. `origin` is what `modal` was given; `values` are those of the fields, in order."""

    pressed: Pressed
    origin: str
    values: tuple[str, ...]


def modal(pressed: Pressed, *, origin: str) -> dict[str, Any]:
    """The view of a dialog. `origin` (say, where the answer belongs) comes back with the form.

    Raises ValueError when words and origin are longer than a view may carry.
    """
    metadata = f"{pack(pressed)}\n{origin}"
    if len(metadata) > _MOST_METADATA:
        raise ValueError(f"too long for a dialog: {len(metadata)} characters of words and origin")
    blocks = [_input(index, field, focus=index == 0) for index, field in enumerate(pressed.fields)]
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": metadata,
        "title": plain_line(pressed.label, _MOST_TITLE),
        "submit": plain_line(pressed.label, _MOST_TITLE),
        "close": plain_line(CANCEL, _MOST_TITLE),
        "blocks": [*blocks, _hears(pressed)],
    }


def read_modal(view: Mapping[str, Any]) -> Form:
    """A submitted dialog. Raises Unanswered, and ValueError for what no dialog of ours can send."""
    metadata = view.get("private_metadata")
    if view.get("callback_id") != CALLBACK or not isinstance(metadata, str):
        raise ValueError(NOT_A_FORM)
    value, _, origin = metadata.partition("\n")
    pressed = decode(value)
    return Form(pressed, origin, _values(pressed, view.get("state")))


def inline(pressed: Pressed) -> list[dict[str, Any]]:
    """The same form as blocks of a message. Raises ValueError when its words are too long for a button."""
    send = {
        "type": "button",
        "action_id": SEND_ACTION,
        "style": "primary",
        "text": plain_line(SEND),
        "value": pack(pressed),
    }
    return [
        {"type": "section", "text": marked(bold(line(pressed.label, 150)))},
        *(_input(index, field) for index, field in enumerate(pressed.fields)),
        {"type": "actions", "elements": [send]},
        _hears(pressed),
    ]


def read_inline(value: str, state: Mapping[str, Any]) -> tuple[Pressed, tuple[str, ...]]:
    """What the form in a message was sent with: the `Send` button's value, and the payload's `state`.

    Slack does not insist on answers there, so Unanswered is common. Raises ValueError as `read_modal` does.
    """
    pressed = decode(value)
    return pressed, _values(pressed, state)


def said(pressed: Pressed, values: Sequence[str]) -> str:
    """The words with the values behind them in order, exactly as if typed; what was left empty adds nothing."""
    return " ".join((pressed.words, *(value.strip() for value in values if value.strip())))


def block_of(field_index: int) -> str:
    """The block id of that field, the same in a dialog and in a message."""
    return f"field:{field_index}"


# -- showing ------------------------------------------------------------------------------------------------


def _input(index: int, field: Choice | Input, *, focus: bool = False) -> dict[str, Any]:
    shown = _showable(field)
    element = _picker(shown) if isinstance(shown, Choice) else _typing(shown, focus=focus)
    hint = shown.hint if isinstance(shown, Input) else ""
    return {
        "type": "input",
        "block_id": block_of(index),
        "label": plain(shown.label, _MOST_FIELD_LABEL),
        "optional": isinstance(shown, Input) and shown.optional,
        "element": element,
        **({"hint": plain(hint, _MOST_HINT)} if hint else {}),
    }


def _showable(field: Choice | Input) -> Choice | Input:
    """A list of more or longer options than Slack shows is typed instead."""
    if isinstance(field, Input):
        return field
    fits = 0 < len(field.options) <= _MOST_OPTIONS
    return (
        field if fits and all(0 < len(value) <= _MOST_OPTION for value, _ in field.options) else typed(field)
    )


def _picker(choice: Choice) -> dict[str, Any]:
    options = [{"text": plain_line(shown, MOST_LABEL), "value": value} for value, shown in choice.options]
    only = {"initial_option": options[0]} if len(options) == 1 else {}
    few = len(options) <= _FEW_OPTIONS and all(len(shown) <= _SHORT for _, shown in choice.options)
    if few:
        return {"type": "radio_buttons", "action_id": VALUE_ACTION, "options": options, **only}
    placeholder = {"placeholder": plain_line(PICK)}
    return {"type": "static_select", "action_id": VALUE_ACTION, "options": options, **placeholder, **only}


def _typing(field: Input, *, focus: bool) -> dict[str, Any]:
    return {
        "type": "plain_text_input",
        "action_id": VALUE_ACTION,
        "multiline": field.long,
        "max_length": _MOST_TYPED,
        **({"initial_value": field.value[:_MOST_TYPED]} if field.value else {}),
        **({"focus_on_load": True} if focus else {}),
    }


def _hears(pressed: Pressed) -> dict[str, Any]:
    return {"type": "context", "elements": [plain_line(HEARS.format(words=pressed.words), 300)]}


# -- reading: a form comes back from outside, so only what we asked for is taken ---------------------------------


def _values(pressed: Pressed, state: Any) -> tuple[str, ...]:
    blocks = state.get("values", state) if isinstance(state, Mapping) else {}
    return tuple(_value(index, field, blocks) for index, field in enumerate(pressed.fields))


def _value(index: int, field: Choice | Input, blocks: Mapping[str, Any]) -> str:
    shown = _showable(field)
    block = blocks.get(block_of(index))
    element = block.get(VALUE_ACTION) if isinstance(block, Mapping) else None
    answer = element if isinstance(element, Mapping) else {}
    if isinstance(shown, Choice):
        picked = answer.get("selected_option")
        value = picked.get("value") if isinstance(picked, Mapping) else None
        if value is not None and value not in [offered for offered, _ in shown.options]:
            raise ValueError(NOT_OFFERED.format(label=shown.label))
    else:
        value = answer.get("value")
    if value is not None and not isinstance(value, str):
        raise ValueError(NOT_OFFERED.format(label=shown.label))
    text = _UNSTORABLE.sub("", value or "")[:_MOST_TYPED]
    if not text.strip() and not (isinstance(shown, Input) and shown.optional):
        raise Unanswered(index, shown.label)
    return text
