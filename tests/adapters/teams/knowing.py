"""A desk's knowledge of people: a real Teams on loopback, a real database, and time under the test's hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adapters.teams.api import TeamsApi
from adapters.teams.people import Directory, Known
from bot.config import TeamsSettings
from bot.domain.people import PersonId
from bot.policy.load import parse
from bot.policy.model import Policy
from storage.sql.clock import SqlClock
from storage.sql.migrate import upgrade
from storage.sql.store import SqlStore
from tests.desk import Time
from tests.fakes.teams import APP_ID, TENANT, FakeTeams

ANA, BEN, ELI, DANA = (
    PersonId(email)
    for email in ("ana@kettle.example", "ben@kettle.example", "eli@agency.example", "dana@kettle.example")
)
ZOE = PersonId("zoe@kettle.example")
MEMBER: Final = "GET /v3/conversations/{id}/members/{member}"
ROSTER: Final = "GET /v3/conversations/{id}/pagedmembers"
CREATE: Final = "POST /v3/conversations"

SETTINGS: Final = TeamsSettings(app_id=APP_ID, tenants=(TENANT.upper(),), password="secret")

_POLICY: Final = Path(__file__).parents[2] / "policy.toml"


def policy(*changes: tuple[str, str]) -> Policy:
    text = _POLICY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    reading = parse(text)
    assert reading.policy is not None, reading.problems
    return reading.policy


@dataclass(frozen=True)
class Knowing:
    """One run of the desk."""

    teams: FakeTeams
    policy: Policy
    directory: Directory
    time: Time
    store: SqlStore

    async def who(self, user: str, in_: str | None = None, **more: Any) -> Known:
        """Who that user is who says something, in their own chat with Baton where no other place is given."""
        return await self.directory.who(self.said(user, in_, **more))

    async def told(self, user: str, in_: str | None = None, **more: Any) -> str:
        """What that user reads who is nobody of ours."""
        known = await self.who(user, in_, **more)
        assert known.person is None
        assert known.why is not None and known.why.refused
        return known.why.summary

    def said(self, user: str, in_: str | None = None, **more: Any) -> dict[str, Any]:
        kind = more.pop("type", "message")
        return {**self.teams.activity(kind, user, in_ or self.chat(user)), **more}

    def chat(self, user: str) -> str:
        return self.teams.tenant.personal(self.teams.tenant.user(user)).id

    def asked(self, call: str = MEMBER) -> int:
        return len(self.teams.called(call))


@asynccontextmanager
async def knowing(
    teams: FakeTeams,
    folder: Path,
    *,
    time: Time | None = None,
    known: Policy | None = None,
    settings: TeamsSettings = SETTINGS,
) -> AsyncIterator[Knowing]:
    """Opened again on the same folder it is the same desk, started anew."""
    time, known = time or Time(), known or policy()
    url = f"sqlite:///{folder / 'desk.db'}"
    await asyncio.to_thread(upgrade, url)
    clock = SqlClock(real=time.real, sleep=time.sleep)
    store = SqlStore(url, known, clock)
    await clock.refresh(store.reader)
    api = TeamsApi(teams.settings(anonymous=True), clock)
    directory = Directory(api, known, store.identities, store.references, clock, settings=settings)
    try:
        yield Knowing(teams, known, directory, time, store)
    finally:
        await directory.close()
        await api.close()
        await store.close()
