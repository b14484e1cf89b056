"""The chats: whether they let the desk in, and whether their clock is ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from adapters.dates import skew
from bot.cli.checks import Patient
from bot.ports import Finding, Health
from storage.sql.clock import SqlClock
from storage.sql.doctor import open_to_read
from storage.sql.store import SqlStore

AREA: Final = "Chat"
CLOCK: Final = "Clock"
NO_CHAT: Final = "No chat is switched on, so nobody sees the cards."
MEND_CHAT: Final = (
    "Set BATON_SLACK_BOT_TOKEN with BATON_SLACK_APP_TOKEN or BATON_SLACK_SIGNING_SECRET (see `baton manifest slack`), "
    "BATON_TEAMS_APP_ID with a credential (see deploy/teams.md), or BATON_WEB_CHAT=local to look around on this machine."
)
SKEWED: Final = (
    "This machine's clock is {apart:.0f} seconds {where} that of {chat}: beyond some minutes it refuses us."
)
MEND_SKEW: Final = "Let the machine keep time: `timedatectl set-ntp true`, or the host's own time service."
IN_STEP: Final = "This machine's clock agrees with that of {chat}."
MOST: Final = timedelta(seconds=30)


async def chats(patient: Patient) -> AsyncIterator[Finding]:
    """Whether there is any."""
    if not patient.chats:
        yield Finding(area=AREA, health=Health.BROKEN, says=NO_CHAT, mend=MEND_CHAT)


async def system_clock(patient: Patient) -> AsyncIterator[Finding]:
    """Signatures and tokens carry the time: a clock that is wrong shuts the desk out."""
    slack, teams = patient.config.slack, patient.config.teams
    asked = {
        "Slack": slack.api_url if slack else "",
        "Teams": teams.openid_url if teams and not teams.anonymous else "",
    }
    for chat, url in asked.items():
        apart = await skew(url) if url else None
        if apart is None:
            continue
        if abs(apart) <= MOST:
            yield Finding(area=CLOCK, health=Health.WELL, says=IN_STEP.format(chat=chat))
            continue
        where = "ahead of" if apart > timedelta(0) else "behind"
        says = SKEWED.format(apart=abs(apart).total_seconds(), where=where, chat=chat)
        yield Finding(area=CLOCK, health=Health.BROKEN, says=says, mend=MEND_SKEW)


# The chats' libraries take a second to load, which a desk without them should not.


async def slack(patient: Patient) -> AsyncIterator[Finding]:
    """Slack's own examination."""
    settings, policy = patient.config.slack, patient.policy
    if settings is None or policy is None:
        return
    from adapters.slack.api import SlackApi
    from adapters.slack.doctor import examine

    api = SlackApi(settings, SqlClock())
    try:
        async for finding in examine(settings, policy, api, alone=patient.config.teams is None):
            yield finding
    finally:
        await api.close()


async def teams(patient: Patient) -> AsyncIterator[Finding]:
    """Teams' own examination, with what the desk's database knows of it."""
    settings, policy = patient.config.teams, patient.policy
    if settings is None or policy is None:
        return
    from adapters.teams.api import TeamsApi
    from adapters.teams.doctor import Doctor, Memory

    clock = SqlClock()
    api = TeamsApi(settings, clock)
    try:
        async with _store(patient) as store:
            memory = Memory(references=store.references, identities=store.identities) if store else None
            alone = patient.config.slack is None
            doctor = Doctor(
                settings=settings, policy=policy, api=api, clock=clock, memory=memory, alone=alone
            )
            async for finding in doctor.examine():
                yield finding
    finally:
        await api.close()


@asynccontextmanager
async def _store(patient: Patient) -> AsyncIterator[SqlStore | None]:
    """The desk's database, only to be read; None where it cannot be."""
    url, policy = patient.config.database_url, patient.policy
    known = open_to_read(url)
    if known is None or policy is None:
        yield None
        return
    known.close()
    store = SqlStore(url, policy)
    try:
        yield store
    finally:
        await store.close()
