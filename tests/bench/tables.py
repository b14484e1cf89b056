"""What the parts of the bench that compare with a bare handler came to, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.table import Table

from tests.bench.copies import AmongCopies
from tests.bench.process import Server
from tests.bench.server import BARE, DESK, ON_SERVER, SIGNED
from tests.bench.slack import InSlack
from tests.bench.teams import InTeams

_SERVERS: Final = {
    BARE: "bare aiohttp",
    SIGNED: "bare, signature checked",
    DESK: "Baton, 202 after commit",
    ON_SERVER: "Baton on PostgreSQL, 202 after commit",
}


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
