"""The servers that are compared, each in a process of its own: `python -m tests.bench.server KIND FOLDER [SLACK]`.

SLACK is the address of the Web API that the desk speaks to.

Prints its port, serves until its standard input ends, then prints its peak memory and processor time.
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
from bot.config import Config, SlackSettings
from bot.policy.load import load
from bot.policy.model import Policy
from bot.wiring import application, connect, running
from tests.bench.posts import SECRET
from tests.fakes.slack.state import BOT_TOKEN, SIGNING_SECRET

BARE, SIGNED, DESK = "bare", "bare+hmac", "desk"
KINDS: Final = (BARE, SIGNED, DESK)
BARE_FORM, IN_SLACK = "bare form", "desk in Slack"
CHANNEL: Final = "C0SUPPORT"
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


def policy_in_slack() -> Policy:
    """The test company, its support in Slack."""
    policy = load(POLICY)
    support = replace(policy.departments["support"], channels={"slack": CHANNEL})
    return replace(policy, departments={**policy.departments, "support": support})


@asynccontextmanager
async def application_of(kind: str, folder: Path, slack: str) -> AsyncIterator[web.Application]:
    if kind == DESK:
        async with connect(config(folder)) as desk:
            yield application(desk)
        return
    if kind == IN_SLACK:
        settings = SlackSettings(bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET, api_url=slack)
        known = replace(config(folder), web_chat="off", slack=settings)
        async with running(known, policy=policy_in_slack()) as desk:
            yield application(desk)
        return
    app = web.Application()
    app.router.add_post("/mentions", bare if kind == BARE else bare_signed)
    app.router.add_post("/slack/events", bare_form)
    yield app


def peak_mb() -> float:
    """This process's peak memory. macOS counts bytes where Linux counts kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024**2 if sys.platform == "darwin" else 1024
    )


async def main(kind: str, folder: Path, slack: str = "") -> None:
    async with application_of(kind, folder, slack) as app, serve(app, "127.0.0.1", 0) as serving:
        begun = time.process_time()
        print(serving.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        cpu = time.process_time() - begun
    print(json.dumps({"peak_mb": peak_mb(), "cpu": cpu}), flush=True)


if __name__ == "__main__":
    set_up(sys.stderr, level="warning")
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
