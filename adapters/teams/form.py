"""The small form that a button asks with: as a dialog, and as a message where dialogs do not open.

A dialog is a task module with an Adaptive Card
(https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.teams.buttons import prose, run, small
from adapters.teams.press import SEND, UNSTORABLE, Pressed, pack, read, size, typed
from adapters.teams.render import SCHEMA, VERSION, attached
from adapters.teams.text import MOST_LABEL, line, neutral, notification, verbatim
from bot.cards.card import Choice, Input

SEND_IT: Final = "Send"
PICK: Final = "Choose…"
HEARS: Final = "Baton will hear: {words} …"
NOT_ANSWERED: Final = "This needs an answer: “{label}”"
NOT_OFFERED: Final = "“{label}” was answered with something that was not offered."
NOT_A_FORM: Final = "This is no form of Baton's."

FORM: Final = "form"

_MOST_TITLE: Final = 60
_MOST_FIELD_LABEL: Final = 500
_MOST_HINT: Final = 250
_MOST_TYPED: Final = 3_000
_MOST_ORIGIN: Final = 4_000
_MOST_OPTION: Final = 200
_FEW_OPTIONS: Final = 4
"""Up to so many are seen at once, without opening a list."""
_MOST_OPTIONS: Final = 200

# In points, as the dialog is measured: it cannot grow by itself.
_FRAME, _A_LINE, _SOME_LINES, _AN_OPTION, _A_LABEL = 140, 40, 110, 36, 44
_WIDTH, _TALLEST = 480, 640

Block = dict[str, Any]


class Unanswered(ValueError):
    """A field that must be answered was left empty; the text is for the person. `field` is its index."""

    def __init__(self, field: int, label: str) -> None:
        super().__init__(NOT_ANSWERED.format(label=label))
        self.field = field


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was sent. `origin` is what it was made with; `values` are those of the fields, in order."""

    pressed: Pressed
    origin: Mapping[str, Any]
    values: tuple[str, ...]


def dialog(pressed: Pressed, *, origin: Mapping[str, Any]) -> Block:
    """A task module's TaskInfo. `origin` (say, where the answer belongs) comes back with the form.

    Raises ValueError when words or origin are longer than a dialog may carry.
    """
    submit = {
        "type": "Action.Submit",
        "title": _title(pressed),
        "style": "positive",
        "data": _data(pressed, origin),
    }
    return {
        "title": line(pressed.label, _MOST_TITLE),
        "height": min(_TALLEST, _FRAME + sum(_height(_showable(field)) for field in pressed.fields)),
        "width": _WIDTH,
        "card": attached(_card(pressed, [], submit)),
    }


def inline(pressed: Pressed, *, origin: Mapping[str, Any] | None = None) -> Block:
    """The same form as a card of its own, for a message. Raises ValueError as `dialog` does."""
    data = _data(pressed, origin or {})
    look = {"title": SEND_IT, "style": "positive", "data": data}
    send = {
        "type": "Action.Execute",
        **look,
        "verb": SEND,
        "fallback": {"type": "Action.Submit", **look},
    }
    return _card(pressed, [_heading(pressed)], send)


def read_dialog(data: Mapping[str, Any]) -> Form:
    """What a form, in a dialog or a message, was sent with: the data of its button and the values typed.

    Raises Unanswered, and ValueError for what no form of ours can send.
    """
    origin = data.get("o")
    if data.get("do") != FORM or not isinstance(origin, Mapping):
        raise ValueError(NOT_A_FORM)
    pressed = read(data)
    values = tuple(_value(index, field, data) for index, field in enumerate(pressed.fields))
    return Form(pressed, origin, values)


def said(pressed: Pressed, values: Sequence[str]) -> str:
    """The words with the values behind them in order, exactly as if typed; what was left empty adds nothing."""
    return " ".join((pressed.words, *(value.strip() for value in values if value.strip())))


def input_of(field_index: int) -> str:
    """The input's id of that field, the same in a dialog and in a message."""
    return f"field{field_index}"


