"""Slack's way in: signed HTTP or Socket Mode, through Bolt, to one place that hears every kind of payload."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import structlog
from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.actions import Actions, origin_of
from adapters.slack.answers import at_once
from adapters.slack.bolt import Us, bolt_app
from adapters.slack.commands import Commands
from adapters.slack.ear import BUSY, Ear
from adapters.slack.events import Events
from adapters.slack.home import Home
from adapters.slack.manifest import PATH
from adapters.slack.parts import Parts
from adapters.slack.shortcuts import Shortcuts
from adapters.slack.signed_http import signed_http
from adapters.slack.socket_mode import SocketMode
from adapters.slack.telling import Telling, spot_of
from adapters.slack.views import Submissions, wrong
from bot.cards.words import refusal_card
from bot.ports import ChatError, Overloaded, Stale

log = structlog.get_logger(__name__)

SURPRISE: Final = "Something went wrong on our side. It is in the log as {id}; tell whoever runs this desk."
ORGANIZATION: Final = (
    "This desk is installed for a whole Enterprise organization, where it cannot tell whose people are whose. "
    "Ask whoever runs it to install it in one workspace."
)

AGAIN_AFTER: Final = 2
"""Seconds after which an event that we had no time for may come again; Slack has its own mind about it."""


Body: TypeAlias = Mapping[str, Any]
Hearer: TypeAlias = Callable[[Body], Awaitable[Body | None]]


class SlackFrontend:
    """Everything people do in Slack comes in here. The answer to Slack follows the commit, and nothing else does."""

    def __init__(self, parts: Parts) -> None:
        """To be made inside a running event loop."""
        self._parts = parts
        self._us: Us | None = None
        self._asking = asyncio.Lock()
        home, ear = Home(parts), Ear(parts)
        self._telling = Telling(parts, ear, home)
        self._events = Events(parts, home, lambda: self._us.bot_user if self._us else "")
        self._hearers: Mapping[str, Hearer] = {
            "command": Commands(parts, ear, self._telling).hear,
            "block_actions": Actions(parts, ear, self._telling).hear,
            "view_submission": Submissions(parts, ear, self._telling).hear,
            "message_action": Shortcuts(parts, ear, self._telling).hear,
        }
        self._app = bolt_app(parts.settings, us=lambda: self._us, hear=self._hear)
        self._socket: SocketMode | None = None

    def routes(self) -> list[web.RouteDef]:
        """To mount; none in Socket Mode, where nothing would check a signature."""
        return [] if self._parts.settings.socket_mode else [web.post(PATH, signed_http(self._app))]

    async def open(self) -> None:
        """Asks Slack who we are and, in Socket Mode, connects.

        A Slack that does not answer keeps nobody from working elsewhere: it is logged, and asked again when needed.
        """
        try:
            await self._who_are_we()
        except ChatError as error:
            log.error("Slack does not tell us who we are; “baton doctor” says more", error=str(error))
        if self._parts.settings.socket_mode:
            self._socket = SocketMode(
                self._app, app_token=self._parts.settings.app_token, web=self._parts.api.client
            )
            self._socket.open()

    async def close(self) -> None:
        """Hears nothing new and ends what follows what was heard. The api stays open."""
        if self._socket is not None:
            await self._socket.close()
        await self.settle()

    async def settle(self) -> None:
        """Waits until all that followed what was heard is done: answers, dialogs, homes."""
        await self._parts.later.settle()

    # -- hearing ----------------------------------------------------------------------------------------

    async def _hear(self, request: AsyncBoltRequest) -> BoltResponse:
        """The one place where payloads are heard."""
        body: Body = request.body
        kind = str(body.get("type") or ("command" if "command" in body else ""))
        if kind == "event_callback":
            return await self._event(request)
        hear = self._hearers.get(kind)
        if hear is None:
            return BoltResponse(status=200)
        if request.context.is_enterprise_install:
            return self._sorry(kind, body, ORGANIZATION)
        try:
            return _answered(await hear(body))
        except Exception:  # the edge: a person waits, and should learn that nothing comes
            id = secrets.token_hex(4)
            log.exception("a payload of Slack failed", id=id, kind=kind)
            return self._sorry(kind, body, SURPRISE.format(id=id))

    async def _event(self, request: AsyncBoltRequest) -> BoltResponse:
        """An event is acknowledged once it is done; what could not be done now is asked for again."""
        try:
            us = self._us or await self._who_are_we()
            if request.context.is_enterprise_install or request.context.team_id != us.team:
                log.warning("an event of another workspace", team=request.context.team_id)
                return BoltResponse(status=200)
            await self._events.hear(request.body)
        except (Overloaded, Stale, ChatError) as error:
            log.warning("an event must come again", error=str(error), kind=type(error).__name__)
            return BoltResponse(status=503, body=BUSY, headers={"Retry-After": str(AGAIN_AFTER)})
        except Exception:  # the edge: Slack tells it again, three times
            log.exception("an event of Slack failed", event=request.body.get("event_id"))
            return BoltResponse(status=500)
        return BoltResponse(status=200)

    def _sorry(self, kind: str, body: Body, sentence: str) -> BoltResponse:
        card = refusal_card(sentence)
        if kind == "command":
            return _answered(at_once(card))
        if kind == "view_submission":
            return _answered(wrong(sentence))
        try:
            self._telling.say(spot_of(body, origin_of(body)), card)
        except ValueError:
            log.info("nobody to tell", kind=kind)
        return BoltResponse(status=200)

    async def _who_are_we(self) -> Us:
        """Raises ChatErrors."""
        async with self._asking:
            if self._us is None:
                told = await self._parts.api.call("auth.test")
                self._us = Us(
                    team=str(told["team_id"]), bot_user=str(told["user_id"]), bot=str(told.get("bot_id", ""))
                )
            return self._us


def _answered(body: Body | None) -> BoltResponse:
    return BoltResponse(status=200, body=dict(body) if body else "")
