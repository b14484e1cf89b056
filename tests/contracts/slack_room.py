"""Slack as a room: the same over the fake server and over the local Slack, in both transports."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from adapters.http import serve
from adapters.slack.inbound import SlackFrontend
from bot.config import Config, SlackSettings
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.ports import Chat, Place, Posted
from bot.wiring import application, connect, set_standing_jobs
from storage.sql.clock import SqlClock
from tests.contracts.ports import free_port
from tests.contracts.room import Room, Seen
from tests.contracts.square import NETWORKS
from tests.desk import Story, Time
from tests.fakes.local_slack import local_slack
from tests.fakes.slack import Answer, FakeSlack, fake_slack
from tests.fakes.slack.reading import read

CHANNELS: Final = {"support": "C0SUPPORT", "pr": "C0PRESS", "legal": "C0LEGAL", "sales": "C0SALES"}
USERS: Final = {
    "U0ANA": ("Ana Ruiz", "ana@kettle.example"),
    "U0BEN": ("Ben Okafor", "ben@kettle.example"),
    "U0CLEO": ("Cleo Hart", "cleo@kettle.example"),
    "U0DANA": ("Dana Voss", "dana@kettle.example"),
    "U0HANA": ("Hana Sato", "hana@kettle.example"),
}
_POLICY: Final = Path(__file__).parents[1] / "policy.toml"


class InSlack(Protocol):
    """What people can do and see in either Slack."""

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Answer: ...
    async def press(self, user: str, channel: str, ts: str, what: str) -> Answer: ...
    async def submit(self, user: str, values: Mapping[str, Any] | None = None) -> Answer: ...
    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Answer: ...
    async def settle(self) -> None: ...
    def messages(self, channel: str) -> list[dict[str, Any]]: ...
    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]: ...
    def ephemerals(self, channel: str, user: str) -> list[dict[str, Any]]: ...
    def modal(self, user: str) -> dict[str, Any] | None: ...
    def direct(self, user: str) -> str: ...


class SlackRoom:
    """People of one workspace."""

    def __init__(self, slack: InSlack, desk: Story, front: SlackFrontend, again: Callable[[], Any]) -> None:
        self.slack, self.desk = slack, desk
        self._front, self._again = front, again

    @property
    def chat(self) -> Chat:
        return self.desk.desk.chats["slack"]

    def place(self, department: str) -> Place:
        return Place(platform="slack", conversation=CHANNELS[department], department=department)

    async def types(self, who: str, words: str, *, department: str = "support") -> None:
        await self.slack.command(_user(who), CHANNELS[department], "/baton", words)
        await self.settle()

    async def presses(self, who: str, seen: Seen, label: str, *, department: str = "support") -> None:
        await self.slack.press(_user(who), seen.at or CHANNELS[department], seen.id, label)
        await self.settle()

    async def form(self, who: str) -> tuple[str, ...]:
        view = self.slack.modal(_user(who))
        return tuple(block["label"]["text"] for block in view["blocks"] if "label" in block) if view else ()

    async def answers(self, who: str, values: Mapping[str, str]) -> None:
        await self.slack.submit(_user(who), values)
        await self.settle()

    async def writes(self, who: str, text: str, *, below: Seen, department: str = "support") -> str:
        said = await self.slack.say(_user(who), CHANNELS[department], text, thread_ts=below.id)
        await self.settle()
        return said.ts

    async def repeats(self) -> None:
        await self._again()
        await self.settle()

    async def settle(self) -> None:
        await self.slack.settle()
        await self._front.settle()
        await self.desk.settles()
        await self.slack.settle()

    async def main(self, place: Place) -> list[Seen]:
        return [_seen(message) for message in self.slack.messages(place.conversation)]

    async def below(self, posted: Posted) -> list[Seen]:
        return [_seen(message) for message in self.slack.thread(posted.conversation, posted.message)]

    async def whispers(self, who: str, *, department: str = "support") -> list[str]:
        return [read(each).text for each in self.slack.ephemerals(CHANNELS[department], _user(who))]

    async def answered(self, who: str, *, department: str = "support") -> Seen:
        return _seen(self.slack.ephemerals(CHANNELS[department], _user(who))[-1])

    async def direct(self, who: str) -> list[Seen]:
        channel = self.slack.direct(_user(who))
        return [replace(_seen(message), at=channel) for message in self.slack.messages(channel)]


def _seen(message: dict[str, Any]) -> Seen:
    shown = read(message)
    return Seen(
        id=message["ts"],
        text=shown.text,
        pings=tuple(shown.pings),
        links=tuple(shown.links),
        bold=tuple(shown.bold),
        odd=tuple(shown.formatted),
        buttons=tuple(shown.buttons),
    )


def _user(who: str) -> str:
    return f"U0{who.upper()}"


def slack_policy_text() -> str:
    """The tests' policy with every channel in Slack."""

    def moved(found: re.Match[str]) -> str:
        return f'channels = {{ slack = "{CHANNELS[found[1]]}" }}'

    return re.sub(r'channels = \{ web = "(\w+)" \}', moved, _POLICY.read_text(encoding="utf-8"))


