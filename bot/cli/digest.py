"""`baton digest`: a department's digest, now."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime

import click

from bot.cards.text import as_text
from bot.config import Config, read_config
from bot.ports import Place
from bot.wiring import connect


@click.command()
@click.argument("department")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The local date it belongs to; default today."
)
def digest(department: str, day: datetime | None) -> None:
    """Print a department's daily digest."""
    click.echo(asyncio.run(_digest(read_config(os.environ), department, day)))


async def _digest(config: Config, department: str, day: datetime | None) -> str:
    async with connect(config) as desk:
        known = desk.policy.departments.get(department)
        if known is None:
            raise click.ClickException(
                f"There is no department {department}. The policy has: {', '.join(desk.policy.departments)}."
            )
        date = day.date() if day else desk.store.clock.now().astimezone(known.zone).date()
        place = Place(platform="terminal", conversation="terminal", department=department)
        return as_text((await desk.router.show("digest", f"{department}:daily:{date}", place)).card)
