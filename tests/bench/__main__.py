"""`python -m tests.bench`: how much the desk takes in, how fast it works, how much memory it needs."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from tests.bench.client import send
from tests.bench.copies import AmongCopies, near_copies
from tests.bench.old import in_years, show_years
from tests.bench.posts import requests
from tests.bench.process import Server, a_server
from tests.bench.server import BARE, DESK, KINDS, ON_SERVER, SIGNED
from tests.bench.slack import InSlack, in_slack
from tests.bench.stock import Size
from tests.bench.teams import InTeams, in_teams
from tests.fakes.postgres import a_server as a_database

_SERVERS: Final = {
    BARE: "bare aiohttp",
    SIGNED: "bare, signature checked",
    DESK: "Baton, 202 after commit",
    ON_SERVER: "Baton on PostgreSQL, 202 after commit",
}


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


def show_intake(servers: Mapping[str, Server], rounds: int, count: int) -> Table:
    table = Table(
        title=f"POST /mentions, one mention a request, 64 connections: median of {rounds} x {count:,}"
    )
    for name in (
        "server",
        "requests/s",
        "of bare",
        "of bare+hmac",
        "p50 ms",
        "p99 ms",
        "CPU µs each",
        "peak MB",
    ):
        table.add_column(name, justify="left" if name == "server" else "right")
    for kind, server in servers.items():
        rate = server.median("rate")
        table.add_row(
            _SERVERS[kind],
            f"{rate:,.0f}",
            f"{rate / servers[BARE].median('rate'):.2f}",
            f"{rate / servers[SIGNED].median('rate'):.2f}",
            f"{server.median('0.5'):.1f}",
            f"{server.median('0.99'):.1f}",
            f"{1e6 * server.cpu / (count * (rounds + 1)):.0f}",
            f"{server.peak_mb:.0f}",
        )
    return table


def show_work(figures: Mapping[str, float], count: int) -> Table:
    table = Table(title=f"A replay of {count:,} mentions at full speed, then commands")
    table.add_column("what")
    table.add_column("figure", justify="right")
    for name, text in (
        ("stored", "mentions stored a second"),
        ("filed", "mentions filed under cases a second"),
        ("shown", "mentions shown on cards a second"),
        ("command_ms", "one command alone, words to answer, ms"),
        ("commands", "commands a second, many at once"),
        ("peak_mb", "peak memory, MB"),
    ):
        table.add_row(text, f"{figures[name]:,.1f}")
    return table


def show_copies(figures: AmongCopies, rounds: int, count: int) -> Table:
    table = Table(title=f"Near-copies, one core: median of {rounds} x {count:,} posts")
    for name in ("what", "a second", "of bare"):
        table.add_column(name, justify="left" if name == "what" else "right")
    table.add_row("(bare aiohttp, JSON)", f"{figures.bare:,.0f}", "1.00")
    for what, rate in figures.rates.items():
        table.add_row(what, f"{rate:,.0f}", f"{rate / figures.bare:.2f}")
    return table


def show_slack(figures: InSlack, rounds: int, count: int) -> Table:
    table = Table(title=f"Slack, signed HTTP, 64 connections: median of {rounds} x {count:,} slash commands")
    for name in ("command", "a second", "of bare", "p50 ms", "p99 ms"):
        table.add_column(name, justify="left" if name == "command" else "right")
    for name, server in figures.commands.items():
        rate = server.median("rate")
        table.add_row(
            name,
            f"{rate:,.0f}",
            f"{rate / figures.bare:.2f}",
            f"{server.median('0.5'):.1f}",
            f"{server.median('0.99'):.1f}",
        )
    table.add_section()
    for name, seconds in figures.seconds.items():
        table.add_row(name, "", "", f"{1000 * seconds:,.0f}", "")
    return table


def show_teams(figures: InTeams, rounds: int, count: int) -> Table:
    table = Table(title=f"Teams, signed, 64 connections: median of {rounds} x {count:,} presses on a card")
    for name in ("what is pressed", "a second", "of bare", "p50 ms", "p99 ms"):
        table.add_column(name, justify="left" if name == "what is pressed" else "right")
    table.add_row("(bare aiohttp, JSON)", f"{figures.bare:,.0f}", "1.00", "", "")
    for words, server in figures.presses.items():
        rate = server.median("rate")
        table.add_row(
            words,
            f"{rate:,.0f}",
            f"{rate / figures.bare:.2f}",
            f"{server.median('0.5'):.1f}",
            f"{server.median('0.99'):.1f}",
        )
    table.add_section()
    table.add_row(
        "longest stall of the event loop while tokens are slow, ms",
        f"{1000 * figures.stall:,.0f}",
        "",
        "",
        "",
    )
    return table


@click.command()
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--requests", "count", default=4000, show_default=True, type=click.IntRange(min=64), help="In a round."
)
@click.option("--mentions", default=2000, show_default=True, type=click.IntRange(min=1), help="To replay.")
@click.option(
    "--stored", default=1_000_000, show_default=True, type=click.IntRange(min=100), help="Mentions."
)
@click.option(
    "--open", "waiting", default=100_000, show_default=True, type=click.IntRange(min=100), help="Cases."
)
def main(rounds: int, count: int, mentions: int, stored: int, waiting: int) -> None:
    """Compare the desk with a bare handler, and time its work. Generated data only; needs two free cores."""
    console = Console()
    with ExitStack() as stack:
        folder, other, third, fourth, fifth, sixth, seventh = (
            stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(7)
        )
        with console.status("intake ..."):
            servers = asyncio.run(intake(Path(folder), rounds, count))
        console.print(show_intake(servers, rounds, count))
        with console.status("the desk at work ..."):
            figures = asyncio.run(at_work(Path(other), mentions))
        console.print(show_work(figures, mentions))
        with console.status("a store of years ..."):
            years = asyncio.run(in_years(Path(seventh), Size(mentions=stored, open=waiting), rounds))
        console.print(show_years(years, Size(mentions=stored, open=waiting)))
        with console.status("near-copies ..."):
            alike = asyncio.run(near_copies(rounds, count))
        console.print(show_copies(alike, rounds, count))
        with console.status("Slack ..."):
            slack = asyncio.run(in_slack(Path(third), Path(fourth), rounds, count, mentions))
        console.print(show_slack(slack, rounds, count))
        with console.status("Teams ..."):
            teams = asyncio.run(in_teams(Path(fifth), Path(sixth), rounds, count))
        console.print(show_teams(teams, rounds, count))


if __name__ == "__main__":
    main()
