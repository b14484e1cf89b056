"""`baton replay FILE`: a file of mentions through the whole desk."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Final

import click

from adapters.logs import set_up
from adapters.replay import Progress, Replay
from adapters.sources.mention_json import MentionReader
from bot.cli.replay_show import Shows, summary
from bot.config import Config, read_config
from bot.triage.rules import community_of
from bot.wiring import Desk, running
from storage.sql.lock import DatabaseInUse

BAD_SPEED: Final = 'write a number such as 1 or 60, or "max"'
STOPPED: Final = "Stopped after %d lines. The same command goes on from there."
BY_HTTP: Final = """%s
Or send the file to the desk that runs, 500 mentions a request:
    split -l 500 %s part. && for each in part.*; do
      curl -f -H 'Content-Type: application/x-ndjson' --data-binary @$each http://%s:%d/mentions; done"""
SIGNED: Final = (
    "\nIts requests must be signed as Standard Webhooks describes, because BATON_WEBHOOK_SECRETS is set."
)


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
    "--speed",
    metavar="N|max",
    callback=_factor,
    default="1",
    show_default=True,
    help="How many times as fast.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Only the first N mentions of the file.")
@click.option("--again", is_flag=True, help="From the file's start, also when an earlier run went further.")
@click.option(
    "--no-wait", is_flag=True, help="End when all is stored, before the desk has filed it under cases."
)
def replay(file: Path, speed: float | None, limit: int | None, again: bool, no_wait: bool) -> None:
    """Feed the mentions of FILE (JSON lines) to the desk, at the pace at which they were once written.

    The desk works meanwhile. Interrupted with Ctrl-C or killed, the same command goes on where it was; a mention
    that is sent twice is taken once.
    """
    set_up(sys.stderr, level="warning")
    shows = Shows(sys.stdout)
    make = partial(Replay, file=file, speed=speed, limit=limit, again=again)
    try:
        progress = asyncio.run(_run(make, read_config(os.environ), file, shows, wait=not no_wait))
    except KeyboardInterrupt:
        shows.end()
        click.echo(STOPPED % shows.read)
        raise SystemExit(130) from None
    shows.end()
    click.echo(summary(progress, file, waited=not no_wait))
    if progress.read and progress.read == progress.rejected:
        raise SystemExit(1)


async def _run(make: partial[Replay], config: Config, file: Path, shows: Shows, *, wait: bool) -> Progress:
    try:
        async with running(config) as desk:
            with shows:
                return await _feed(make, desk, shows, wait=wait)
    except DatabaseInUse as error:
        said = BY_HTTP % (error, quote(str(file)), config.host, config.port)
        raise click.ClickException(said + SIGNED if config.webhook_secrets else said) from None


async def _feed(make: partial[Replay], desk: Desk, shows: Shows, *, wait: bool) -> Progress:
    """The file into a desk at work."""
    replay = make(
        reader=MentionReader(partial(community_of, desk.policy)),
        intake=desk.store.intake,
        bookmarks=desk.store,
        pace=desk.store.clock,
        tell=shows.tell,
    )
    progress = await replay.run()
    if wait:
        await replay.wait_until_filed(desk.store.unfiled, progress)
    return progress
