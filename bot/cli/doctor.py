"""`baton doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import click

from adapters.logs import set_up
from adapters.slack.api import SlackApi
from adapters.slack.doctor import examine as examine_slack
from adapters.teams.api import TeamsApi
from adapters.teams.doctor import Doctor, Memory
from bot.config import Config, SlackSettings, TeamsSettings, read_config
from bot.policy.load import read
from bot.policy.model import Policy
from bot.policy.problems import Severity
from bot.ports import Finding, Health
from storage.sql.clock import SqlClock
from storage.sql.engine import connect, sqlite_path
from storage.sql.migrate import current, newest
from storage.sql.store import SqlStore

_MARKS: Final = {Health.WELL: "ok     ", Health.DOUBTFUL: "look   ", Health.BROKEN: "BROKEN "}
_POLICY_BROKEN: Final = "{count} in {file}; the first: {problem}"
_MEND_POLICY: Final = "Run `baton policy check` and mend what it says."
_POLICY_WELL: Final = "{file} fits together: {people} people, {departments} departments."
_DATABASE_WELL: Final = "The database is there and at this program's shape."
_DATABASE_BROKEN: Final = "The database cannot be used: {reason}"
_MEND_DATABASE: Final = (
    "BATON_DATABASE_URL says where it is: the folder must be there, and this user may write it."
)
_DATABASE_NEW: Final = "There is no database yet; the first start makes it."
_DATABASE_OLD: Final = "The database is at revision {at}, this program needs {newest}."
_MEND_OLD: Final = (
    "`baton migrate`, or the next start, brings it up to date; with an older program, update that."
)
_NO_CHAT: Final = "No chat is switched on, so nobody sees the cards."
_MEND_CHAT: Final = (
    "Set BATON_SLACK_BOT_TOKEN with BATON_SLACK_APP_TOKEN or BATON_SLACK_SIGNING_SECRET (see `baton manifest slack`), "
    "BATON_TEAMS_APP_ID with a credential (see deploy/teams.md), or BATON_WEB_CHAT=local to look around on this machine."
)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
def doctor(as_json: bool) -> None:
    """Say what is wrong with settings, policy, database and chats, and how to mend it.

    Changes nothing. Exits with 1 when something is broken.
    """
    # What the rooms have to say beside the findings would stand between them.
    set_up(sys.stderr, level="error")
    findings = asyncio.run(_examined(read_config(os.environ), quiet=as_json))
    if as_json:
        click.echo(json.dumps([_json(finding) for finding in findings], indent=2, ensure_ascii=False))
    raise SystemExit(int(any(finding.health is Health.BROKEN for finding in findings)))


async def _examined(config: Config, *, quiet: bool) -> list[Finding]:
    findings = []
    async for finding in _all(config):
        findings.append(finding)
        if not quiet:
            click.echo(f"{_MARKS[finding.health]}{finding.area}: {finding.says}")
            if finding.mend:
                click.echo(f"       {finding.mend}")
    return findings


async def _all(config: Config) -> AsyncIterator[Finding]:
    policy, finding = _policy(config)
    yield finding
    if policy is None:
        return
    database = await asyncio.to_thread(_database, config)
    yield database
    if config.slack is not None:
        async for finding in _slack(config.slack, policy, alone=config.teams is None):
            yield finding
    if config.teams is not None:
        usable = database.health is Health.WELL and database.says == _DATABASE_WELL
        async for finding in _teams(config, config.teams, policy, usable=usable):
            yield finding
    if config.slack is None and config.teams is None and config.web_chat == "off":
        yield Finding(area="Chat", health=Health.BROKEN, says=_NO_CHAT, mend=_MEND_CHAT)


async def _slack(settings: SlackSettings, policy: Policy, *, alone: bool) -> AsyncIterator[Finding]:
    api = SlackApi(settings, SqlClock())
    try:
        async for finding in examine_slack(settings, policy, api, alone=alone):
            yield finding
    finally:
        await api.close()


async def _teams(
    config: Config, settings: TeamsSettings, policy: Policy, *, usable: bool
) -> AsyncIterator[Finding]:
    clock = SqlClock()
    api = TeamsApi(settings, clock)
    alone = config.slack is None
    try:
        async with _memory(config, policy, usable=usable) as memory:
            doctor = Doctor(
                settings=settings, policy=policy, api=api, clock=clock, memory=memory, alone=alone
            )
            async for finding in doctor.examine():
                yield finding
    finally:
        await api.close()


@asynccontextmanager
async def _memory(config: Config, policy: Policy, *, usable: bool) -> AsyncIterator[Memory | None]:
    """What the desk's database knows of Teams; only read."""
    if not usable:
        yield None
        return
    store = SqlStore(config.database_url, policy)
    try:
        yield Memory(references=store.references, identities=store.identities)
    finally:
        await store.close()


def _policy(config: Config) -> tuple[Policy | None, Finding]:
    reading = read(config.policy)
    if reading.policy is None:
        mistakes = [p for p in reading.problems if p.severity is Severity.MISTAKE]
        count = f"{len(mistakes)} mistake{'s' if len(mistakes) != 1 else ''}"
        says = _POLICY_BROKEN.format(count=count, file=config.policy, problem=mistakes[0])
        return None, Finding(area="Policy", health=Health.BROKEN, says=says, mend=_MEND_POLICY)
    known = reading.policy
    says = _POLICY_WELL.format(
        file=config.policy, people=len(known.people), departments=len(known.departments)
    )
    return known, Finding(area="Policy", health=Health.WELL, says=says)


def _database(config: Config) -> Finding:
    try:
        if not Path(sqlite_path(config.database_url)).exists():
            return Finding(area="Database", health=Health.WELL, says=_DATABASE_NEW)
        engine = connect(config.database_url, role="read")
        try:
            with engine.connect() as connection:
                at = current(connection)
        finally:
            engine.dispose()
    except Exception as error:  # the edge: whatever it is, it is what the doctor was asked for
        says = _DATABASE_BROKEN.format(reason=error)
        return Finding(area="Database", health=Health.BROKEN, says=says, mend=_MEND_DATABASE)
    if at != newest():
        says = _DATABASE_OLD.format(at=at or "none", newest=newest())
        return Finding(area="Database", health=Health.DOUBTFUL, says=says, mend=_MEND_OLD)
    return Finding(area="Database", health=Health.WELL, says=_DATABASE_WELL)


def _json(finding: Finding) -> dict[str, str]:
    return {
        "area": finding.area,
        "health": finding.health.value,
        "says": finding.says,
        "mend": finding.mend,
    }