def slack_policy() -> Policy:
    """That text, read."""
    reading = parse(slack_policy_text(), "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


@asynccontextmanager
async def fake_room(folder: Path, *, socket: bool) -> AsyncIterator[Room]:
    """The fake Slack, which keeps Slack's rules. Its clock is the story's."""
    time = Time()
    async with fake_slack(now=time.real) as slack:
        for id, (name, email) in USERS.items():
            slack.add_user(name, email, id=id)
        for name, channel in CHANNELS.items():
            slack.add_channel(channel, name=name)
        port = free_port()
        async with _desk(folder, slack.settings(app_token=socket), time, port) as (desk, front):
            if socket:
                await slack.sockets.connected()
            else:
                slack.request_url = f"http://127.0.0.1:{port}/slack/events"
            yield SlackRoom(slack, desk, front, _redelivery(slack))


@asynccontextmanager
async def local_room(folder: Path, *, socket: bool) -> AsyncIterator[Room]:
    """The local Slack. It keeps no metadata, so nothing can be looked for in it, and it repeats nothing."""
    port = free_port()
    url = None if socket else f"http://127.0.0.1:{port}/slack/events"
    mode: Any = "socket" if socket else "events"
    channels = {id: name for name, id in CHANNELS.items()}
    async with (
        local_slack(apps_mode=mode, request_url=url, users=USERS, channels=channels) as slack,
        _desk(folder, slack.settings(), Time(), port) as (desk, front),
    ):
        if socket:
            await slack.connected()
        yield SlackRoom(slack, desk, front, _never)


@asynccontextmanager
async def _desk(
    folder: Path, settings: SlackSettings, time: Time, port: int
) -> AsyncIterator[tuple[Story, SlackFrontend]]:
    """A desk in Slack, whose worker the story drives."""
    config = Config(database_url=f"sqlite:///{folder / 'desk.db'}", slack=settings)
    clock = SqlClock(real=time.real, sleep=time.sleep)
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(
            connect(config, policy=slack_policy(), clock=clock, networks=NETWORKS)
        )
        assert desk.workspace is not None and desk.slack is not None
        await set_standing_jobs(desk)
        await stack.enter_async_context(serve(application(desk), "127.0.0.1", port))
        await desk.workspace.open()
        stack.push_async_callback(desk.workspace.hush)
        yield Story(desk, time), desk.slack


def _redelivery(slack: FakeSlack) -> Callable[[], Any]:
    async def again() -> None:
        """An event again, as Slack does; a command or a press, as a person's network might."""
        echoed = ("message_changed", "message_deleted")
        told = [
            sent
            for sent in slack.sent
            if sent.payload.get("event", {}).get("subtype") not in echoed
            and "bot_id" not in sent.payload.get("event", {})
        ]
        await slack.redeliver(told[-1])

    return again


async def _never() -> None:
    raise AssertionError("the local Slack tells nothing twice")
