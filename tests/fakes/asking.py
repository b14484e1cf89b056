"""A form as an app shows it: in a message with a button, and as a dialog."""

from __future__ import annotations

from typing import Any

FORM: list[dict[str, Any]] = [
    {
        "type": "input",
        "block_id": "f0",
        "label": {"type": "plain_text", "text": "Department"},
        "element": {
            "type": "static_select",
            "action_id": "v",
            "options": [
                {"text": {"type": "plain_text", "text": t}, "value": t.lower()} for t in ("Press", "Sales")
            ],
        },
    },
    {
        "type": "input",
        "block_id": "f1",
        "optional": True,
        "label": {"type": "plain_text", "text": "Note"},
        "element": {"type": "plain_text_input", "action_id": "v"},
    },
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": "Go"},
                "value": "claim 1",
                "action_id": "say:0:0",
            }
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Hand off"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": FORM[:2],
}
