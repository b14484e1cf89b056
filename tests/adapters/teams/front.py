"""A desk that listens to Teams: the real desk, the real door and connector, and a Teams that keeps its rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.http import application, serve
from adapters.metrics import Metrics
from adapters.teams.api import TeamsApi
from adapters.teams.door import PATH
from adapters.teams.inbound import TeamsFrontend
from adapters.teams.outbound import TeamsChat
from adapters.teams.parts import Parts
from adapters.teams.people import Directory
from bot.cards.card import Card
from bot.config import Config, TeamsSettings
from bot.grammar import Happened, Heard
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.ports import Chat, Place, Posted, Sent
from bot.wiring import connect, set_standing_jobs
from storage.sql.clock import SqlClock
from tests.desk import Story, Time
from tests.fakes.teams import BOT_NAME, Answer, FakeTeams, card_of, fake_teams

SUPPORT, PR = "19:support@thread.tacv2", "19:press@thread.tacv2"
SALES, LEGAL = "19:sales@thread.tacv2", "19:legal@thread.tacv2"
LOBBY = "19:lobby@thread.tacv2"
TEAM = "19:team@thread.tacv2"
GROUP = "19:group@thread.v2"

_POLICY = Path(__file__).parents[2] / "policy.toml"
_CHANNELS = {"support": SUPPORT, "pr": PR, "sales": SALES, "legal": LEGAL}
_PEOPLE = {
    "ana": "Ana Ruiz",
    "ben": "Ben Okafor",
    "cleo": "Cleo Hart",
    "dana": "Dana Voss",
    "vera": "Vera Novak",
}


def teams_policy(**replaced: str) -> Policy:
    """The tests' policy with its channels in Teams, and a like that claims in Support."""
    text = _POLICY.read_text(encoding="utf-8")
    changes = {f'{{ web = "{name}" }}': f'{{ teams = "{channel}" }}' for name, channel in _CHANNELS.items()}
    liking = {'title = "Support"\n': 'title = "Support"\nreactions = { like = "claim", eyes = "extend" }\n'}
    for old, new in {**changes, **liking, **replaced}.items():
        assert old in text, old
        text = text.replace(old, new)
    reading = parse(text, "policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


class WatchedSent:
    """The desk's own memory of its messages, watched."""

    def __init__(self, real: Sent) -> None:
        self.real = real
        self.asked: list[Posted] = []
        self.taken: list[Posted] = []
        self.opened: list[Place] = []

    async def case_of(self, posted: Posted) -> int | None:
        self.asked.append(posted)
        return await self.real.case_of(posted)

    async def gone(self, posted: Posted) -> None:
        self.taken.append(posted)
        await self.real.gone(posted)

    async def open_again(self, place: Place) -> None:
        self.opened.append(place)
        await self.real.open_again(place)


@dataclass
class Front:
    """`busy` are errors that the desk raises instead of hearing; `heard` is all that it was told."""

    teams: FakeTeams
    story: Story
    parts: Parts
    frontend: TeamsFrontend
    sent: WatchedSent
    users: Mapping[str, str]
    busy: list[Exception] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)

    # -- doing ---------------------------------------------------------------------------------------------

    async def says(self, who: str, words: str, *, to: str = SUPPORT, below: str | None = None) -> str:
        """Writes in a channel, our name wherever `@Baton` stands; the message's id."""
        text = words.replace("@Baton", f"<at>{BOT_NAME}</at>")
        answer = await self.teams.say(self.users[who], to, text, below)
        await self.settles()
        return answer.id

    async def chats(self, who: str, words: str) -> str:
        """Writes to us alone."""
        answer = await self.teams.chat(self.users[who], words)
        await self.settles()
        return answer.id

    async def presses(
        self, who: str, label: str, *, message: str, to: str = SUPPORT, settle: bool = True, **more: Any
    ) -> Answer:
        answer = await self.teams.press(self.users[who], to, message, label, **more)
        if settle:
            await self.settles()
        return answer

    async def submits(self, who: str, values: Mapping[str, str] | None = None, **more: Any) -> Answer:
        answer = await self.teams.submit_task(self.users[who], values, **more)
        await self.settles()
        return answer

    async def settles(self) -> None:
        """What follows has happened, and every card shows what is so now."""
        await self.parts.later.settle()
        await self.story.settles()
        await self.parts.later.settle()

    # -- looking -------------------------------------------------------------------------------------------

    def card(self, case_id: int, channel: str = SUPPORT) -> str:
        """The message that is the case's card."""
        (found,) = [m["id"] for m in self.teams.messages(channel) if f"{case_id} ·" in shown(m)]
        return str(found)

    def replies(self, root: str, channel: str = SUPPORT) -> list[str]:
        """What we say below that message, as text."""
        return [shown(each) for each in self.teams.thread(channel, root, people=False)]

    def private(self, who: str) -> list[str]:
        """What we say to that person alone, as text."""
        return [shown(each) for each in self.teams.private(self.users[who])]

    def toasts(self, who: str) -> list[str]:
        return self.teams.toasts.get(self.users[who], [])

    def own_card(self, who: str, message: str, channel: str = SUPPORT) -> str:
        """The card of the message as that person sees it."""
        return read(self.teams.card(channel, message, self.users[who]))

    def dialog(self, who: str) -> str:
        """The open dialog as text; empty for none."""
        found = self.teams.dialog(self.users[who])
        return read(found["card"]["content"]) if found else ""

    async def owner(self, case_id: int) -> str | None:
        return (await self.story.case(case_id)).owner

    async def notes(self, case_id: int) -> list[str]:
        """What the case's page says of notes, newest first."""
        place = Place(platform="teams", conversation="a:x", person=self.story.person("ana").id)
        card = (await self.story.desk.router.show("detail", str(case_id), place)).card
        rows = [
            row.text
            for element in card.elements
            for row in getattr(element, "rows", ())
            if hasattr(row, "text")
        ]
        return [row.removesuffix(".") for row in rows if " noted" in row or "edited a note" in row]


