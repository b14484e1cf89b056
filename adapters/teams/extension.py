"""The message extension: any message of Teams, filed as a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.teams import bodies
from adapters.teams.dialogs import Dialogs, answered
from adapters.teams.door import Answer
from adapters.teams.ear import Ear
from adapters.teams.manifest import FILE_CASE
from adapters.teams.markup import tidy
from adapters.teams.messages import Activity, part, text, where_of
from adapters.teams.plain import files_of, plain_html
from bot.cards.trim import block

EMPTY: Final = (
    "There are no words in this message, so there is nothing to file. Tell me: file, and the words."
)

_HTML: Final = "html"
_MOST: Final = 7_000
"""Characters of a message that are filed: what the desk hears is limited."""


class Extension:
    """Hears what is chosen from a message's menu. The answer stands in a dialog, which only who chose it sees.

    The message is filed at once: choosing it says so, and choosing it again finds the same case.
    """

    def __init__(self, ear: Ear, dialogs: Dialogs) -> None:
        self._ear = ear
        self._dialogs = dialogs

    async def hear(self, activity: Activity) -> Answer:
        """Returns once the effect is committed."""
        value = activity.get("value")
        if part(value, "data"):
            return await self._dialogs.submitted(activity)  # A button of the dialog that we answered with.
        if not isinstance(value, Mapping) or value.get("commandId") != FILE_CASE:
            return bodies.UNKNOWN
        return await self._filed(activity, part(value, "messagePayload"))

    async def _filed(self, activity: Activity, payload: Mapping[str, Any]) -> Answer:
        written = _written(payload)
        if not written:
            return bodies.dialog_message(EMPTY)
        link = "" if "http://" in written or "https://" in written else _link(payload)
        words = " ".join(filter(None, ("file", block(written, _MOST), link)))
        id = text(payload, "id")
        message = f"{where_of(activity).conversation}:{id}" if id else None
        card = await self._ear.hear(activity, words, message=message)
        return bodies.CLOSED if card is None else answered(card)


def _written(payload: Mapping[str, Any]) -> str:
    """The message's words; those of its subject and attachments beside, or instead of, none of its own."""
    body = part(payload, "body")
    content = text(body, "content")
    plain = plain_html(content) if text(body, "contentType") == _HTML else tidy(content)
    return "\n".join(
        filter(None, (tidy(text(payload, "subject")), plain, files_of(payload.get("attachments"))))
    )


def _link(payload: Mapping[str, Any]) -> str:
    """Where the message itself stands."""
    link = text(payload, "linkToMessage")
    return (
        link if link.startswith(("https://", "http://")) and not any(each.isspace() for each in link) else ""
    )
