"""A desk that listens to Hacker News, in a process of its own that may be killed at any moment."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import Any, Final

from bot.config import Config
from bot.policy.load import parse
from bot.policy.model import Policy
from bot.wiring import running
from storage.sql.sources import SqlSourceBook

TESTS: Final = Path(__file__).parents[2] / "policy.toml"
LISTENING: Final = """
[sources.hn]
kind = "hackernews"
url = "{url}"
search = ["kettle"]
every = "5s"
"""


def policy(more: str) -> Policy:
    """The tests' policy with more to listen to."""
    reading = parse(TESTS.read_text(encoding="utf-8") + more, "policy.toml")
    assert reading.policy is not None, reading.problems
    return reading.policy


def at_work(database: str, url: str, dies: str) -> None:
    """Until it is killed. It `dies` by itself `before` what it heard is stored, or `after` that; or `never`."""
    logging.disable(logging.CRITICAL)
    asyncio.run(_at_work(database, url, dies))


async def _at_work(database: str, url: str, dies: str) -> None:
    append = SqlSourceBook.append

    async def dying(book: SqlSourceBook, *what: Any) -> Any:
        if dies == "after":
            await append(book, *what)
        os.kill(os.getpid(), signal.SIGKILL)

    if dies != "never":
        SqlSourceBook.append = dying  # type: ignore[method-assign, assignment]
    config = Config(database_url=database, web_chat="local")
    async with running(config, policy=policy(LISTENING.format(url=url))):
        await asyncio.Event().wait()
