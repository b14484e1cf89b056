"""`baton doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import click

from adapters.logs import set_up
from bot.cli.checks import Check, Patient
from bot.cli.checks.chats import chats, slack, system_clock, teams
from bot.cli.checks.machine import files, machine
from bot.cli.checks.policy import policy
from bot.cli.checks.port import port
from bot.cli.checks.redis import redis
from bot.cli.checks.settings import as_far_as_right, hidden, settings
from bot.cli.checks.sources import pagers, sources
from bot.cli.checks.storage import business_clock, database, jobs
from bot.policy.load import read
from bot.ports import Finding, Health

CHECKS: Final[Mapping[str, Check]] = {
    "Machine": machine,
    "Settings": settings,
    "Files": files,
    "Policy": policy,
    "Database": database,
    "Clock": business_clock,
    "Clock of this machine": system_clock,
    "Jobs": jobs,
    "Redis": redis,
    "Port": port,
    "Sources": sources,
    "Pagers": pagers,
    "Slack": slack,
    "Teams": teams,
    "Chat": chats,
}
"""Everything that is looked at, in the order in which it is best mended."""

_MARKS: Final = {
    Health.WELL: "ok     ",
    Health.DOUBTFUL: "look   ",
    Health.BROKEN: "BROKEN ",
    Health.UNCHECKED: "?      ",
}
_CRASHED: Final = "This could not be examined: {kind}: {said}."
_MEND_CRASH: Final = "What is wrong elsewhere may be the reason: mend that first, then look again."
_NOTHING: Final = "Nothing is wrong."
_SUMMARY: Final = "{broken} to mend, {doubtful} to look at, {unchecked} could not be examined."

BROKEN: Final = 1
UNCHECKED: Final = 2


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
def doctor(as_json: bool) -> None:
    """Say what is wrong with settings, policy, database and chats, and how to mend it.

    Changes nothing. Exits with 1 when something is broken, with 2 when nothing is but something could not be examined.
    What is only to be looked at fails nothing. No secret is printed.
    """
    # What the rooms have to say beside the findings would stand between them.
    set_up(sys.stderr, level="critical")
    findings = asyncio.run(_examined(os.environ, quiet=as_json))
    if as_json:
        click.echo(json.dumps([_json(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        click.echo(_summary(findings))
    raise SystemExit(_code(findings))


async def _examined(env: Mapping[str, str], *, quiet: bool) -> list[Finding]:
    config = as_far_as_right(env)
    patient = Patient(env=env, config=config, reading=read(config.policy), now=datetime.now(UTC))
    findings = []
    for area, check in CHECKS.items():
        async for found in _guarded(area, check, patient):
            finding = replace(found, says=hidden(found.says, env), mend=hidden(found.mend, env))
            findings.append(finding)
            if not quiet:
                click.echo(f"{_MARKS[finding.health]}{finding.area}: {finding.says}")
                if finding.mend:
                    click.echo(f"       {finding.mend}")
    return findings


async def _guarded(area: str, check: Check, patient: Patient) -> AsyncIterator[Finding]:
    """The check's findings; where it fails itself, that is one."""
    try:
        async for finding in check(patient):
            yield finding
    except Exception as error:  # the edge: one check that fails must not stop the others
        says = _CRASHED.format(kind=type(error).__name__, said=error)
        yield Finding(area=area, health=Health.UNCHECKED, says=says, mend=_MEND_CRASH)


def _code(findings: Sequence[Finding]) -> int:
    health = {finding.health for finding in findings}
    if Health.BROKEN in health:
        return BROKEN
    return UNCHECKED if Health.UNCHECKED in health else 0


def _summary(findings: Sequence[Finding]) -> str:
    counts = {health: sum(finding.health is health for finding in findings) for health in Health}
    if counts[Health.WELL] == len(findings):
        return _NOTHING
    return _SUMMARY.format(
        broken=counts[Health.BROKEN], doubtful=counts[Health.DOUBTFUL], unchecked=counts[Health.UNCHECKED]
    )


def _json(finding: Finding) -> dict[str, str]:
    return {
        "area": finding.area,
        "health": finding.health.value,
        "says": finding.says,
        "mend": finding.mend,
    }
