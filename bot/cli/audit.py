"""`baton audit`: the proof that nobody changed what the desk recorded."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any, Final

import click
from sqlalchemy import Connection

from bot.config import Config, read_config
from bot.wiring import connect
from storage.sql.audit import Verdict
from storage.sql.audit import verify as every_chain
from storage.sql.reader import at_one_moment

_WHOLE: Final = "{chains}, {events}, all whole."
_BROKEN: Final = "{chains}, {events}: {count} broken."
_ONE: Final = "BROKEN {whose}: {means}."
_WHAT_NOW: Final = (
    "The desk itself never changes an event, so this was done in the database directly, or the file is damaged. "
    "Keep the file as it is, and compare it with the newest backup in which `baton audit verify` finds no fault."
)


@click.group()
def audit() -> None:
    """Prove that nobody changed what the desk recorded."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object; its fields are stable.")
def verify(as_json: bool) -> None:
    """Walk every case's chain of events and say whether all of it is as it was recorded.

    What was erased on purpose does not break a chain. Changes nothing. Exits with 1 when a chain is broken.
    """
    chains, events, broken = asyncio.run(_verified(read_config(os.environ)))
    if as_json:
        found = [_json(verdict) for verdict in broken]
        click.echo(
            json.dumps({"chains": chains, "events": events, "whole": not broken, "broken": found}, indent=2)
        )
    else:
        _say(chains, events, broken)
    raise SystemExit(int(bool(broken)))


async def _verified(config: Config) -> tuple[int, int, list[Verdict]]:
    def walk(connection: Connection) -> tuple[int, int, list[Verdict]]:
        chains, events, broken = 0, 0, []
        for verdict in every_chain(connection):
            chains, events = chains + 1, events + verdict.events
            if verdict.broken_at is not None:
                broken.append(verdict)
        return chains, events, broken

    async with connect(config) as desk:
        return await at_one_moment(desk.store.reader, walk)


def _say(chains: int, events: int, broken: list[Verdict]) -> None:
    counted = {"chains": _count(chains, "chain"), "events": _count(events, "event")}
    for verdict in broken:
        whose = f"case {verdict.case}" if verdict.case is not None else f'the chain "{verdict.subject}"'
        click.echo(_ONE.format(whose=whose, means=verdict.means))
    click.echo((_BROKEN if broken else _WHOLE).format(**counted, count=len(broken)))
    if broken:
        click.echo(_WHAT_NOW)


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _json(verdict: Verdict) -> dict[str, Any]:
    return {
        "chain": verdict.subject,
        "case": verdict.case,
        "event": verdict.broken_at,
        "events": verdict.events,
        "means": verdict.means,
    }
