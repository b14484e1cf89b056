"""A Slack for tests: a real server on loopback that keeps Slack's rules, and the people in it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from aiohttp import web

from bot.config import SlackSettings
from tests.fakes.slack.answer import Answer
from tests.fakes.slack.delivery import Delivery, Sent, Signature
from tests.fakes.slack.happening import Happening
from tests.fakes.slack.looking import Looking
from tests.fakes.slack.methods import Context
from tests.fakes.slack.passes import Addresses, Pace, Triggers
from tests.fakes.slack.payloads import VERIFICATION, envelope
from tests.fakes.slack.server import Server
from tests.fakes.slack.socket import Sockets
from tests.fakes.slack.state import (
    APP_TOKEN,
    BOT_TOKEN,
    SIGNING_SECRET,
    Call,
    File,
    Json,
    Workspace,
    system_time,
)
from tests.fakes.slack.troubles import Trouble
from tests.fakes.slack.viewing import Viewing

BURST: Final = 4
"""Messages that a channel takes at once before one a second is the pace."""


class FakeSlack(Looking, Viewing, Happening):
    """The workspace from outside. `request_url` is where our app listens to signed HTTP; without, its sockets do."""

    def __init__(self, *, now: Callable[[], datetime], burst: int | None) -> None:
        self.work = Workspace(now)
        self.sockets = Sockets()
        self.delivery = Delivery(system_time, self.sockets)
        self.triggers = Triggers(now)
        self.addresses = Addresses(now)
        context = Context(self.work, self.triggers, self.sockets.ticket, "")
        pace = None if burst is None else Pace(now, burst)
        self.server = Server(self.work, context, self.addresses, self.sockets, pace)
        self.broken = self.server.broken
        self.toasts, self.errors = [], {}
        self._tasks: set[asyncio.Task[Answer]] = set()
        self.work.echo = self._echo

    # -- what our app needs ------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The Web API's base."""
        return f"{self.server.context.base}/api/"

    def settings(self, app_token: bool = False) -> SlackSettings:
        """With an app token our app listens in Socket Mode."""
        return SlackSettings(
            bot_token=BOT_TOKEN,
            signing_secret="" if app_token else SIGNING_SECRET,
            app_token=APP_TOKEN if app_token else "",
            api_url=self.url,
        )

    @property
    def request_url(self) -> str | None:
        return self.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.delivery.request_url = url

    # -- what went over the wire ---------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """What our app asked; answers at a `response_url` count as the method of that name."""
        return self.server.calls

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def sent(self) -> list[Sent]:
        """What our app was told, each attempt."""
        return self.delivery.sent

    @property
    def files(self) -> dict[str, File]:
        return self.work.files

    # -- making things go wrong ------------------------------------------------------------------------------

    def trouble(self, method: str, *troubles: Trouble | None) -> None:
        """The next calls of the method (`*`: of any; `response_url`) meet these, in order; None is no trouble."""
        self.server.troubles.setdefault(method, deque()).extend(troubles)

    def down(self, is_down: bool = True) -> None:
        """Nothing of Slack answers, and sockets break, until `down(False)`."""
        self.server.down = is_down
        if is_down:
            self.sockets.drop()

    def signs(self, how: Signature) -> None:
        """How requests to our app are signed from now on."""
        self.delivery.signature = how

    def sign(self, body: bytes, **how: datetime | str) -> dict[str, str]:
        """Slack's two headers for this body; `at` and `secret` may differ."""
        return self.delivery.sign(body, **how)  # type: ignore[arg-type]

    async def replay(self) -> Answer:
        """Somebody sends our app the last request again, byte for byte."""
        return await self.delivery.post(self.sent[-1])

    async def redeliver(self, sent: Sent | None = None, *, retry: int = 1) -> Answer:
        """Slack tells it again, signed anew, as a repetition."""
        again = sent or self.sent[-1]
        return await self.delivery.attempt(again.kind, again.payload, retry=retry, reason="http_timeout")

    async def verify_url(self, challenge: str = "3eZbrw1aB10o") -> Answer:
        """What Slack asks when the request URL is entered."""
        body = {"token": VERIFICATION, "challenge": challenge, "type": "url_verification"}
        return await self.delivery.attempt("events_api", body)

    # -- what our own calls cause --------------------------------------------------------------------------

    async def settle(self) -> None:
        """Waits until our app was told of everything."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _echo(self, event: Json) -> None:
        """Slack tells an app of its own messages, too."""
        if not self.delivery.listened:
            return
        task = asyncio.create_task(self.delivery.attempt("events_api", envelope(self.work, event)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.delivery.close()

    def check(self) -> None:
        """AssertionError when our app broke a rule of Slack's or called a method that does not exist."""
        assert not self.broken, "Slack would not have taken this:\n" + "\n".join(self.broken)


@asynccontextmanager
async def fake_slack(
    *,
    now: Callable[[], datetime] = system_time,
    burst: int | None = BURST,
    scopes: Iterable[str] | None = None,
    patience: float = 3.0,
    strange_blocks: Iterable[str] = (),
) -> AsyncIterator[FakeSlack]:
    """A Slack while the block runs; leaving it without an error checks that our app kept Slack's rules.

    `now`: Slack's clock, for triggers, pace and message names; signatures are always dated by the machine's. `burst`: None switches the pace per
    channel off. `patience`: seconds until Slack repeats an event. `strange_blocks`: types the SDK does not know.
    """
    slack = FakeSlack(now=now, burst=burst)
    slack.work.strange_blocks = frozenset(strange_blocks)
    if scopes is not None:
        slack.work.scopes = set(scopes)
    slack.delivery.patience = patience
    runner = web.AppRunner(slack.server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        base = f"http://{host}:{port}"
        slack.server.context = replace(slack.server.context, base=base)
        slack.sockets.base, slack.addresses.base = base.replace("http", "ws", 1), f"{base}/respond/"
        yield slack
        slack.check()
    finally:
        await slack.leave()
        slack.sockets.drop()
        await runner.cleanup()
