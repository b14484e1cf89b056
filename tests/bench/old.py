"""What a store of years costs: the figures of `tests.bench.full`, as medians and their ratio."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click
from rich.table import Table

from tests.bench.stock import SMALL, Size

GOAL: Final = 1.5
"""So much longer may anything take on the big store."""

Turns = Mapping[str, Sequence[Sequence[float]]]


async def in_years(folder: Path, big: Size, rounds: int) -> Turns:
    """The seconds of every turn on a small store and on a big one, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "tests.bench.full",
            str(folder),
            str(big.mentions),
            str(big.open),
            str(rounds),
        ),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise click.ClickException("the desk on a big store failed; see above")
    turns: Turns = json.loads(said.splitlines()[-1])
    return turns


def show_years(turns: Turns, big: Size) -> Table:
    """Medians in milliseconds, their ratio, and the lowest and highest ratio of one turn: the machine's noise."""
    table = Table(
        title=f"{SMALL.mentions:,} mentions and {SMALL.open:,} open cases against {big.mentions:,} and {big.open:,} "
        f"(goal: at most {GOAL} times as long)"
    )
    for name in ("what", "small, ms", "big, ms", "ratio", "of single turns"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, (small, large) in turns.items():
        each = [b / s for s, b in zip(small, large, strict=True)]
        table.add_row(
            what,
            f"{1000 * statistics.median(small):.1f}",
            f"{1000 * statistics.median(large):.1f}",
            f"{statistics.median(large) / statistics.median(small):.2f}",
            f"{min(each):.2f} to {max(each):.2f}",
        )
    return table
