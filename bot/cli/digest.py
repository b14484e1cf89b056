"""`baton digest`: how a department did, or a champion's communities, now."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from typing import Final

import click

from bot.cards.text import as_text
from bot.config import Config, read_config
from bot.domain.digests.digest import Rhythm
from bot.domain.people import PersonId
from bot.ports import Place
from bot.wiring import connect
from handlers.digests.digest_plans import of

_UNKNOWN: Final = "There is no department {who}, and nobody with that e-mail. The policy has: {known}."

TERMINAL: Final = "terminal"


@click.command()
@click.argument("department")
@click.option("--weekly", "rhythm", flag_value=Rhythm.WEEKLY.value, help="The week instead of the day.")
@click.option("--monthly", "rhythm", flag_value=Rhythm.MONTHLY.value, help="The month instead of the day.")
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The local date it belongs to; default today."
)
def digest(department: str, rhythm: str | None, day: datetime | None) -> None:
    """Print a department's digest, or by their e-mail the one that a champion or colleague reads."""
    every = Rhythm(rhythm or Rhythm.DAILY)
    click.echo(asyncio.run(_digest(read_config(os.environ), department, every, day)))


async def _digest(config: Config, who: str, rhythm: Rhythm, day: datetime | None) -> str:
    async with connect(config) as desk:
        plan = of(desk.policy, who if who in desk.policy.departments else who.strip().lower(), rhythm)
        if plan is None:
            known = ", ".join(desk.policy.departments)
            raise click.ClickException(_UNKNOWN.format(who=who, known=known))
        person = PersonId(plan.person) if plan.person else None
        place = Place(platform=TERMINAL, conversation=TERMINAL, department=plan.department, person=person)
        now = desk.store.clock.now()
        today = day.date() if day else plan.schedule.local_date(now)
        asked = plan.subject(today) if rhythm is Rhythm.DAILY else plan.asked_for(today, now)
        return as_text((await desk.router.show("digest", asked, place)).card)
