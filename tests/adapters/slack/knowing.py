"""A desk's knowledge of people: a real Slack on loopback, a real database, and time under the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from adapters.slack.api import SlackApi
from adapters.slack.groups import Groups
from adapters.slack.people import Directory, Known
from bot.domain.people import PersonId
from bot.policy.load import parse
from bot.policy.model import Policy
from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import Time
from tests.fakes.slack import FakeSlack

ANA, BEN, ELI, IRA = (
    PersonId(email)
    for email in ("ana@kettle.example", "ben@kettle.example", "eli@agency.example", "ira@kettle.example")
)
ZOE = PersonId("zoe@kettle.example")
GROUP = "S0SALES"

_POLICY = Path(__file__).parents[2] / "policy.toml"


def policy(*changes: tuple[str, str]) -> Policy:
    """The tests' policy, in which the people of a user group belong to Sales."""
    text = _POLICY.read_text(encoding="utf-8")
    for old, new in (('"sales" }', f'"sales" }}\ngroups = {{ slack = "{GROUP}" }}'), *changes):
        assert old in text
        text = text.replace(old, new)
    reading = parse(text)
    assert reading.policy is not None, reading.problems
    return reading.policy


@dataclass(frozen=True)
class Knowing:
    """One run of the desk."""

    slack: FakeSlack
    policy: Policy
    directory: Directory
    groups: Groups
    time: Time
    api: SlackApi
    store: SqlStore

    async def says(self, user: str, team: str | None = None) -> str:
        """What that user reads who is nobody of ours."""
        known = await self.directory.who(user, team)
        assert known.person is None
        assert known.why is not None and known.why.refused
        return known.why.summary

    async def who(self, user: str, team: str | None = None) -> Known:
        return await self.directory.who(user, team)

    def asked(self, method: str = "users.info") -> int:
        return len(self.slack.called(method))


@asynccontextmanager
async def knowing(
    slack: FakeSlack, folder: Path, *, time: Time | None = None, known: Policy | None = None
) -> AsyncIterator[Knowing]:
    """Opened again on the same folder it is the same desk, started anew."""
    time, known = time or Time(), known or policy()
    url = f"sqlite:///{folder / 'desk.db'}"
    await asyncio.to_thread(upgrade, url)
    clock = SqlClock(real=time.real, sleep=time.sleep)
    store = SqlStore(url, known, clock)
    await clock.refresh(store.reader)
    api = SlackApi(slack.settings(), clock)
    directory = Directory(api, known, store.identities, clock)
    groups = Groups(api, directory, store.identities, known, clock)
    try:
        yield Knowing(slack, known, directory, groups, time, api, store)
    finally:
        await directory.close()
        await api.close()
        await store.close()


async def until(true: Callable[[], bool]) -> None:
    """Waits for what happens in the background; five seconds at most."""
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    """While the block runs, so does the work."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
