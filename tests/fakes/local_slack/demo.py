"""`make demo CHAT=slack`: the demo beside a Slack that runs on this machine, where one can act as anybody."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from bot.demo.story import HERE
from bot.policy.load import load
from tests.fakes.local_slack import NoLocalSlack, local_slack

WELCOME: Final = """
  Slack, on this machine: {address}/
  Pick a person at its lower left; type /baton help, press buttons, write below a card, open the app's Home.
"""


@asynccontextmanager
async def slack_beside() -> AsyncIterator[Mapping[str, str]]:
    """The local Slack with the demo's people and channels; the settings by which `baton demo` finds it."""
    policy = load(HERE / "policy.toml")
    users = {
        f"U{number:03}": (person.name, str(person.id))
        for number, person in enumerate(policy.people.values(), 1)
    }
    channels = {
        known.channels["slack"]: known.title.lower().replace(" ", "-")
        for known in policy.departments.values()
    }
    async with local_slack(users=users, channels=channels) as slack:
        print(WELCOME.format(address=slack.base), flush=True)
        settings = slack.settings()
        yield {
            "BATON_SLACK_BOT_TOKEN": settings.bot_token,
            "BATON_SLACK_APP_TOKEN": settings.app_token,
            "BATON_SLACK_API_URL": settings.api_url,
        }


async def run_demo(arguments: Sequence[str], settings: Mapping[str, str]) -> int:
    """Runs `baton demo` with these arguments and settings until it ends; its exit code."""
    command = (sys.executable, "-m", "bot", "demo", *arguments)
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **settings})
    try:
        return await process.wait()
    except asyncio.CancelledError:
        # Ctrl-C reached the demo as well: it ends by itself.
        return await process.wait()


async def main(arguments: Sequence[str]) -> int:
    """`baton demo` in Slack; its exit code."""
    async with slack_beside() as settings:
        return await run_demo(arguments, settings)


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(sys.argv[1:])))
    except NoLocalSlack as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
