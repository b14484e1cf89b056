"""A desk that listens to Slack's events: the real desk, a Slack that writes down what is asked of it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.slack.api import SlackApi
from adapters.slack.events import Events
from adapters.slack.home import Home
from adapters.slack.parts import Parts
from adapters.slack.people import Directory, Known
from bot.cards.card import Card
from bot.cards.words import sentence_card
from bot.config import SlackSettings
from bot.domain.people import PersonId
from bot.grammar import Heard
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.ports import ChatError, Place, Posted, Sent
from tests.desk import Story, a_desk
from tests.fakes.chat import FakeChat

BOT = "U0BATON"
SUPPORT, PR, LOBBY = "C0SUPPORT", "C0PRESS", "C0LOBBY"
PEOPLE = {
    "U0ANA": "ana@kettle.example",
    "U0BEN": "ben@kettle.example",
    "U0CLEO": "cleo@kettle.example",
    "U0HANA": "hana@kettle.example",
    "U0VERA": "vera@kettle.example",
}
WHY = sentence_card("Nobody here knows you: ask Ira Lind.")

_POLICY = Path(__file__).parents[2] / "policy.toml"


def slack_policy(**replaced: str) -> Policy:
    """The tests' policy with its channels in Slack."""
    text = _POLICY.read_text(encoding="utf-8")
    for old, new in {
        '{ web = "support" }': f'{{ slack = "{SUPPORT}" }}',
        '{ web = "pr" }': f'{{ slack = "{PR}" }}',
        **replaced,
    }.items():
        assert old in text
        text = text.replace(old, new)
    reading = parse(text, "policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


class WritingApi(SlackApi):
    """Writes down what it is asked; `troubles` meet the next calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.troubles: list[ChatError] = []

    async def call(
        self,
        method: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        channel: str | None = None,
        urgent: bool = False,
    ) -> Mapping[str, Any]:
        self.calls.append((method, dict(arguments or {})))
        if self.troubles:
            raise self.troubles.pop(0)
        return {"ok": True}


class KnownPeople(Directory):
    """Who is who, as written above; `troubles` meet the next questions."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.troubles: list[ChatError] = []
        self.heard: list[tuple[str, Any]] = []

    async def who(self, user: str, team: str | None = None) -> Known:
        if self.troubles:
            raise self.troubles.pop(0)
        email = PEOPLE.get(user)
        if email is None or team not in (None, "T0KETTLE"):
            return Known(user=user, person=None, why=WHY)
        return Known(user=user, person=self.policy.people.get(PersonId(email)))

    async def changed(self, user: Mapping[str, Any]) -> None:
        self.heard.append(("changed", user))

    async def group_changed(self, group: str) -> None:
        self.heard.append(("group", group))


class WatchedSent:
    """The desk's own memory of its messages, watched; `about` adds some that no delivery posted."""

    def __init__(self, real: Sent) -> None:
        self.real = real
        self.about: dict[tuple[str, str], int] = {}
        self.asked: list[Posted] = []
        self.taken: list[Posted] = []
        self.opened: list[Place] = []

    async def case_of(self, posted: Posted) -> int | None:
        self.asked.append(posted)
        added = self.about.get((posted.conversation, posted.message))
        return added or await self.real.case_of(posted)

    async def gone(self, posted: Posted) -> None:
        self.taken.append(posted)
        await self.real.gone(posted)

    async def open_again(self, place: Place) -> None:
        self.opened.append(place)
        await self.real.open_again(place)


@dataclass
class Office:
    """A workspace of one channel per department, in which things happen."""

    story: Story
    chat: FakeChat
    api: WritingApi
    directory: KnownPeople
    sent: WatchedSent
    parts: Parts
    home: Home
    events: Events
    counted: list[str]
    busy: list[Exception]
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def told(self, kind: str, *, id: str | None = None, **event: Any) -> None:
        """Slack tells of an event, and everything that follows happens."""
        number = next(self._numbers)
        body = {"type": "event_callback", "event_id": id or f"Ev{number}", "team_id": "T0KETTLE"}
        await self.events.hear({**body, "event": {"type": kind, "event_ts": f"{number}.0", **event}})
        await self.parts.later.settle()
        await self.story.settles()

    async def says(self, user: str, text: str, *, below: str | None = None, **more: Any) -> str:
        """The user writes in #support (or `channel`); the message's ts."""
        ts = more.pop("ts", None) or f"{1000 + next(self._numbers)}.5"
        where = {"channel": more.pop("channel", SUPPORT), "ts": ts}
        thread = {"thread_ts": below} if below else {}
        kind = more.pop("kind", "message")
        await self.told(kind, user=user, text=text, team="T0KETTLE", **where, **thread, **more)
        return str(ts)

    async def edits(self, user: str, ts: str, before: str, after: str, *, below: str, **more: Any) -> None:
        message = {"type": "message", "user": user, "ts": ts, "thread_ts": below, "team": "T0KETTLE"}
        await self.told(
            "message",
            subtype="message_changed",
            hidden=True,
            channel=SUPPORT,
            previous_message={**message, "text": before},
            message={**message, "text": after, "edited": {"user": user, "ts": "1.0"}, **more},
        )

    async def deletes(self, user: str, ts: str, *, below: str | None = None, **more: Any) -> None:
        thread = {"thread_ts": below} if below else {}
        was = {"type": "message", "user": user, "ts": ts, "text": "was", "team": "T0KETTLE", **thread, **more}
        await self.told(
            "message",
            subtype="message_deleted",
            hidden=True,
            channel=SUPPORT,
            deleted_ts=ts,
            previous_message=was,
        )

    def card(self, case_id: int, channel: str = SUPPORT) -> str:
        """The ts of the case's card in the channel."""
        (ts,) = [
            ts
            for ts, shown in self.chat.messages.items()
            if shown.conversation == channel and shown.card.title.startswith(f"{case_id} ")
        ]
        return ts

    async def notes(self, case_id: int) -> list[str]:
        """What the case's page says of notes, newest first."""
        place = Place(platform="slack", conversation="U0ANA", person=PersonId("ana@kettle.example"))
        card = (await self.story.desk.router.show("detail", str(case_id), place)).card
        return [
            row.text.removesuffix(".")
            for element in card.elements
            for row in getattr(element, "rows", ())
            if _noted(row)
        ]

    def answers(self) -> list[tuple[str, str, str | None, str]]:
        """(method, channel, thread, text) of every answer, oldest first; forgets them."""
        said = [
            (method, str(told["channel"]), told.get("thread_ts"), str(told["text"]).replace("\u2060", ""))
            for method, told in self.api.calls
        ]
        self.api.calls.clear()
        return said


def _noted(row: Any) -> bool:
    return "note" in str(getattr(row, "text", "")).lower()


@asynccontextmanager
async def an_office(folder: Path, policy: Policy | None = None) -> AsyncIterator[Office]:
    chat, api, counted = FakeChat(platform="slack"), WritingApi(), list[str]()
    async with a_desk(folder, policy=policy or slack_policy(), chats={"slack": chat}) as story:
        busy: list[Exception] = []

        async def hear(heard: Heard) -> Card | None:
            if busy:
                raise busy.pop(0)
            return await story.desk.listener.hear(heard)

        directory, sent = KnownPeople(story.desk.policy), WatchedSent(story.desk.store.sent)
        parts = Parts(
            settings=SlackSettings(bot_token="xoxb-1", signing_secret="s"),
            policy=story.desk.policy,
            api=api,
            directory=directory,
            hear=hear,
            happened=story.desk.listener.happened,
            views=story.desk.router,
            sent=sent,
            clock=story.desk.store.clock,
            counted=counted.append,
        )
        home = Home(parts)
        events = Events(parts, home, lambda: BOT)
        yield Office(story, chat, api, directory, sent, parts, home, events, counted, busy)
