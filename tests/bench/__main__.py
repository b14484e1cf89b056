"""`python -m tests.bench`: how much the desk takes in, how fast it works, how much memory it needs.

Each part can be run alone: `python -m tests.bench surge memory`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from tests.bench.bluesky import show_sifted, sifted, to_card
from tests.bench.client import send
from tests.bench.copies import near_copies
from tests.bench.memory import over_a_flood, show_flood
from tests.bench.old import in_years, show_years
from tests.bench.posts import requests
from tests.bench.process import Server, a_server
from tests.bench.replicas import show_together, together
from tests.bench.server import KINDS, ON_SERVER
from tests.bench.slack import in_slack
from tests.bench.stock import Size
from tests.bench.surge import in_a_surge, show_surge
from tests.bench.tables import show_copies, show_intake, show_slack, show_teams, show_work
from tests.bench.teams import in_teams
from tests.fakes.postgres import a_server as a_database


async def intake(folder: Path, rounds: int, count: int) -> Mapping[str, Server]:
    """The servers take turns, so that whatever else the machine does falls on all of them."""
    async with AsyncExitStack() as stack:
        url = stack.enter_context(a_database(quick=False))
        servers = {
            kind: await stack.enter_async_context(
                a_server(kind, folder, *((url,) if kind == ON_SERVER else ()))
            )
            for kind in KINDS
        }
        for number in range(-1, rounds):
            for kind, server in servers.items():
                load = await send(server.port, requests(count, seed=number, name=f"{kind}{number}"))
                if load.refused:
                    raise click.ClickException(f"{kind} answered {load.refused[0][:300]!r}")
                # The first round warms up.
                server.rounds += [load] if number >= 0 else []
    return servers


async def at_work(folder: Path, count: int) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.desk", str(folder), str(count), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise click.ClickException("the desk failed; see above")
    figures: dict[str, Any] = json.loads(said.splitlines()[-1])
    return figures


Part = Callable[[Path, "Sizes"], Sequence[Table]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much of everything."""

    rounds: int
    count: int
    mentions: int
    stock: Size
    flood: int
    surge: int
    seconds: float


def _intake(folder: Path, sizes: Sizes) -> Sequence[Table]:
    servers = asyncio.run(intake(folder, sizes.rounds, sizes.count))
    return [show_intake(servers, sizes.rounds, sizes.count)]


def _work(folder: Path, sizes: Sizes) -> Sequence[Table]:
    return [show_work(asyncio.run(at_work(folder, sizes.mentions)), sizes.mentions)]


def _years(folder: Path, sizes: Sizes) -> Sequence[Table]:
    return [show_years(asyncio.run(in_years(folder, sizes.stock, sizes.rounds)), sizes.stock)]


def _copies(_folder: Path, sizes: Sizes) -> Sequence[Table]:
    return [show_copies(asyncio.run(near_copies(sizes.rounds, sizes.count)), sizes.rounds, sizes.count)]


def _slack(folder: Path, sizes: Sizes) -> Sequence[Table]:
    one, other = _folders(folder)
    figures = asyncio.run(in_slack(one, other, sizes.rounds, sizes.count, sizes.mentions))
    return [show_slack(figures, sizes.rounds, sizes.count)]


def _teams(folder: Path, sizes: Sizes) -> Sequence[Table]:
    one, other = _folders(folder)
    figures = asyncio.run(in_teams(one, other, sizes.rounds, sizes.count))
    return [show_teams(figures, sizes.rounds, sizes.count)]


def _replicas(_folder: Path, sizes: Sizes) -> Sequence[Table]:
    figures = asyncio.run(together(sizes.rounds, sizes.mentions))
    return [show_together(figures, sizes.rounds, sizes.mentions)]


def _surge(folder: Path, sizes: Sizes) -> Sequence[Table]:
    one, other = _folders(folder)
    how = sizes.rounds, sizes.surge, sizes.seconds
    with a_database(quick=False) as url:
        surges = {
            "SQLite": asyncio.run(in_a_surge(one, *how)),
            "PostgreSQL": asyncio.run(in_a_surge(other, *how, url)),
        }
    return [show_surge(surges, sizes.surge, sizes.seconds)]


def _bluesky(folder: Path, sizes: Sizes) -> Sequence[Table]:
    streams = sifted(sizes.rounds, 5 * sizes.count)
    card = asyncio.run(to_card(folder, 30))
    return [show_sifted(streams, card, sizes.rounds, 5 * sizes.count)]


def _memory(folder: Path, sizes: Sizes) -> Sequence[Table]:
    one, other = _folders(folder)
    with a_database(quick=False) as url:
        floods = {
            "SQLite": asyncio.run(over_a_flood(one, sizes.flood)),
            "PostgreSQL": asyncio.run(over_a_flood(other, sizes.flood, url)),
        }
    return [show_flood(floods, sizes.flood)]


def _folders(folder: Path) -> tuple[Path, Path]:
    """For two desks: what one has to say must not slow the other."""
    for name in ("one", "other"):
        (folder / name).mkdir()
    return folder / "one", folder / "other"


_PARTS: Final[Mapping[str, Part]] = {
    "intake": _intake,
    "work": _work,
    "years": _years,
    "copies": _copies,
    "slack": _slack,
    "teams": _teams,
    "replicas": _replicas,
    "surge": _surge,
    "memory": _memory,
    "bluesky": _bluesky,
}

_SOME: Final = click.IntRange(min=1)
_MANY: Final = click.IntRange(min=100)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(list(_PARTS)))
@click.option("--rounds", default=5, show_default=True, type=_SOME)
@click.option("--requests", default=4000, show_default=True, type=click.IntRange(min=64), help="In a round.")
@click.option("--mentions", default=2000, show_default=True, type=_SOME, help="To replay and file.")
@click.option("--stored", default=1_000_000, show_default=True, type=_MANY, help="Mentions in the big store.")
@click.option("--open", "waiting", default=100_000, show_default=True, type=_MANY, help="Its open cases.")
@click.option("--flood", default=50_000, show_default=True, type=_MANY, help="Mentions, for the memory.")
@click.option("--surge", default=10_000, show_default=True, type=_SOME, help="Mentions.")
@click.option("--seconds", default=60.0, show_default=True, type=click.FloatRange(min=1), help="Of a surge.")
def main(parts: Sequence[str], **how: Any) -> None:
    """Compare the desk with a bare handler, and time its work: all PARTS, or those that are named.

    Generated data only; needs two free cores.
    """
    console = Console()
    sizes = Sizes(
        rounds=how["rounds"],
        count=how["requests"],
        mentions=how["mentions"],
        stock=Size(mentions=how["stored"], open=how["waiting"]),
        flood=how["flood"],
        surge=how["surge"],
        seconds=how["seconds"],
    )
    for name in parts or _PARTS:
        with tempfile.TemporaryDirectory() as folder:
            with console.status(f"{name} ..."):
                tables = _PARTS[name](Path(folder), sizes)
            for table in tables:
                console.print(table)
        console.print(f"The machine's load is {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
