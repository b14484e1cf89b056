"""Invokes: what Teams wants an answer to at once. Each name to who hears it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from adapters.teams import bodies
from adapters.teams.dialogs import Dialogs
from adapters.teams.door import Answer
from adapters.teams.ear import Ear
from adapters.teams.extension import Extension
from adapters.teams.messages import Activity, text
from adapters.teams.presses import Presses

SURPRISE: Final = "Something went wrong on our side. It is in the log as {id}; tell whoever runs this desk."

ACTION: Final = "adaptiveCard/action"

log = structlog.get_logger(__name__)


class Invokes:
    """Hears invokes. Nothing slower than the desk's own commit comes before an answer."""

    def __init__(self, ear: Ear, presses: Presses) -> None:
        dialogs = Dialogs(ear, presses)
        extension = Extension(ear, dialogs)
        self._hearers: Mapping[str, Callable[[Activity], Awaitable[Answer]]] = {
            ACTION: presses.hear,
            "task/fetch": dialogs.fetched,
            "task/submit": dialogs.submitted,
            "composeExtension/fetchTask": extension.hear,
            "composeExtension/submitAction": extension.hear,
        }

    def hears(self, activity: Activity) -> bool:
        return text(activity, "name") in self._hearers

    async def hear(self, activity: Activity) -> Answer:
        """The answer, once the effect is committed; 501 for what nobody here hears. Never raises."""
        name = text(activity, "name")
        hear = self._hearers.get(name)
        if hear is None:
            log.info("an invoke that nobody hears", name=name[:80])
            return bodies.UNKNOWN
        try:
            return await hear(activity)
        except Exception:  # the edge: a person waits, and should learn that nothing comes
            id = secrets.token_hex(4)
            log.exception("an invoke of Teams failed", id=id, name=name)
            sentence = SURPRISE.format(id=id)
            return bodies.message(sentence) if name == ACTION else bodies.dialog_message(sentence)
