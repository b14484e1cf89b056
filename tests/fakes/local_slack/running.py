"""Starting the local Slack and ending it."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from asyncio.subprocess import STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession

from tests.fakes.local_slack.driver import LocalSlack, Mode
from tests.fakes.local_slack.mirror import Mirror, ended
from tests.fakes.local_slack.setup import or_skip
from tests.fakes.slack.state import APP, APP_TOKEN, BOT, BOT_TOKEN, SIGNING_SECRET, TEAM

READY: Final = re.compile(r"Web API base:\s+(http://\S+)/api/")
STARTS_WITHIN: Final = 30.0
NOT_READY: Final = "the local Slack did not get ready:\n"

__all__ = ["LocalSlack", "local_slack"]


@asynccontextmanager
async def local_slack(
    *,
    apps_mode: Mode = "socket",
    request_url: str | None = None,
    users: Mapping[str, tuple[str, str]],
    channels: Mapping[str, str],
) -> AsyncIterator[LocalSlack]:
    """The local Slack while the block runs; skips the test where there is none.

    `users`: id to (name, e-mail); `channels`: id to name, everybody and our bot are in. In events mode requests go,
    signed, to `request_url`. When the block fails, what this server wrote down is added to the error.
    """
    program = or_skip()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps(_config(apps_mode, request_url, users, channels)), encoding="utf-8")
        written = Path(folder) / "log"
        with written.open("wb") as log:
            # Port 0: it takes a free one and says which.
            flags = ("--config", config, "--port", "0", "--base-host", "127.0.0.1")
            process = await asyncio.create_subprocess_exec(
                program, *flags, cwd=folder, stdout=log, stderr=STDOUT
            )
        try:
            base = await _ready(process, written)
            async with ClientSession() as session, _driven(base, apps_mode, session) as slack:
                yield slack
        except Exception as error:
            error.add_note(f"The local Slack wrote:\n{_said(written)[-4000:]}")
            raise
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


@asynccontextmanager
async def _driven(base: str, mode: Mode, session: ClientSession) -> AsyncIterator[LocalSlack]:
    mirror = await Mirror.open(session, f"{base.replace('http', 'ws', 1)}/ui")
    reading = asyncio.create_task(mirror.run())
    slack = LocalSlack(base, mode, session, mirror)
    try:
        await slack.settle()
        yield slack
    except Exception as error:
        lines = [
            f"{each['direction']} {each['kind']} {each['summary']}" for each in (await slack.log())[-40:]
        ]
        error.add_note("The local Slack saw:\n" + "\n".join(lines))
        raise
    finally:
        await ended(reading)
        await mirror.socket.close()


async def _ready(process: Process, written: Path) -> str:
    async with asyncio.timeout(STARTS_WITHIN):
        while True:
            said = _said(written)
            if found := READY.search(said):
                return found[1]
            if process.returncode is not None:
                raise RuntimeError(NOT_READY + said)
            await asyncio.sleep(0.02)


def _said(written: Path) -> str:
    return written.read_text(encoding="utf-8")


def _config(
    mode: Mode, request_url: str | None, users: Mapping[str, tuple[str, str]], channels: Mapping[str, str]
) -> dict[str, Any]:
    app = {
        "appId": APP,
        "botUserId": BOT,
        "botName": "Baton",
        "botToken": BOT_TOKEN,
        "appToken": APP_TOKEN,
        "signingSecret": SIGNING_SECRET,
        "mode": mode,
    }
    people = [
        {
            "id": id,
            "name": email.partition("@")[0],
            "real_name": name,
            "email": email,
            "tz": "Europe/London",
        }
        for id, (name, email) in users.items()
    ]
    return {
        "workspace": {"name": "Kettle & Co", "domain": "kettle", "teamId": TEAM},
        "apps": [{**app, **({"requestUrl": request_url} if request_url else {})}],
        "users": people,
        "channels": [
            {"id": id, "name": name, "is_private": False, "members": [BOT, *users]}
            for id, name in channels.items()
        ],
    }
