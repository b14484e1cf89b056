"""The whole way in: a real desk, the real adapter, a Slack that keeps Slack's rules, and people who press and type."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.http import application, serve
from adapters.metrics import Metrics
from adapters.slack.api import SlackApi
from adapters.slack.inbound import SlackFrontend
from adapters.slack.manifest import PATH
from adapters.slack.outbound import SlackChat
from adapters.slack.parts import Parts
from adapters.slack.people import Directory
from bot.cards.card import Card
from bot.config import Config
from bot.grammar import Heard
from bot.policy.model import Policy
from bot.ports import Chat, Place, Posted
from bot.wiring import connect, set_standing_jobs
from storage.sql.clock import SqlClock
from tests.adapters.slack.listening import LOBBY, PR, SUPPORT, slack_policy
from tests.desk import Story, Time
from tests.fakes.slack import Answer, FakeSlack, fake_slack

__all__ = ["LOBBY", "PR", "SUPPORT", "Front", "a_front", "text_in"]

SALES = "C0SALES"
LEGAL = "C0LEGAL"

_NAMED = {
    "ana": "Ana Ruiz",
    "ben": "Ben Okafor",
    "cleo": "Cleo Hart",
    "dana": "Dana Voss",
    "vera": "Vera Novak",
}


@dataclass
class CardsInSlack:
    """The Sent port: which case a message of ours is about is read off the message itself."""

    slack: FakeSlack

    async def case_of(self, posted: Posted) -> int | None:
        try:
            shown = self.slack.message(posted.conversation, posted.message)
        except KeyError:
            return None
        number = re.match(r"\W*(\d{4,}) ·", text_in(shown["blocks"]))
        return int(number[1]) if number else None

    async def gone(self, posted: Posted) -> None:
        raise AssertionError("nobody deletes anything here")

    async def open_again(self, place: Place) -> None:
        raise AssertionError("nobody is let in here")


@dataclass
class Front:
    """`busy` are errors that the desk raises instead of hearing; `heard` is all that it was told, `hearing` set at the first."""

    slack: FakeSlack
    story: Story
    parts: Parts
    frontend: SlackFrontend
    users: Mapping[str, str]
    url: str = ""
    busy: list[Exception] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    hearing: asyncio.Event = field(default_factory=asyncio.Event)

    async def types(self, who: str, words: str, channel: str = SUPPORT) -> Answer:
        """`/baton words`."""
        answer = await self.slack.command(self.users[who], channel, "/baton", words)
        await self.settles()
        return answer

    async def presses(
        self, who: str, label: str, *, ts: str, channel: str = SUPPORT, settle: bool = True, **more: Any
    ) -> Answer:
        answer = await self.slack.press(self.users[who], channel, ts, label, **more)
        if settle:
            await self.settles()
        return answer

    async def submits(self, who: str, **values: str) -> Answer:
        """Fills in the open dialog; values by the numbers of its fields: `_0`, `_1`, …"""
        filled = {f"field:{name.removeprefix('_')}": value for name, value in values.items()}
        answer = await self.slack.submit(self.users[who], filled)
        await self.settles()
        return answer

    async def settles(self) -> None:
        """What follows has happened, and every card shows what is so now."""
        await self.parts.later.settle()
        await self.story.settles()

    def card(self, case_id: int, channel: str = SUPPORT) -> str:
        """The ts of the case's card."""
        (found,) = [
            m["ts"] for m in self.slack.messages(channel) if f"{case_id} ·" in text_in(m["blocks"][:1])
        ]
        return str(found)

    def whispers(self, who: str, channel: str = SUPPORT) -> list[str]:
        """What only this person sees in the channel, as text."""
        return [text_in(each["blocks"]) for each in self.slack.ephemerals(channel, self.users[who])]

    def dialog(self, who: str) -> str:
        """The open dialog as text; empty for none."""
        view = self.slack.modal(self.users[who])
        return text_in(view["blocks"]) if view else ""

    async def owner(self, case_id: int) -> str | None:
        return (await self.story.case(case_id)).owner

    def calls(self) -> list[str]:
        return [call.method for call in self.slack.calls]


@asynccontextmanager
async def a_front(
    folder: Path, *, socket: bool = False, policy: Policy | None = None, opened: bool = True, **options: Any
) -> AsyncIterator[Front]:
    """`socket`: over Socket Mode, else over signed HTTP. Who is in `_NAMED` is known to the desk already."""
    time = Time()
    clock = SqlClock(real=time.real, sleep=time.sleep)
    full = policy or slack_policy(
        **{'{ web = "sales" }': f'{{ slack = "{SALES}" }}', '{ web = "legal" }': f'{{ slack = "{LEGAL}" }}'}
    )
    async with fake_slack(burst=None, **options) as slack:
        for channel in (SUPPORT, PR, SALES, LEGAL, LOBBY):
            slack.add_channel(channel)
        users = {who: slack.add_user(name, f"{who}@kettle.example") for who, name in _NAMED.items()}
        api = SlackApi(slack.settings(app_token=socket), clock)
        made: dict[str, Directory] = {}

        def chats(known: Policy, store: Any, _hub: Any) -> Mapping[str, Chat]:
            made["it"] = Directory(api, known, store.identities, clock)
            return {"slack": SlackChat(api, made["it"], known, clock)}

        config = Config(
            database_url=f"sqlite:///{folder / 'desk.db'}", slack=slack.settings(app_token=socket)
        )
        try:
            async with connect(config, policy=full, clock=clock, chats=chats) as desk:
                await set_standing_jobs(desk)
                story, directory = Story(desk, time), made["it"]
                busy, heard, hearing = list[Exception](), list[Heard](), asyncio.Event()

                async def hear(said: Heard) -> Card | None:
                    heard.append(said)
                    hearing.set()
                    if busy:
                        raise busy.pop(0)
                    return await desk.listener.hear(said)

                parts = Parts(
                    settings=slack.settings(app_token=socket),
                    policy=desk.policy,
                    api=api,
                    directory=directory,
                    hear=hear,
                    happened=desk.listener.happened,
                    views=desk.router,
                    sent=CardsInSlack(slack),
                    clock=clock,
                )
                frontend = SlackFrontend(parts)
                front = Front(slack, story, parts, frontend, users, busy=busy, heard=heard, hearing=hearing)
                for user in users.values():
                    await directory.who(user)
                try:
                    async with _listening(front, socket=socket, opened=opened):
                        yield front
                        await front.settles()
                finally:
                    await frontend.close()
                    await directory.close()
        finally:
            await api.close()


@asynccontextmanager
async def _listening(front: Front, *, socket: bool, opened: bool) -> AsyncIterator[None]:
    routes: list[web.RouteDef] = front.frontend.routes()
    if opened:
        await front.frontend.open()
    if socket:
        assert not routes
        await front.slack.sockets.connected()
        yield
        return
    app = application(routes=routes, checks={}, metrics=Metrics(queue_depth=lambda: 0))
    async with serve(app, "127.0.0.1", 0) as serving:
        front.url = serving.url + PATH
        front.slack.request_url = front.url
        yield


def text_in(blocks: Any) -> str:
    """All text of the blocks, without the marks that keep it plain."""
    return " ".join(_texts(blocks)).replace("\u2060", "")


def _texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    return own + [text for key, each in part.items() if key != "text" or not own for text in _texts(each)]
