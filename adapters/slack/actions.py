"""Pressed buttons: each says its words, as if they had been typed where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from adapters.slack.answers import Origin
from adapters.slack.ear import Ear
from adapters.slack.form import Unanswered, read_inline, said
from adapters.slack.parts import Parts
from adapters.slack.press import decode
from adapters.slack.telling import Spot, Telling, spot_of
from bot.cards.words import refusal_card

OLD_BUTTON: Final = (
    "This button is not one of this desk's, so nothing was done. `/baton list` shows what is there."
)

_SAY: Final = "say"
_SEND: Final = "send"


class Actions:
    """Hears presses in messages, in App Home and in dialogs."""

    def __init__(self, parts: Parts, ear: Ear, telling: Telling) -> None:
        self._ear = ear
        self._telling = telling

    async def hear(self, body: Mapping[str, Any]) -> None:
        """Returns once the effect is committed; what the person sees of it follows by itself.

        Raises ValueError for what no button of Slack's can send.
        """
        action = (body.get("actions") or [{}])[0]
        name = str(action.get("action_id", ""))
        if name.startswith(_SAY):
            await self._said(body, str(action.get("value", "")))
        elif name.startswith(_SEND):
            await self._sent(body, str(action.get("value", "")))

    async def _said(self, body: Mapping[str, Any], value: str) -> None:
        spot = spot_of(body, origin_of(body))
        try:
            pressed = decode(value)
        except ValueError:
            self._telling.say(spot, refusal_card(OLD_BUTTON))
            return
        if pressed.fields:
            self._telling.ask(spot, pressed)
            return
        await self._heard(spot, pressed.words)

    async def _sent(self, body: Mapping[str, Any], value: str) -> None:
        """The form that stands in a message, filled in. Its answer takes its place; a refusal stands beside it, so
        that what was typed is still there."""
        spot = spot_of(body, replace(origin_of(body), fleeting=True))
        beside = spot_of(body, replace(spot.origin, fleeting=False))
        try:
            pressed, values = read_inline(value, body.get("state") or {})
        except Unanswered as missing:
            self._telling.say(beside, refusal_card(str(missing)))
            return
        except ValueError:
            self._telling.say(beside, refusal_card(OLD_BUTTON))
            return
        await self._heard(spot, said(pressed, values), refused=beside)

    async def _heard(self, spot: Spot, words: str, *, refused: Spot | None = None) -> None:
        card = await self._ear.hear(
            user=spot.user,
            team=spot.team,
            words=words,
            place=self._telling.place(spot),
            id=f"slack:act:{spot.trigger}" if spot.trigger else None,
            card=await self._telling.case_at(spot),
        )
        where = refused if refused is not None and card is not None and card.refused else spot
        self._telling.tell(where, words, card)


def origin_of(body: Mapping[str, Any]) -> Origin:
    """Where the pressed button stands. Raises ValueError for a dialog that is not ours."""
    view = body.get("view")
    if view:
        return Origin.of(view.get("private_metadata") or "") if view.get("type") == "modal" else Origin()
    container = body.get("container") or {}
    return Origin(
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        message=str(container.get("message_ts") or ""),
        url=str(body.get("response_url") or ""),
        fleeting=bool(container.get("is_ephemeral")),
    )
