"""`baton demo`: a fictional company answers the public, in your browser, within two minutes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from adapters.http import serve as serve_http
from adapters.logs import set_up
from bot.config import Config, read_config
from bot.demo.accounts import Accounts
from bot.demo.network import SECRET, Network
from bot.demo.player import NotPlayable, Player, moment_of, read_mentions
from bot.demo.story import HERE, acts
from bot.wiring import Desk, application, running, set_standing_jobs

DAY_STARTS: Final = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
DAY_ENDS: Final = datetime(2026, 3, 2, 17, 45, tzinfo=UTC)
TWO_MINUTES: Final = timedelta(minutes=2)
SIX_MINUTES: Final = timedelta(minutes=6)
"""With Slack or Teams, whose pace is about one message a second in a channel."""

WELCOME: Final = """
  Thistlecart, an online grocer, has a busy Monday: nine hours in {minutes} minutes.

    The desk:    {address}/
    The board:   {address}/board     (every department at a glance)
    The public:  {address}/network   (write a post of your own there, or change one; the company's replies stand below)

  Look out for: in Operations, from 09:12, two dozen posts about one broken checkout that become one case;
  at 10:31 Hanna approves what Kwame tells the press, and it is public ten seconds later;
  in Legal, at 09:46, a solicitor's letter that others know by its number alone; at 15:30 a shift that is
  handed over; and the digests from 12:30 on.

  Pick a person at the top left, press buttons, type `help` or `board`. Ctrl-C ends it.
"""
IN_CHATS: Final = "  The same desk works in {chats}, too: it is one case in all of them.\n"
OVER: Final = "The day is over; the clock runs at its normal speed now and the desk is yours. Ctrl-C ends it."


@click.command()
@click.option(
    "--mentions", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Play these instead."
)
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one."
)
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="Business clock; default: the day in 2 min."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--quit", "quit_after", is_flag=True, help="End when the day is over.")
def demo(mentions: Path | None, port: int, speed: float | None, no_browser: bool, quit_after: bool) -> None:
    """Watch a fictional company answer the public."""
    # Where another chat is beside it, most of the company is not there: that is no news.
    set_up(sys.stderr, level="error")
    with tempfile.TemporaryDirectory(prefix="baton-demo-") as folder:
        config = Config(
            policy=HERE / "policy.toml",
            database_url=f"sqlite:///{folder}/demo.db",
            port=port,
            web_chat="local",
            webhook_secrets=(SECRET,),
            slack=read_config(os.environ).slack,
            teams=read_config(os.environ).teams,
        )
        look = not no_browser and sys.stdout.isatty() and "CI" not in os.environ
        asyncio.run(_demo(config, mentions, speed, look, quit_after))


async def _demo(
    config: Config, mentions: Path | None, speed: float | None, look: bool, quit_after: bool
) -> None:
    try:
        posts = list(read_mentions(mentions or HERE / "mentions.jsonl"))
    except (NotPlayable, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    if not posts:
        raise click.ClickException(f"{mentions} holds no mentions.")
    start = DAY_STARTS if mentions is None else moment_of(posts[0])
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    network = Network()
    async with running(config, networks=Accounts.at(network)) as desk:
        network.now = desk.store.clock.now
        app = application(desk)
        app.add_routes(network.routes())
        async with serve_http(app, config.host, config.port) as serving:
            network.desk = serving.url
            chats = [name for name, known in (("Slack", config.slack), ("Teams", config.teams)) if known]
            length = SIX_MINUTES if chats else TWO_MINUTES
            minutes = {TWO_MINUTES: "two", SIX_MINUTES: "six"}[length]
            click.echo(WELCOME.format(address=network.desk, minutes=minutes))
            if chats:
                click.echo(IN_CHATS.format(chats=" and ".join(chats)))
            if look:
                webbrowser.open(network.desk)
            rate = speed or (DAY_ENDS - DAY_STARTS) / length
            await desk.store.clock.move(desk.store.writer, to=start, rate=rate)
            await set_standing_jobs(desk, anew=True)
            playing = asyncio.create_task(_play(desk, network, posts, start, story=mentions is None))
            # A play that fails ends the demo at once, with its reason; one that is over only when asked to.
            playing.add_done_callback(
                lambda done: stop.set() if quit_after or (not done.cancelled() and done.exception()) else None
            )
            await stop.wait()
            playing.cancel()
            with suppress(asyncio.CancelledError):
                await playing
        await network.close()


async def _play(desk: Desk, network: Network, posts: Sequence[Any], start: datetime, *, story: bool) -> None:
    player = Player(desk, network, click.echo)
    async with asyncio.TaskGroup() as group:
        group.create_task(player.posts(posts))
        if story:
            group.create_task(player.people(acts(), start))
            group.create_task(_day_end(desk))
    await desk.store.clock.move(desk.store.writer, rate=1.0)
    click.echo(OVER)


async def _day_end(desk: Desk) -> None:
    clock = desk.store.clock
    while clock.now() < DAY_ENDS:
        await clock.sleep(min(clock.real_delay(DAY_ENDS), timedelta(seconds=1)))
