"""A desk for tests: a real database, the real router, worker and web chat, and a clock that the story moves."""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from adapters.web.outbound import WebChat
from bot.cards.card import Actions, Button, Card, Chart, Facts, OpenLink, Quote, Row, Rows, Text
from bot.config import Config, SlackSettings, TeamsSettings
from bot.config_signin import SignInSettings
from bot.domain.case import Case
from bot.grammar import Heard
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.ports import Chat, Incoming, Networks, Origin, Place
from bot.triage.rules import community_of
from bot.wiring import Chats, Desk, connect, set_standing_jobs
from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from tests.fakes.postgres import new_database

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Where stories begin: Monday 2 March 2026, 09:00 UTC."""

_POLICY = Path(__file__).parent / "policy.toml"


def test_policy() -> Policy:
    reading = parse(_POLICY.read_text(encoding="utf-8"), "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


test_policy.__test__ = False  # type: ignore[attr-defined]


@dataclass
class Time:
    """Real time under the test's hand; business time is the same unless the desk's clock was moved."""

    at: datetime = MONDAY

    def real(self) -> datetime:
        return self.at

    async def sleep(self, delay: timedelta) -> None:
        self.at += delay
        await asyncio.sleep(0)


@dataclass
class Story:
    """What people do and see, in their own words."""

    desk: Desk
    time: Time
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    # -- saying --------------------------------------------------------------------------------

    async def hears(
        self,
        words: str,
        *,
        from_: str,
        in_: str | None = None,
        thread: int | None = None,
        id: str | None = None,
        settle: bool = True,
    ) -> Card | None:
        """`from_` (a first name) says the words: in their direct messages, or in the channel of department `in_`."""
        person = self.person(from_)
        place = (
            Place(platform="web", conversation=in_, department=in_, case_id=thread)
            if in_
            else Place(platform="web", conversation=f"@{person.id}", person=person.id)
        )
        heard = Heard(id=id or f"event-{next(self._numbers)}", words=words, person=person, place=place)
        answer = await self.desk.listener.hear(heard)
        if settle:
            await self.settles()
        return answer

    async def says(self, words: str, *, from_: str, **where: Any) -> str:
        """The answer as text."""
        return text_of(await self.hears(words, from_=from_, **where))

    async def mention(
        self, text: str = "My parcel never came.", *, settle: bool = True, **fields: Any
    ) -> int:
        """One post from the public arrives and is filed; the number of its case."""
        number = next(self._numbers)
        post: dict[str, Any] = {
            "source": "x",
            "external_id": f"m{number}",
            "created_at": self.now,
            "handle": f"customer{number}",
            **fields,
        }
        community = community_of(
            self.desk.policy,
            community=post.pop("community", None),
            brand=post.get("brand"),
            source=post["source"],
        )
        incoming = Incoming(text=text, community=community, **post)
        await self.desk.store.intake.append([incoming])
        if not settle:
            return 0
        await self.settles()
        async with self.desk.store.work(Origin()) as work:
            found = await work.cases.threads([f"post:{incoming.source}:{incoming.external_id}"])
        (thread,) = found.values()
        return thread.case_id

    # -- time ------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.desk.store.clock.now()

    async def settles(self) -> None:
        """Everything that is due now happens."""
        await self.desk.worker.settle()

    async def passes(self, length: timedelta | None = None, **units: float) -> None:
        """Time passes; every clock strikes at its own moment on the way."""
        end = self.time.at + (length or timedelta(**units))
        while True:
            await self.settles()
            business, real = await self.desk.store.timers.next_due()
            ahead = [self.time.at + self.desk.store.clock.real_delay(business)] if business else []
            ahead += [real] if real else []
            due = min(ahead, default=end)
            if due >= end:
                break
            self.time.at = max(due, self.time.at + timedelta(milliseconds=1))
        self.time.at = end
        await self.settles()

    # -- looking ------------------------------------------------------------------------------------

    async def case(self, case_id: int) -> Case:
        async with self.desk.store.work(Origin()) as work:
            return await work.cases.get(case_id)

    async def kinds(self, case_id: int) -> list[str]:
        """The kinds of the case's events, oldest first."""
        async with self.desk.store.work(Origin()) as work:
            events = await work.cases.history(case_id, limit=500)
        return [event.kind.value for event in reversed(events)]

    async def channel(self, department: str, *, thread: int | None = None) -> list[Card]:
        """Baton's cards in the department's channel, oldest first."""
        page = await self.desk.store.weblog.page(department, reply_to=thread, limit=1000)
        return [message.card for message in page if message.card]

    async def card(self, case_id: int, department: str) -> Card:
        """The case's card in that channel; there must be exactly one."""
        page = await self.desk.store.weblog.page(department, limit=1000)
        (card,) = [message.card for message in page if message.case_id == case_id and message.card]
        return card

    async def direct(self, person: str) -> list[Card]:
        """Baton's direct messages to that person, oldest first."""
        page = await self.desk.store.weblog.page(f"@{self.person(person).id}", limit=1000)
        return [message.card for message in page if message.card]

    def person(self, name: str) -> Any:
        (found,) = [p for p in self.desk.policy.people.values() if p.name.lower().split()[0] == name]
        return found


@asynccontextmanager
async def a_desk(
    folder: Path,
    *,
    policy: Policy | None = None,
    chats: Mapping[str, Chat] | None = None,
    time: Time | None = None,
    database: str = "desk.db",
    slack: SlackSettings | None = None,
    teams: TeamsSettings | None = None,
    sign_in: SignInSettings | None = None,
    networks: Networks | None = None,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> AsyncIterator[Story]:
    """A desk in `folder`; opened again on the same folder it goes on where it was. With `slack` or `teams` it speaks
    there too; `settings` are further ones."""
    time = time or Time()
    config = Config(
        database_url=address_of(folder / database),
        web_chat="local",
        slack=slack,
        teams=teams,
        sign_in=sign_in,
        **settings,
    )

    def make(known: Policy, store: Any, hub: Any) -> Mapping[str, Chat]:
        return (
            chats if chats is not None else {"web": WebChat(policy=known, log=store.weblog, nudge=hub.nudge)}
        )

    wanted: Chats = make
    clock = SqlClock(real=time.real, sleep=time.sleep)
    async with connect(
        config, policy=policy or test_policy(), clock=clock, chats=wanted, networks=networks
    ) as desk:
        await set_standing_jobs(desk)
        yield Story(desk, time)


@cache
def address_of(file: Path) -> str:
    """Where the desk of that file keeps what it knows: in the file, or, where BATON_TEST_DATABASE says `postgresql`,
    in a database of its own on a server, so that any story can be told on both."""
    if os.environ.get("BATON_TEST_DATABASE") == "postgresql":
        return new_database()
    if not file.exists():
        file.write_bytes(_migrated())
    return f"sqlite:///{file}"


@cache
def _migrated() -> bytes:
    """An empty database at this program's shape: migrating takes longer than most stories do."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        upgrade(f"sqlite:///{file}")
        return file.read_bytes()


# -- reading cards -------------------------------------------------------------------------------------


def text_of(card: Card | None) -> str:
    """All that a person reads on the card, line by line."""
    return "\n".join(_lines(card)) if card else ""


def _lines(card: Card) -> Sequence[str]:
    lines = [card.title] if card.title else []
    for element in card.elements:
        match element:
            case Text():
                lines.append(element.text)
            case Quote():
                lines += [element.by, element.text]
            case Facts():
                lines += [f"{name}: {value}" for name, value in element.rows]
            case Rows():
                lines += [f"{row.text} {row.detail}".strip() for row in element.rows]
            case Chart():
                lines += [element.title, element.alt]
            case Actions():
                pass
    return lines


def words_on(card: Card | None) -> list[str]:
    """What the card's buttons say when pressed."""
    return [button.words for button in buttons_of(card) if isinstance(button, Button)]


def buttons_of(card: Card | None) -> list[Button | OpenLink]:
    found: list[Button | OpenLink] = []
    for element in card.elements if card else ():
        if isinstance(element, Actions):
            found += element.buttons
        if isinstance(element, Rows):
            found += [button for row in element.rows for button in row.buttons]
    return found


__all__ = ["MONDAY", "Row", "Story", "Time", "a_desk", "buttons_of", "test_policy", "text_of", "words_on"]
