"""What an invoke is answered with: bodies in Teams' own forms. Pure.

learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/
work-with-universal-actions-for-adaptive-cards, and .../task-modules/task-modules-bots
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.teams.buttons import prose, run
from adapters.teams.door import Answer
from adapters.teams.press import REFRESH
from adapters.teams.render import CONTENT_TYPE, attachment
from bot.cards.card import Card
from bot.cards.trim import line

TITLE: Final = "Baton"
BACK: Final = "Back to the case"

MESSAGE: Final = "application/vnd.microsoft.activity.message"

UNKNOWN: Final = Answer(status=501)
"""For an invoke that nobody here hears."""

CLOSED: Final = Answer()
"""Closes the dialog that was sent."""

_MOST_SAID: Final = 1_000
_WIDTH = _HEIGHT = "medium"

Body = dict[str, Any]


def card(content: Mapping[str, Any]) -> Answer:
    """This card instead of the pressed one, for who pressed it alone."""
    return Answer(body={"statusCode": 200, "type": CONTENT_TYPE, "value": dict(content)})


def message(sentence: str) -> Answer:
    """A sentence at the pressed card, for who pressed it alone; the card stays."""
    return Answer(body={"statusCode": 200, "type": MESSAGE, "value": line(sentence, _MOST_SAID)})


def with_way_back(content: Mapping[str, Any], case_id: int) -> Body:
    """The card with a button that shows the case again: what stands in its place must not hide it for ever."""
    data = {"view": "case", "subject": str(case_id)}
    back = {"type": "Action.Execute", "title": BACK, "verb": REFRESH, "data": data}
    return {**content, "actions": [*(content.get("actions") or ()), back]}


def dialog(info: Mapping[str, Any]) -> Answer:
    """Opens this dialog (a TaskInfo), or shows it in the open one's place."""
    return Answer(body={"task": {"type": "continue", "value": dict(info)}})


def dialog_message(sentence: str) -> Answer:
    """A sentence in the dialog's place."""
    return Answer(body={"task": {"type": "message", "value": line(sentence, _MOST_SAID)}})


def dialog_card(shown: Card) -> Answer:
    """The card as a dialog."""
    return dialog({"title": TITLE, "width": _WIDTH, "height": _HEIGHT, "card": submitting(attachment(shown))})


def dialog_again(info: Mapping[str, Any], sentence: str, typed: Mapping[str, Any]) -> Answer:
    """The same dialog with the sentence on top; what was typed is still there."""
    shown = info["card"]
    content = shown["content"]
    told = prose(run(line(sentence, _MOST_SAID), color="Attention", weight="Bolder"))
    body = [told, *(_filled(element, typed) for element in content.get("body") or ())]
    return dialog({**info, "card": {**shown, "content": {**content, "body": body}}})


def submitting(content: Any) -> Any:
    """The same card for a dialog, where Action.Execute does not work: each becomes the Action.Submit beside it."""
    if isinstance(content, list):
        return [submitting(each) for each in content]
    if not isinstance(content, Mapping):
        return content
    if content.get("type") == "Action.Execute":
        kept = {key: each for key, each in content.items() if key not in ("verb", "fallback")}
        return {**kept, "type": "Action.Submit"}
    # Nor does a dialog open a dialog: asked for like everything else, the next form takes its place.
    left_out = ("refresh", "msteams")
    return {key: submitting(each) for key, each in content.items() if key not in left_out}


def _filled(element: Any, typed: Mapping[str, Any]) -> Any:
    """The element with what was typed into it, wherever inside it."""
    if isinstance(element, list):
        return [_filled(each, typed) for each in element]
    if not isinstance(element, Mapping):
        return element
    filled = {key: _filled(each, typed) for key, each in element.items()}
    value = typed.get(str(element.get("id"))) if str(element.get("type", "")).startswith("Input.") else None
    return filled | {"value": value} if isinstance(value, str) else filled
