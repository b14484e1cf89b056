"""`baton serve`: the desk at work."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import click
import structlog

from adapters.http import serve as serve_http
from adapters.logs import set_up
from bot.config import Config, read_config
from bot.wiring import application, running

log = structlog.get_logger(__name__)


@click.command()
def serve() -> None:
    """Run the desk: intake, jobs and chat, until stopped."""
    set_up(sys.stderr)
    asyncio.run(run_desk(read_config(os.environ)))


async def run_desk(config: Config) -> None:
    """Serves until SIGINT or SIGTERM; then requests and jobs under way may finish."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(config) as desk:
        if not desk.chats:
            log.warning("no chat is switched on: nobody sees the cards; BATON_WEB_CHAT=local shows them here")
        async with serve_http(application(desk), config.host, config.port) as serving:
            log.info("the desk is open", address=serving.url, policy=str(config.policy))
            await stop.wait()
            log.info("closing the desk")
