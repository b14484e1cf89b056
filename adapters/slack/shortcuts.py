"""The message shortcut: any message of Slack, filed as a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from adapters.slack.answers import Origin
from adapters.slack.ear import Ear
from adapters.slack.manifest import FILE_CASE
from adapters.slack.parts import Parts
from adapters.slack.plain import plain
from adapters.slack.telling import Telling, spot_of
from bot.cards.trim import block
from bot.cards.words import refusal_card

EMPTY: Final = (
    "There are no words in this message, so there is nothing to file. Say /baton file and the words."
)

_MOST: Final = 7_000
"""Characters of a message that are filed: what the desk hears is limited."""


class Shortcuts:
    """Hears what is chosen from a message's menu."""

    def __init__(self, parts: Parts, ear: Ear, telling: Telling) -> None:
        self._ear = ear
        self._telling = telling

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Returns once the effect is committed; the answer follows by itself. Raises ValueError for nobody's."""
        if body.get("callback_id") == FILE_CASE:
            await self._file(body)

    async def _file(self, body: Mapping[str, Any]) -> None:
        channel, message = str((body.get("channel") or {}).get("id", "")), body.get("message") or {}
        ts = str(body.get("message_ts") or message.get("ts") or "")
        spot = spot_of(body, Origin(channel=channel, url=str(body.get("response_url", ""))))
        text = await self._ear.plain(_written(message))
        if not text.strip():
            self._telling.say(spot, refusal_card(EMPTY))
            return
        words = " ".join(filter(None, ("file", block(text, _MOST), _link(message, text))))
        card = await self._ear.hear(
            user=spot.user,
            team=spot.team,
            words=words,
            place=self._telling.place(spot, message=f"{channel}:{ts}"),
            id=f"slack:msg:{spot.trigger}" if spot.trigger else None,
        )
        self._telling.tell(spot, words, card)


def _written(message: Mapping[str, Any]) -> str:
    """The message's words in Slack's writing; those of its attachments when it has none of its own."""
    text = str(message.get("text") or "")
    if text.strip():
        return text
    told = (each.get("text") or each.get("fallback") or each.get("title") for each in _attachments(message))
    return "\n".join(str(each) for each in told if each)


def _link(message: Mapping[str, Any], text: str) -> str:
    """What the message's preview leads to, when its words hold no link themselves."""
    if "http://" in text or "https://" in text:
        return ""
    keys = ("from_url", "original_url", "title_link")
    links = (plain(str(each.get(key) or "")) for each in _attachments(message) for key in keys)
    return next((link for link in links if link.startswith(("https://", "http://"))), "")


def _attachments(message: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return [each for each in message.get("attachments") or () if isinstance(each, Mapping)]
