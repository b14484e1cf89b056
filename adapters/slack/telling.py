"""After the effect: whether its answer says anything new, and where the person sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from adapters.slack.answers import Dialog, Direct, OpenDialog, Origin, ResponseUrl, Surface, Whisper, ask, say
from adapters.slack.ear import Ear, user_and_team
from adapters.slack.home import Home
from adapters.slack.message import PLATFORM, place_in, posted
from adapters.slack.parts import Parts
from adapters.slack.press import Pressed
from bot.cards.card import Card
from bot.grammar.text import keys_of
from bot.ports import ChatError, Place

log = structlog.get_logger(__name__)

_HOME: Final = "home"
_LOOKING: Final = "show"
"""The verb whose answer, the case, is the point of saying it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Who acted, and from where. `trigger` opens one dialog within three seconds; `dialog` is one that is open."""

    user: str
    team: str | None
    origin: Origin
    trigger: str = ""
    dialog: str = ""


def spot_of(body: Mapping[str, Any], origin: Origin) -> Spot:
    """Raises ValueError when the payload names nobody."""
    user, team = user_and_team(body)
    if not user:
        raise ValueError("a payload of nobody")
    view = body.get("view") or {}
    dialog = view.get("id", "") if view.get("type") == "modal" else ""
    return Spot(user=user, team=team, origin=origin, trigger=body.get("trigger_id", ""), dialog=dialog)


class Telling:
    """Answers people where they acted, beside everything else: nothing here is waited for by an acknowledgement."""

    def __init__(self, parts: Parts, ear: Ear, home: Home) -> None:
        self._parts = parts
        self._ear = ear
        self._home = home

    def tell(self, spot: Spot, words: str, card: Card | None) -> None:
        """Shows what came of `words`, unless what the person looks at shows it by itself."""
        self._parts.later.start(self._tell(spot, words, card))

    def say(self, spot: Spot, card: Card) -> None:
        """Shows the card, whatever the person looks at."""
        self._parts.later.start(say(self._surface(spot), card))

    def ask(self, spot: Spot, pressed: Pressed) -> None:
        """Asks for what the button needs to know; who may not use it is told so at once."""
        self._parts.later.start(self._ask(spot, pressed))

    def renew_home(self, spot: Spot) -> None:
        """The person's App Home shows what is so now."""
        self._parts.later.start(self._publish(spot))

    def place(self, spot: Spot, *, message: str | None = None) -> Place:
        """Where the words of `spot` are heard; App Home is the person's own conversation with us."""
        if spot.origin.home:
            return Place(platform=PLATFORM, conversation=spot.user, message=message)
        return place_in(self._parts.policy, spot.origin.channel, message=message)

    async def _tell(self, spot: Spot, words: str, card: Card | None) -> None:
        if card is not None and not _seen_at_home(spot, words, card):
            await say(self._surface(spot), card)
        if spot.origin.home:
            await self._publish(spot)

    async def _ask(self, spot: Spot, pressed: Pressed) -> None:
        try:
            known = await self._ear.who(spot.user, spot.team)
        except ChatError as error:
            # The form may open all the same: whoever sends it is asked for again.
            log.info("a form for somebody we could not look up", error=str(error))
        else:
            if known.person is None and known.why is not None:
                await say(self._surface(spot), known.why)
                return
        beside = replace(spot, origin=replace(spot.origin, fleeting=False), dialog="")
        otherwise = Direct(api=self._parts.api, user=spot.user) if spot.origin.home else self._surface(beside)
        await ask(
            self._parts.api,
            pressed,
            spot.origin,
            trigger=spot.trigger,
            over=spot.dialog,
            otherwise=otherwise,
        )

    async def case_at(self, spot: Spot) -> int | None:
        """The case that the message acted on is about; that message will show by itself what became of it."""
        origin = spot.origin
        if spot.dialog or origin.fleeting or origin.home or not origin.message:
            return None
        return await self._parts.sent.case_of(posted(origin.channel, origin.message))

    async def _publish(self, spot: Spot) -> None:
        try:
            known = await self._ear.who(spot.user, spot.team)
            await self._home.publish(spot.user, known.person, known.why)
        except ChatError as error:
            log.warning("a home was not renewed", user=spot.user, error=str(error))

    def _surface(self, spot: Spot) -> Surface:
        api, origin = self._parts.api, spot.origin
        direct = Direct(api=api, user=spot.user)
        if spot.dialog:
            return OpenDialog(api=api, view=spot.dialog, origin=origin, otherwise=direct)
        if origin.home:
            return Dialog(api=api, trigger=spot.trigger, origin=origin, otherwise=direct)
        whisper = Whisper(api=api, channel=origin.channel, user=spot.user)
        if not origin.url:
            return whisper
        return ResponseUrl(api=api, url=origin.url, replace=origin.fleeting, otherwise=whisper)


def _seen_at_home(spot: Spot, words: str, card: Card) -> bool:
    """Whether App Home, made anew, will show by itself what the card would."""
    if not spot.origin.home or spot.dialog or card.refused:
        return False
    return keys_of(words) == (_HOME,) or repeats(card, words)


def repeats(card: Card, words: str) -> bool:
    """Whether the answer only shows the case that the words were about, and nobody asked to see it."""
    number = _case_in(words)
    looking = keys_of(words)[:1] == (_LOOKING,)
    return number is not None and not looking and card.title.partition(" ")[0] == str(number)


def _case_in(words: str) -> int | None:
    """The case that words such as `claim 1042` are about."""
    number = keys_of(words)[1:2]
    return int(number[0]) if number and number[0].isascii() and number[0].isdigit() else None
