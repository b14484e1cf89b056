"""Every call to Slack's Web API: paced, timed, its errors translated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from bot.config import SlackSettings
from bot.ports import Clock, Undeliverable

TIMEOUT: Final = timedelta(seconds=10)


class SlackRefused(Undeliverable):
    """Slack understood and said no for ever; `code` is its own word for why."""

    def __init__(self, said: str, code: str) -> None:
        super().__init__(said)
        self.code = code


class SlackApi:
    """One workspace's Web API over one shared session. Every method raises ChatErrors only."""

    def __init__(self, settings: SlackSettings, clock: Clock, *, timeout: timedelta = TIMEOUT) -> None:
        """To be made inside a running event loop; `close` ends the session."""
        self.client = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url)

    async def call(
        self,
        method: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        channel: str | None = None,
        urgent: bool = False,
    ) -> Mapping[str, Any]:
        """Slack's answer to `method`. `channel` is whose pace it counts against; `urgent` may use the reserve.

        Raises SlowDown before anything is sent when our own budget is used up, and for a 429; Down, Failed,
        FateUnknown (for methods that write), Gone, Shut, SlackRefused.
        """
        raise NotImplementedError

    async def upload(self, name: str, content: bytes, alt: str) -> str:
        """Puts a picture into the workspace, shared nowhere; its file id, for an image block."""
        raise NotImplementedError

    async def answer(self, url: str, body: Mapping[str, Any]) -> None:
        """Answers at a `response_url`. It works five times within 30 minutes; SlackRefused (`used_url`) after."""
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError
