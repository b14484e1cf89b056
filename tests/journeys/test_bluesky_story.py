"""The whole story over Bluesky's own server: a customer posts, Slack and the web chat answer, the customer answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, DummyCookieJar
from cryptography.fernet import Fernet

from adapters.http import serve
from adapters.sources.listening import Listening
from bot.config import Config
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.ports import Put, SourceReport, SourceState
from bot.wiring import Desk, application, connect, set_standing_jobs
from storage.sql.clock import SqlClock
from tests.contracts.ports import free_port
from tests.contracts.slack_room import CHANNELS, USERS, slack_policy_text
from tests.desk import Story, Time, text_of, words_on
from tests.fakes.bluesky_pds import Pds, Person, pds
from tests.fakes.slack import FakeSlack, fake_slack, labels
from tests.fakes.slack.reading import read

WITHIN = 90.0
SUPPORT = CHANNELS["support"]


@pytest.fixture(scope="module")
def server() -> Iterator[Pds]:
    with pds() as running:
        yield running


@dataclass
class Company:
    """A desk in Slack and on the web, its account at Bluesky, and a customer there."""

    desk: Story
    slack: FakeSlack
    us: Person
    eve: Person

    async def settles(self) -> None:
        assert self.desk.desk.slack is not None
        await self.slack.settle()
        await self.desk.desk.slack.settle()
        await self.desk.settles()
        await self.slack.settle()

    async def until(self, seen: Callable[[], Awaitable[bool]]) -> None:
        """The network brings it in its own time."""
        async with asyncio.timeout(WITHIN):
            while not await seen():
                await asyncio.sleep(0.05)
                await self.settles()

    def cards(self) -> list[dict[str, object]]:
        return list(self.slack.messages(SUPPORT))

    async def types(self, who: str, words: str) -> None:
        await self.slack.command(f"U0{who.upper()}", SUPPORT, "/baton", words)
        await self.settles()

    def whispered(self, who: str) -> str:
        return "\n".join(read(each).text for each in self.slack.ephemerals(SUPPORT, f"U0{who.upper()}"))


def policy_at(server: Pds, us: Person) -> Policy:
    """Support in Slack; Press, who reads along, on the web. Any lead approves."""
    lines = f'[sources.sky]\nkind = "bluesky"\naccount = "{us.handle}"\nreply = true\n{server.options()}'
    text = slack_policy_text().replace(f'slack = "{SUPPORT}"', f'slack = "{SUPPORT}", web = "support"')
    reading = parse(f"{text}\n{lines}", "tests/policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


@pytest.fixture
async def company(server: Pds, tmp_path: Path) -> AsyncIterator[Company]:
    time, port = Time(), free_port()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(ClientSession(cookie_jar=DummyCookieJar()))
        us, eve = [await Person.joins(http, server.url, name) for name in ("kettle", "eve")]
        slack = await stack.enter_async_context(fake_slack(now=time.real))
        for id, (name, email) in USERS.items():
            slack.add_user(name, email, id=id)
        for name, channel in CHANNELS.items():
            slack.add_channel(channel, name=name)
        config = Config(
            database_url=f"sqlite:///{tmp_path / 'desk.db'}",
            slack=slack.settings(),
            web_chat="local",
            token_keys=(Fernet.generate_key().decode(),),
            source_secrets={"sky": {"password": await us.app_password()}},
        )
        clock = SqlClock(real=time.real, sleep=time.sleep)
        desk = await stack.enter_async_context(connect(config, policy=policy_at(server, us), clock=clock))
        await set_standing_jobs(desk)
        await stack.enter_async_context(serve(application(desk), "127.0.0.1", port))
        assert desk.workspace is not None
        await desk.workspace.open()
        stack.push_async_callback(desk.workspace.hush)
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        listening = await _listening(desk)
        stack.push_async_callback(_ended, listening)
        yield Company(Story(desk, time), slack, us, eve)


async def _listening(desk: Desk) -> asyncio.Task[None]:
    """The desk's ears, awake in real time, once they hear: the network knows no other."""
    sources = {one.plan.name: one.source for one in desk.sources.connected if one.source is not None}
    well, loop = asyncio.Event(), asyncio.get_running_loop()

    def telling(before: SourceReport, state: SourceState, said: str) -> tuple[Put, ...]:
        assert state is SourceState.WELL, said
        loop.call_soon_threadsafe(well.set)
        return ()

    book, watched = desk.store.sources, desk.metrics.sources()
    listening = Listening(sources=sources, book=book, clock=SqlClock(), watched=watched, telling=telling)
    task = asyncio.create_task(listening.run())
    async with asyncio.timeout(WITHIN):
        await well.wait()
    return task


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_from_the_customers_post_to_the_customers_answer(company: Company) -> None:
    desk, slack, us, eve = company.desk, company.slack, company.us, company.eve
    hers = await eve.names(us, "my kettle leaks and nobody answers the phone.")

    async def filed() -> bool:
        return any("my kettle leaks" in read(card).text for card in slack.messages(SUPPORT))

    await company.until(filed)
    (card,) = slack.messages(SUPPORT)
    case = int(re.findall(r"\b(1\d{3})\b", read(card).text)[0])
    assert eve.handle in read(card).text and "Claim" in labels(card["blocks"])

    # Ben claims it in Slack and writes there; his lead reads the preview on the web and lets it out.
    await slack.press("U0BEN", SUPPORT, card["ts"], "Claim")
    await company.settles()
    await company.types("ben", f"reply {case} Sorry! Please write to us: https://kettle.example/help")
    assert "Please write to us" in company.whispered("ben")
    assert await us.posts() == []
    await company.types("ben", f"publish {case}")
    assert "approve" in company.whispered("ben")
    preview = await desk.hears(f"reply {case}", from_="ana")
    assert "Please write to us" in text_of(preview) and us.handle in text_of(preview)
    assert any("approve" in words for words in words_on(preview))
    await desk.says(f"approve {case}", from_="ana")
    await company.settles()
    assert await us.posts() == []

    async def published() -> bool:
        await desk.passes(seconds=11)
        return bool(await us.posts())

    await company.until(published)
    (ours,) = await us.posts()
    assert ours["value"]["text"] == "Sorry! Please write to us: https://kettle.example/help"
    assert ours["value"]["reply"]["parent"] == {"uri": hers["uri"], "cid": hers["cid"]}
    assert ours["value"]["facets"][0]["features"][0]["uri"] == "https://kettle.example/help"
    await company.settles()
    (known,) = (await desk.case(case)).answered
    assert known.external_id == ours["uri"]
    assert known.url == f"https://bsky.app/profile/{us.handle}/post/{ours['uri'].rpartition('/')[2]}"
    assert (await desk.case(case)).waiting is not None

    # Her answer comes back to the same case and wakes its owner.
    await eve.post("Thank you, I wrote to you!", to={"uri": ours["uri"], "cid": ours["cid"]}, root=hers)

    async def woken() -> bool:
        return (await desk.case(case)).waiting is None

    await company.until(woken)
    found = await desk.case(case)
    assert found.owner == "ben@kettle.example" and found.mentions == 2
    assert found.service.responded_at is not None
    told = "\n".join(read(each).text for each in slack.messages(slack.direct("U0BEN")))
    assert "Thank you, I wrote to you!" in told
    assert len(await us.posts()) == 1
