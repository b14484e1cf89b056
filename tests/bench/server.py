"""The servers that are compared, each in a process of its own:
`python -m tests.bench.server KIND FOLDER [URL [DATABASE [REDIS]]]`.

URL is where the desk finds its Slack, its Teams, or, where there is neither, its PostgreSQL; "-" for nowhere.

Prints its port, serves until its standard input ends, then prints its peak memory, its processor time, and the
longest that its event loop was held up.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from aiohttp import web

from adapters.http import serve
from adapters.logs import set_up
from bot.config import Config, SlackSettings, TeamsSettings
from bot.policy.load import load
from bot.policy.model import Policy, Surge
from bot.wiring import application, connect, running
from tests.bench.posts import SECRET
from tests.fakes.slack.state import BOT_TOKEN, SIGNING_SECRET
from tests.fakes.teams.state import APP_ID, TENANT
from tests.fakes.teams.state import SECRET as TEAMS_SECRET

BARE, SIGNED, DESK, ON_SERVER = "bare", "bare+hmac", "desk", "desk on a server"
KINDS: Final = (BARE, SIGNED, DESK, ON_SERVER)
BARE_FORM, IN_SLACK, IN_TEAMS = "bare form", "desk in Slack", "desk in Teams"
WHOLE, WHOLE_IN_SLACK = "whole desk", "whole desk in Slack and the web"
"""With its worker, as `baton serve` runs it."""
NOWHERE: Final = "-"
CHANNEL: Final = "C0SUPPORT"
TEAMS_CHANNEL: Final = "19:support@thread.tacv2"
_TICK: Final = 0.005
POLICY: Final = Path(__file__).parents[1] / "policy.toml"
_KEY: Final = base64.b64decode(SECRET.removeprefix("whsec_"))


def config(folder: Path) -> Config:
    return Config(
        policy=POLICY,
        database_url=f"sqlite:///{folder / 'desk.db'}",
        web_chat="local",
        webhook_secrets=(SECRET,),
    )


async def bare(request: web.Request) -> web.Response:
    """Reads the body, parses it, answers; nothing is kept."""
    json.loads(await request.read())
    return web.json_response({"accepted": 1}, status=202)


async def bare_signed(request: web.Request) -> web.Response:
    body = await request.read()
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(_KEY, signed, hashlib.sha256).digest()).decode()
    if not hmac.compare_digest(request.headers["webhook-signature"], f"v1,{expected}"):
        raise web.HTTPUnauthorized
    json.loads(body)
    return web.json_response({"accepted": 1}, status=202)


async def bare_form(request: web.Request) -> web.Response:
    """Reads a slash command's form and answers a few words; nothing is checked and nothing is kept."""
    form = await request.post()
    return web.json_response({"response_type": "ephemeral", "text": str(form["text"])})


def policy_of_companies() -> Policy:
    """The tests' policy with surges as companies have them: that of the tests wants a million copies, so that each post
    would be laid beside all others like it."""
    return replace(load(POLICY), surge=Surge())


def policy_in(platform: str, channel: str) -> Policy:
    """The test company, its support in that chat alone."""
    policy = policy_of_companies()
    support = replace(policy.departments["support"], channels={platform: channel})
    return replace(policy, departments={**policy.departments, "support": support})


def in_chat(kind: str, folder: Path, url: str) -> tuple[Config, Policy]:
    known = replace(config(folder), web_chat="local" if kind == WHOLE_IN_SLACK else "off")
    if kind in (IN_SLACK, WHOLE_IN_SLACK):
        slack = SlackSettings(bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=url)
        return replace(known, slack=slack), policy_in("slack", CHANNEL)
    teams = TeamsSettings(
        app_id=APP_ID,
        tenants=(TENANT,),
        password=TEAMS_SECRET,
        openid_url=f"{url}/v1/.well-known/openidconfiguration",
        login_url=url,
    )
    return replace(known, teams=teams), policy_in("teams", TEAMS_CHANNEL)


@asynccontextmanager
async def application_of(
    kind: str, folder: Path, url: str, database: str = NOWHERE, redis: str = NOWHERE
) -> AsyncIterator[web.Application]:
    if kind in (WHOLE, WHOLE_IN_SLACK):
        known, policy = (
            in_chat(kind, folder, url) if kind == WHOLE_IN_SLACK else (config(folder), policy_of_companies())
        )
        known = known if database == NOWHERE else replace(known, database_url=database)
        known = known if redis == NOWHERE else replace(known, redis_url=redis)
        async with running(known, policy=policy) as desk:
            yield application(desk)
        return
    if kind in (DESK, ON_SERVER):
        known = config(folder)
        known = replace(known, database_url=url) if url else known
        async with connect(known) as desk:
            yield application(desk)
        return
    if kind in (IN_SLACK, IN_TEAMS):
        known, policy = in_chat(kind, folder, url)
        async with running(known, policy=policy) as desk:
            yield application(desk)
        return
    app = web.Application()
    app.router.add_post("/mentions", bare if kind == BARE else bare_signed)
    app.router.add_post("/slack/events", bare_form)
    app.router.add_post("/api/messages", bare)
    yield app


class Stall:
    """The longest, in seconds, that the event loop came too late to something that was due."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        while True:
            due = time.perf_counter() + _TICK
            await asyncio.sleep(_TICK)
            self.longest = max(self.longest, time.perf_counter() - due)


def peak_mb() -> float:
    """This process's peak memory. macOS counts bytes where Linux counts kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024**2 if sys.platform == "darwin" else 1024
    )


async def main(kind: str, folder: Path, url: str = "", *more: str) -> None:
    stall = Stall()
    async with application_of(kind, folder, url, *more) as app, serve(app, "127.0.0.1", 0) as serving:
        begun = time.process_time()
        ticking = asyncio.create_task(stall.run())
        print(serving.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        cpu = time.process_time() - begun
        ticking.cancel()
    print(json.dumps({"peak_mb": peak_mb(), "cpu": cpu, "stall": stall.longest}), flush=True)


if __name__ == "__main__":
    set_up(sys.stderr, level="warning")
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
