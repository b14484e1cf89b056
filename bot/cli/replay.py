"""`baton replay FILE`: a file of mentions through the whole desk."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from adapters.logs import set_up
from adapters.replay import Progress, Replay
from adapters.sources.mention_json import MentionReader
from bot.cli.replay_show import Shows, summary
from bot.config import Config, ConfigError, read_config
from bot.policy.problems import PolicyErrors
from bot.triage.rules import community_of

if TYPE_CHECKING:
    from bot.wiring import Desk

BAD_SPEED: Final = 'write a number such as 1 or 60, or "max"'
STOPPED: Final = "Stopped after %d lines. The same command goes on from there."
CANNOT_READ: Final = "%s cannot be read: %s."
BY_HTTP: Final = """%s
Or send the file to the desk that runs, 500 mentions a request:
    split -l 500 %s part. && for each in part.*; do
      curl -f -H 'Content-Type: application/x-ndjson' --data-binary @$each http://%s:%d/mentions; done"""
SIGNED: Final = "\nIts requests must be signed as Standard Webhooks describes, because BATON_WEBHOOK_SECRETS is set."


def _factor(_context: click.Context, _option: click.Parameter, value: str) -> float | None:
    """A factor above 0; None for as fast as it goes."""
    if value == "max":
        return None
    try:
        factor = float(value)
    except ValueError:
        factor = 0
    if not 0 < factor <= 1_000_000:
        raise click.BadParameter(BAD_SPEED)
    return factor


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--speed", metavar="N|max", callback=_factor, default="1", show_default=True, help="How many times as fast."
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N mentions of the file.")
@click.option("--again", is_flag=True, help="From the file's start, also when an earlier run went further.")
@click.option("--no-wait", is_flag=True, help="End when all is stored, before the desk has filed it under cases.")
def replay(file: Path, speed: float | None, limit: int | None, again: bool, no_wait: bool) -> None:
    """Feed the mentions of FILE (JSON lines) to the desk, at the pace at which they were once written.

    The desk works meanwhile. Interrupted with Ctrl-C or killed, the same command goes on where it was; a mention
    that is sent twice is taken once.
    """
    set_up(sys.stderr, level="warning")
    shows = Shows(sys.stdout)
    make = partial(Replay, file=file, tell=shows.tell, speed=speed, limit=limit, again=again)
    try:
        progress = asyncio.run(_run(make, file, shows, wait=not no_wait))
    except KeyboardInterrupt:
        shows.end()
        click.echo(STOPPED % shows.read)
        raise SystemExit(130) from None
    except OSError as error:
        raise click.ClickException(CANNOT_READ % (error.filename or file, error.strerror or error)) from None
    shows.end()
    click.echo(summary(progress, file, waited=not no_wait))
    if progress.read and progress.read == progress.rejected:
        raise SystemExit(1)


async def _run(make: partial[Replay], file: Path, shows: Shows, *, wait: bool) -> Progress:
    async with _desk(file) as desk:
        # From here on the wiring's parts are all known: the store remembers, its clock tells real time.
        replay = make(
            reader=MentionReader(partial(community_of, desk.policy)),
            intake=desk.store.intake,
            bookmarks=desk.store,
            pace=desk.store.clock,
        )
        with shows:
            progress = await replay.run()
            if wait:
                await replay.wait_until_filed(desk.store.unfiled, progress)
        return progress


@asynccontextmanager
async def _desk(file: Path) -> AsyncIterator[Desk]:
    """The whole desk at work. What stands in its way is told as a sentence."""
    from bot.wiring import running
    from storage.sql.engine import UnsupportedDatabase
    from storage.sql.lock import DatabaseInUse

    try:
        config = read_config(os.environ)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    try:
        async with running(config) as desk:
            yield desk
    except (PolicyErrors, UnsupportedDatabase) as error:
        raise click.ClickException(str(error)) from None
    except DatabaseInUse as error:
        raise click.ClickException(_by_http(str(error), file, config)) from None


def _by_http(why: str, file: Path, config: Config) -> str:
    return BY_HTTP % (why, file, config.host, config.port) + (SIGNED if config.webhook_secrets else "")