# -- showing ------------------------------------------------------------------------------------------------


def _data(pressed: Pressed, origin: Mapping[str, Any]) -> Block:
    if size(origin) > _MOST_ORIGIN:
        raise ValueError(f"too long for a form: {size(origin)} bytes of origin")
    return {"do": FORM, **pack(pressed), "o": dict(origin)}


def _card(pressed: Pressed, above: Sequence[Block], action: Block) -> Block:
    inputs = [_input(index, field) for index, field in enumerate(pressed.fields)]
    hears = small(HEARS.format(words=pressed.words), 300)
    spoken = notification(pressed.label)
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "fallbackText": spoken,
        "speak": spoken,
        "body": [*above, *inputs, hears],
        "actions": [action],
    }


def _heading(pressed: Pressed) -> Block:
    return prose(run(line(pressed.label, _MOST_TITLE), weight="Bolder"))


def _title(pressed: Pressed) -> str:
    return verbatim(line(pressed.label, MOST_LABEL))


def _input(index: int, field: Choice | Input) -> Block:
    """Labels and options are drawn by Teams as it likes, so Markdown must find nothing in them."""
    shown = _showable(field)
    label = neutral(line(shown.label, _MOST_FIELD_LABEL))
    needed = not (isinstance(shown, Input) and shown.optional)
    return {
        **(_picker(shown) if isinstance(shown, Choice) else _typing(shown)),
        "id": input_of(index),
        "label": label,
        **({"isRequired": True, "errorMessage": NOT_ANSWERED.format(label=label)} if needed else {}),
    }


def _showable(field: Choice | Input) -> Choice | Input:
    """A list of more or longer options than a person can pick from is typed instead."""
    if isinstance(field, Input):
        return field
    values = [value for value, _ in field.options]
    fits = 0 < len(values) <= _MOST_OPTIONS and len(set(values)) == len(values)
    return field if fits and all(0 < len(value) <= _MOST_OPTION for value in values) else typed(field)


def _picker(choice: Choice) -> Block:
    options = [
        {"title": neutral(line(shown, _MOST_OPTION)), "value": UNSTORABLE.sub("", value)}
        for value, shown in choice.options
    ]
    few = len(options) <= _FEW_OPTIONS
    return {
        "type": "Input.ChoiceSet",
        "style": "expanded" if few else "compact",
        "wrap": True,
        "choices": options,
        **({} if few else {"placeholder": PICK}),
        **({"value": options[0]["value"]} if len(options) == 1 else {}),
    }


def _typing(field: Input) -> Block:
    hint = line(field.hint, _MOST_HINT) if field.hint else ""
    return {
        "type": "Input.Text",
        "isMultiline": field.long,
        "maxLength": _MOST_TYPED,
        **({"value": UNSTORABLE.sub("", field.value)[:_MOST_TYPED]} if field.value else {}),
        **({"placeholder": verbatim(hint)} if hint else {}),
    }


def _height(shown: Choice | Input) -> int:
    if isinstance(shown, Input):
        return _A_LABEL + (_SOME_LINES if shown.long else _A_LINE)
    return _A_LABEL + (_AN_OPTION * len(shown.options) if len(shown.options) <= _FEW_OPTIONS else _A_LINE)


# -- reading: a form comes back from outside, so only what we asked for is taken ---------------------------------


def _value(index: int, field: Choice | Input, data: Mapping[str, Any]) -> str:
    shown = _showable(field)
    value = data.get(input_of(index))
    if value is not None and not isinstance(value, str):
        raise ValueError(NOT_OFFERED.format(label=shown.label))
    if value and isinstance(shown, Choice) and value not in [offered for offered, _ in shown.options]:
        raise ValueError(NOT_OFFERED.format(label=shown.label))
    text = UNSTORABLE.sub("", value or "")[:_MOST_TYPED]
    if not text.strip() and not (isinstance(shown, Input) and shown.optional):
        raise Unanswered(index, shown.label)
    return text