@asynccontextmanager
async def a_front(
    folder: Path, *, reads_all: bool = True, policy: Policy | None = None, **settings: Any
) -> AsyncIterator[Front]:
    """A team whose channels are the departments', with `reads_all` heard in full; everybody has the app but Vera."""
    time = Time()
    clock = SqlClock(real=time.real, sleep=time.sleep)
    async with fake_teams(limits=False, now=lambda: clock.real()) as teams:
        teams.add_team(TEAM, reads_all=reads_all)
        for channel in (SUPPORT, PR, SALES, LEGAL, LOBBY):
            teams.add_channel(channel, TEAM)
        users = {
            who: teams.add_user(name, f"{who}@kettle.example", installed=who != "vera")
            for who, name in _PEOPLE.items()
        }
        users["joe"] = teams.add_user("Joe Elsewhere", "joe@elsewhere.example")
        teams.add_group_chat(GROUP, [users["ana"], users["ben"]])
        known: TeamsSettings = teams.settings(**settings)
        api = TeamsApi(known, clock)
        made: dict[str, Directory] = {}

        def chats(found: Policy, store: Any, _hub: Any) -> Mapping[str, Chat]:
            made["it"] = Directory(api, found, store.identities, store.references, clock, settings=known)
            return {"teams": TeamsChat(api, made["it"], found, clock)}

        config = Config(database_url=f"sqlite:///{folder / 'desk.db'}")
        try:
            async with connect(config, policy=policy or teams_policy(), clock=clock, chats=chats) as desk:
                await set_standing_jobs(desk)
                async with _listening(teams, Story(desk, time), known, api, made["it"], users) as front:
                    yield front
        finally:
            if "it" in made:
                await made["it"].close()
            await api.close()


@asynccontextmanager
async def _listening(
    teams: FakeTeams,
    story: Story,
    settings: TeamsSettings,
    api: TeamsApi,
    directory: Directory,
    users: Mapping[str, str],
) -> AsyncIterator[Front]:
    desk, sent = story.desk, WatchedSent(story.desk.store.sent)
    busy, heard, counted = list[Exception](), list[Heard](), list[str]()

    async def hear(said: Heard) -> Card | None:
        heard.append(said)
        if busy:
            raise busy.pop(0)
        return await desk.listener.hear(said)

    async def happened(what: Happened) -> Card | None:
        if busy:
            raise busy.pop(0)
        return await desk.listener.happened(what)

    parts = Parts(
        settings=settings,
        policy=desk.policy,
        api=api,
        directory=directory,
        hear=hear,
        happened=happened,
        views=desk.router,
        sent=sent,
        clock=desk.store.clock,
        counted=counted.append,
    )
    frontend = TeamsFrontend(parts)
    front = Front(teams, story, parts, frontend, sent, users, busy=busy, heard=heard, counted=counted)
    app = application(routes=frontend.routes(), checks={}, metrics=Metrics(queue_depth=lambda: 0))
    try:
        async with serve(app, "127.0.0.1", 0) as serving:
            teams.endpoint = serving.url + PATH
            await teams.add_bot(TEAM, users["ana"])
            await front.settles()
            sent.opened.clear()
            counted.clear()
            yield front
            await front.settles()
    finally:
        await frontend.close()


def shown(message: Mapping[str, Any]) -> str:
    """All that a message of ours says."""
    return read(card_of(dict(message)))


def read(card: Any) -> str:
    """All text of a card, without the marks that keep it plain."""
    return " ".join(_texts(card)).replace("\u2060", "").replace("\u200b", "").replace("\\", "")


def _texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for each in part for text in _texts(each)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if isinstance(part.get("text"), str) else []
    inside = (each for key, each in part.items() if key not in ("data", "text", "fallback"))
    return own + [text for each in inside for text in _texts(each)]


__all__ = ["Front", "a_front", "read", "shown", "teams_policy"]
