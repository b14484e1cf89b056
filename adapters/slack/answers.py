"""Where an answer goes: each kind of place that Slack lets us answer in, and which one a press or a form means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol, Self

import structlog

from adapters.slack.api import SlackApi
from adapters.slack.form import inline, modal
from adapters.slack.press import Pressed
from adapters.slack.render import Rendered, render
from bot.cards.card import Card
from bot.ports import ChatError, Gone, Shut, Undeliverable

log = structlog.get_logger(__name__)

TITLE: Final = "Baton"
CLOSE: Final = "Close"

NEVER: Final = (Undeliverable, Shut, Gone)
"""What no second try mends; the next best place is taken then."""

ANSWER: Final = "answer"
"""The callback id of a dialog that only shows an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where somebody pressed or typed. It travels inside a form, as text, and comes back with what was filled in.

    `message` is the message's ts, `fleeting` one that only this person sees, `url` its response_url; without a
    `channel` it was the person's App Home, or a dialog over it.
    """

    channel: str = ""
    message: str = ""
    url: str = ""
    fleeting: bool = False

    @property
    def home(self) -> bool:
        return not self.channel

    def text(self) -> str:
        return json.dumps({key: value for key, value in asdict(self).items() if value}, separators=(",", ":"))

    @classmethod
    def of(cls, text: str) -> Self:
        """Raises ValueError for what `text` did not write."""
        known = json.loads(text or "{}")
        kinds = {"channel": str, "message": str, "url": str, "fleeting": bool}
        if not isinstance(known, dict) or any(
            type(each) is not kinds.get(key) for key, each in known.items()
        ):
            raise ValueError("not a place we wrote down")
        return cls(**known)


class Surface(Protocol):
    """A place for one answer."""

    async def put(self, shown: Rendered) -> None:
        """Raises ChatErrors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """The person's direct conversation with us: it always works, and what is said there stays."""

    api: SlackApi
    user: str

    async def put(self, shown: Rendered) -> None:
        arguments = {"channel": self.user, **_message(shown), "unfurl_links": False, "unfurl_media": False}
        await self.api.call("chat.postMessage", arguments, channel=self.user)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """Seen by one person in a channel that we are in; elsewhere it goes to that person directly."""

    api: SlackApi
    channel: str
    user: str

    async def put(self, shown: Rendered) -> None:
        arguments = {"channel": self.channel, "user": self.user, **_message(shown)}
        try:
            await self.api.call("chat.postEphemeral", arguments, channel=self.channel)
        except NEVER:
            await Direct(api=self.api, user=self.user).put(shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseUrl:
    """What Slack gives with a command or a press: seen by that person alone, also where we are no member.

    With `replace` the pressed answer becomes the new one. It works five times within 30 minutes; then `otherwise`.
    """

    api: SlackApi
    url: str
    otherwise: Surface
    replace: bool = False

    async def put(self, shown: Rendered) -> None:
        body = {"response_type": "ephemeral", "replace_original": self.replace, **_message(shown)}
        try:
            await self.api.answer(self.url, body)
        except NEVER:
            await self.otherwise.put(shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A dialog that opens over what the person looks at; when the trigger's three seconds are over, `otherwise`."""

    api: SlackApi
    trigger: str
    origin: Origin
    otherwise: Surface

    async def put(self, shown: Rendered) -> None:
        arguments = {"trigger_id": self.trigger, "view": answer_view(shown, self.origin)}
        try:
            await self.api.call("views.open", arguments, urgent=True)
        except NEVER:
            await self.otherwise.put(shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDialog:
    """A dialog that is open already shows something else from now on; closed meanwhile, `otherwise`."""

    api: SlackApi
    view: str
    origin: Origin
    otherwise: Surface

    async def put(self, shown: Rendered) -> None:
        arguments = {"view_id": self.view, "view": answer_view(shown, self.origin)}
        try:
            await self.api.call("views.update", arguments, urgent=True)
        except NEVER:
            await self.otherwise.put(shown)


async def say(surface: Surface, card: Card) -> None:
    """Shows the card. A private answer that cannot be shown is lost, and logged: its effect stands."""
    try:
        await surface.put(render(card))
    except ChatError as error:
        log.warning("an answer was lost", error=str(error), kind=type(error).__name__)


async def ask(
    api: SlackApi, pressed: Pressed, origin: Origin, *, trigger: str, over: str = "", otherwise: Surface
) -> None:
    """Opens the form of a button as a dialog, on top of the dialog `over` where there is one.

    When Slack does not open it any more, the same form goes as a message to `otherwise`.
    """
    method = "views.push" if over else "views.open"
    view = modal(pressed, origin=origin.text())
    try:
        await api.call(method, {"trigger_id": trigger, "view": view}, urgent=True)
        return
    except ChatError as error:
        log.info("a form goes as a message", why=str(error), method=method)
    try:
        await otherwise.put(Rendered(text=pressed.label, blocks=inline(pressed)))
    except ChatError as error:
        log.warning("a form was lost", error=str(error))


def at_once(card: Card | None) -> Mapping[str, Any]:
    """The body that acknowledges a command and answers it; empty for no answer."""
    return {"response_type": "ephemeral", **_message(render(card))} if card else {}


def answer_view(shown: Rendered, origin: Origin, *, last: bool = True) -> dict[str, Any]:
    """A dialog that shows an answer. Closing the `last` one closes what lies below: that has been answered."""
    return {
        "type": "modal",
        "callback_id": ANSWER,
        "title": {"type": "plain_text", "text": TITLE},
        "close": {"type": "plain_text", "text": CLOSE},
        "private_metadata": origin.text(),
        "clear_on_close": last,
        "blocks": shown.blocks,
    }


def _message(shown: Rendered) -> dict[str, Any]:
    return {"text": shown.text, "blocks": shown.blocks}
