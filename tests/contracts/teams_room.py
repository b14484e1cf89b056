"""Teams as a room, over the fake connector: channels where Baton reads everything, and where it hears mentions only."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from adapters.http import serve
from adapters.teams.inbound import TeamsFrontend
from bot.config import Config
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.ports import Chat, Place, Posted
from bot.wiring import application, connect, set_standing_jobs
from storage.sql.clock import SqlClock
from tests.contracts.ports import free_port
from tests.contracts.room import Room, Seen
from tests.contracts.square import NETWORKS
from tests.desk import Story, Time
from tests.fakes.teams import BOT_NAME, FakeTeams, fake_teams, read
from tests.fakes.teams.reading import read_card

TEAM: Final = "19:kettle@thread.tacv2"
CHANNELS: Final = {name: f"19:{name}@thread.tacv2" for name in ("support", "pr", "legal", "sales")}
NAMES: Final = {
    "ana": "Ana Ruiz",
    "ben": "Ben Okafor",
    "cleo": "Cleo Hart",
    "dana": "Dana Voss",
    "hana": "Hana Sato",
}
_POLICY: Final = Path(__file__).parents[1] / "policy.toml"
_OF_A_CASE: Final = re.compile(r"\W*\d+ ")
_BETWEEN_ACTS: Final = timedelta(seconds=5)
"""People are no machines: what Teams allows in a second is never used up by the story before."""


class TeamsRoom:
    """People of one team. Where Baton hears mentions only, notes end in one."""

    def __init__(self, teams: FakeTeams, desk: Story, front: TeamsFrontend, *, mentions: bool) -> None:
        self.teams, self.desk = teams, desk
        self._front, self._mentions = front, mentions

    @property
    def chat(self) -> Chat:
        return self.desk.desk.chats["teams"]

    def place(self, department: str) -> Place:
        return Place(platform="teams", conversation=CHANNELS[department], department=department)

    async def types(self, who: str, words: str, *, department: str = "support") -> None:
        self.desk.time.at += _BETWEEN_ACTS
        await self.teams.mention(self._user(who), CHANNELS[department], words)
        await self.settle()

    async def presses(self, who: str, seen: Seen, label: str, *, department: str = "support") -> None:
        self.desk.time.at += _BETWEEN_ACTS
        await self.teams.press(self._user(who), seen.at or CHANNELS[department], seen.id, label)
        await self.settle()

    async def form(self, who: str) -> tuple[str, ...]:
        return self.teams.asks(self._user(who))

    async def answers(self, who: str, values: Mapping[str, str]) -> None:
        await self.teams.submit_task(self._user(who), values)
        await self.settle()

    async def writes(self, who: str, text: str, *, below: Seen, department: str = "support") -> str:
        # Who begins with Baton's name asks it to do something.
        said = f"{text} <at>{BOT_NAME}</at>" if self._mentions else text
        answer = await self.teams.say(self._user(who), CHANNELS[department], said, reply_to=below.id)
        await self.settle()
        return answer.id

    async def repeats(self) -> None:
        await self.teams.redeliver()
        await self.settle()

    async def settle(self) -> None:
        await self._front.settle()
        await self.desk.settles()
        await self._front.settle()

    async def main(self, place: Place) -> list[Seen]:
        return [_seen(message) for message in self.teams.messages(place.conversation)]

    async def below(self, posted: Posted) -> list[Seen]:
        return [_seen(message) for message in self.teams.thread(posted.conversation, posted.message)]

    async def whispers(self, who: str, *, department: str = "support") -> list[str]:
        """The own chat, what flashed up, and what stood in a card's place for this person and was no case's card."""
        user = self._user(who)
        cards = [read_card(card) for card in self.teams.handed.get(user, ())]
        own = [text for text in cards if not _OF_A_CASE.match(text)]
        private = [read(message).text for message in self.teams.private(user)]
        return [*private, *self.teams.toasts.get(user, []), *own]

    async def answered(self, who: str, *, department: str = "support") -> Seen:
        return (await self.direct(who))[-1]

    async def direct(self, who: str) -> list[Seen]:
        user = self._user(who)
        return [replace(_seen(each), at=self.teams.direct(user)) for each in self.teams.private(user)]

    def _user(self, who: str) -> str:
        (found,) = [id for id, user in self.teams.tenant.users.items() if user.name == NAMES[who]]
        return found


def _seen(message: dict[str, Any]) -> Seen:
    shown = read(message)
    return Seen(
        id=message["id"],
        text=shown.text,
        pings=tuple(shown.pings),
        links=tuple(shown.links),
        bold=tuple(shown.bold),
        odd=tuple(shown.formatted),
        buttons=tuple(shown.buttons),
    )


def teams_policy() -> Policy:
    """The tests' policy with every channel in Teams."""

    def moved(found: re.Match[str]) -> str:
        return f'channels = {{ teams = "{CHANNELS[found[1]]}" }}'

    text = re.sub(r'channels = \{ web = "(\w+)" \}', moved, _POLICY.read_text(encoding="utf-8"))
    reading = parse(text, "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


@asynccontextmanager
async def teams_room(folder: Path, *, mentions: bool) -> AsyncIterator[Room]:
    """The fake Teams, which keeps Teams' rules. Its clock is the story's, whose worker the test drives."""
    time, port = Time(), free_port()
    async with AsyncExitStack() as stack:
        teams = await stack.enter_async_context(fake_teams(now=time.real))
        for who, name in NAMES.items():
            teams.add_user(name, f"{who}@kettle.example")
        teams.add_team(TEAM, reads_all=not mentions)
        for channel in CHANNELS.values():
            teams.add_channel(channel, TEAM)
        config = Config(database_url=f"sqlite:///{folder / 'desk.db'}", teams=teams.settings())
        clock = SqlClock(real=time.real, sleep=time.sleep)
        desk = await stack.enter_async_context(
            connect(config, policy=teams_policy(), clock=clock, networks=NETWORKS)
        )
        assert desk.teams is not None
        await set_standing_jobs(desk)
        await stack.enter_async_context(serve(application(desk), "127.0.0.1", port))
        teams.endpoint = f"http://127.0.0.1:{port}/api/messages"
        story = Story(desk, time)
        room = TeamsRoom(teams, story, desk.teams, mentions=mentions)
        await teams.add_bot(TEAM, by=next(iter(teams.tenant.users)))
        await room.settle()
        yield room
