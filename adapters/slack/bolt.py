"""Bolt, set up so that nothing of it is slow, loud or read from the environment behind our back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.middleware.ignoring_self_events.async_ignoring_self_events import AsyncIgnoringSelfEvents
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import SlackSettings

HEARD: Final = "baton_heard"
"""What a request's context holds once it got past Bolt's checks."""

_LOGGER: Final = "baton.slack.bolt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """Who we are in Slack, as auth.test says."""

    team: str
    bot_user: str
    bot: str


def bolt_app(
    settings: SlackSettings,
    *,
    us: Callable[[], Us | None],
    hear: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
) -> AsyncApp:
    """Bolt checks signatures, answers url_verification and ssl_check, drops our own events; `hear` answers the rest.

    Nothing is asked of Slack: `us` says who the app is.
    """
    logger = logging.getLogger(_LOGGER)
    # A level of its own: Bolt takes none for "debug", and at "info" writes down bodies it could not verify.
    logger.setLevel(logging.ERROR)
    app = AsyncApp(
        name=_LOGGER,
        logger=logger,
        # Without the token, which Bolt warns of beside `authorize`; our own calls go through the api.
        client=AsyncWebClient(base_url=settings.api_url),
        signing_secret=settings.signing_secret,
        authorize=_Authorize(us),
        process_before_response=True,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )
    app.middleware(_NotOurselves())
    # Not a listener: Bolt's matching costs half as much again as everything else it does for a request.
    app.middleware(_Listening(hear))
    return app


class _Authorize(AsyncAuthorize):
    """Bolt's question who the app is. Who acts is the directory's to say, not Bolt's."""

    def __init__(self, us: Callable[[], Us | None]) -> None:
        self._us = us

    async def __call__(self, **_: Any) -> AuthorizeResult:
        us = self._us()
        return AuthorizeResult(
            enterprise_id=None,
            team_id=us.team if us else None,
            bot_user_id=us.bot_user if us else None,
            bot_id=us.bot if us else None,
        )


class _Listening(AsyncMiddleware):
    """The last piece of Bolt's chain: it answers everything."""

    def __init__(self, hear: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]) -> None:
        self._hear = hear

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        req.context[HEARD] = True
        return await self._hear(req)


class _NotOurselves(AsyncIgnoringSelfEvents):
    """Bolt's own, but a message of ours that somebody deleted is told by Slack as if we had done it."""

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        if (req.body.get("event") or {}).get("subtype") == "message_deleted":
            return await next()
        return await super().async_process(req=req, resp=resp, next=next)
