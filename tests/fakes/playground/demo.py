"""`make demo CHAT=teams` and `CHAT=both`: the demo beside a Teams that runs on this machine, where one is one person."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from typing import Final

from aiohttp import ClientError, ClientSession

from bot.demo.story import HERE
from bot.policy.load import load
from bot.policy.model import Policy
from tests.contracts.ports import free_port
from tests.fakes.local_slack import NoLocalSlack
from tests.fakes.local_slack.demo import run_demo, slack_beside
from tests.fakes.npm import NotInstalled
from tests.fakes.playground import Member, Playground, playground

WELCOME: Final = """
  Microsoft Teams, on this machine: {address}/
  You are {name} (ME=their@address makes you another). {general} is the team's General channel,
  {channel} the other one, and your own chat with Baton stands above them. Type @Baton help, press buttons.
"""
NOBODY: Final = "Nobody in the demo has the e-mail address {email}; these have: {known}."
GENERAL, CHANNEL = "support", "pr"
"""The departments in Teams: the playground has two channels."""
LISTENS_WITHIN: Final = 60.0


async def main(arguments: Sequence[str]) -> int:
    """Runs `baton demo` with all arguments but its own until it ends; its exit code."""
    ours, rest = _parser().parse_known_args(arguments)
    policy = load(HERE / "policy.toml")
    me, others = _people(policy, ours.email)
    port = ours.port or free_port()
    desk = f"http://127.0.0.1:{port}"
    general, channel = policy.departments[GENERAL], policy.departments[CHANNEL]
    async with AsyncExitStack() as stack:
        teams = await stack.enter_async_context(
            playground(
                f"{desk}/api/messages",
                free_port(),
                me=me,
                others=others,
                team=(general.channels["teams"], policy.company.name),
                channel=(channel.channels["teams"], channel.title),
            )
        )
        slack = await stack.enter_async_context(slack_beside()) if ours.both else {}
        shown = {"address": teams.base, "name": me.name, "general": general.title, "channel": channel.title}
        print(WELCOME.format(**shown), flush=True)
        joining = asyncio.create_task(_join(teams, desk))
        try:
            settings = {"BATON_TEAMS_ANONYMOUS": "1", **slack}
            return await run_demo([*rest, "--port", str(port)], settings)
        finally:
            joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)


async def _join(teams: Playground, desk: str) -> None:
    """Adds Baton to the team and to the person's own chat as soon as it listens: then it knows where they are."""
    async with asyncio.timeout(LISTENS_WITHIN), ClientSession() as session:
        while True:
            with suppress(ClientError):
                async with session.get(f"{desk}/readyz") as response:
                    if response.status == 200:
                        break
            await asyncio.sleep(0.1)
    await teams.install()


def _people(policy: Policy, email: str | None) -> tuple[Member, list[Member]]:
    """Who sits at the screen, and the others, those of the departments in Teams first."""
    everybody = [Member(person.name, str(person.id)) for person in policy.people.values()]
    here = {str(id) for id, person in policy.people.items() if {GENERAL, CHANNEL} & set(person.roles)}
    everybody.sort(key=lambda member: member.email not in here)
    known = {member.email: member for member in everybody}
    if email is not None and email not in known:
        sys.exit(NOBODY.format(email=email, known=", ".join(known)))
    me = known[email] if email else everybody[0]
    return me, [member for member in everybody if member != me]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--as", dest="email")
    parser.add_argument("--both", action="store_true")
    parser.add_argument("--port", type=int, default=8080)
    return parser


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(sys.argv[1:])))
    except (NoLocalSlack, NotInstalled) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
