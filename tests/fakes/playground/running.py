"""Starting the playground and ending it, and the person at its screen."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from asyncio.subprocess import STDOUT, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse

from tests.fakes.npm import node
from tests.fakes.playground.people import BOT, CONFIG, Member, config
from tests.fakes.playground.setup import HERE, program

STARTS_WITHIN: Final = 30.0
NOT_READY: Final = "the playground did not get ready:\n"

Json = dict[str, Any]


class Playground:
    """What `me`, the only one who can do anything here, does and sees."""

    def __init__(self, base: str, me: Member, channels: Sequence[str], session: ClientSession) -> None:
        self.base, self.me, self.channels = base, me, channels
        self._session = session
        self.seen: list[Json] = []
        """What the page was told, oldest first: `action` is createMessage or updateMessage."""

    async def install(self) -> None:
        """Our app is added to the team's channels and to the person's own chat, and told so."""
        for conversation in (*self.channels, self.me.chat):
            await self._post(f"_debug/conversation/{conversation}/installation", {"action": "add"})

    async def mention(self, conversation: str, words: str) -> Json:
        """A new thread in a channel, or a reply in one (its id with `;messageid=`)."""
        at = "<at>Baton</at>"
        mentions = [{"mentioned": {"id": BOT}, "text": at}]
        return await self._say(conversation, f"{at} {words}", mentions=mentions)

    async def chat(self, words: str) -> Json:
        """Words in the person's own chat with our bot."""
        return await self._say(self.me.chat, words)

    async def execute(self, conversation: str, message: str, action: Json) -> Json:
        """Presses an Action.Execute; the answer that our app gave to the invoke."""
        return await self._post(
            "_conversation/v1/invoke",
            {
                "name": "adaptiveCard/action",
                "from": {"id": self.me.user},
                "conversation": {"id": conversation},
                "replyToId": message,
                "value": {"action": action, "trigger": "manual"},
            },
        )

    async def told(self, what: str, within: float = 10.0) -> Json:
        """The newest thing on the page in which `what` stands; waits until there is one."""
        async with asyncio.timeout(within):
            while True:
                for event in reversed(self.seen):
                    if what in json.dumps(event, ensure_ascii=False):
                        return event
                await asyncio.sleep(0.02)

    async def watch(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            self.seen.append(json.loads(message.data))

    async def _say(self, conversation: str, text: str, **more: Any) -> Json:
        said = {"from": {"id": self.me.user}, "text": text, "textFormat": "plain", **more}
        return await self._post(f"_conversation/v1/conversations/{conversation}/messages", said)

    async def _post(self, path: str, body: Json) -> Json:
        async with self._session.post(f"{self.base}/{path}", json=body) as response:
            text = await response.text()
            assert response.status == 200, f"{path}: {response.status} {text}"
        answer: Json = json.loads(text) if text.startswith("{") else {}
        return answer


@asynccontextmanager
async def playground(
    endpoint: str,
    port: int,
    *,
    me: Member,
    others: Sequence[Member] = (),
    team: tuple[str, str],
    channel: tuple[str, str],
) -> AsyncIterator[Playground]:
    """The playground while the block runs, on 127.0.0.1 only; what people do goes to `endpoint`. Raises NotInstalled.

    When the block fails, what the program wrote is added to the error.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / CONFIG).write_text(config(me, others, team, channel), encoding="utf-8")
        written = Path(folder) / "log"
        command: list[Path | str] = [
            node(),
            "--require",
            HERE / "loopback.cjs",
            await asyncio.to_thread(program),
        ]
        served = ["--port", str(port), "--service-url", f"http://127.0.0.1:{port}/_connector"]
        about = [
            "start",
            "--app-endpoint",
            endpoint,
            "--channel-id",
            "msteams",
            "--disable-telemetry",
            *served,
        ]
        with written.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command, *about, cwd=folder, env={**os.environ, "BROWSER": "none"}, stdout=log, stderr=STDOUT
            )
        try:
            base = f"http://127.0.0.1:{port}"
            async with ClientSession() as session:
                await _ready(process, session, base, written)
                page = Playground(base, me, (team[0], channel[0]), session)
                async with _watched(page, session):
                    yield page
        except Exception as error:
            error.add_note(f"The playground wrote:\n{_said(written)[-4000:]}")
            raise
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


@asynccontextmanager
async def _watched(page: Playground, session: ClientSession) -> AsyncIterator[None]:
    url = f"{page.base.replace('http', 'ws', 1)}/_ws_conversation/v1/conversations/stream"
    async with session.ws_connect(url) as socket:
        watching = asyncio.create_task(page.watch(socket))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def _ready(process: Process, session: ClientSession, base: str, written: Path) -> None:
    async with asyncio.timeout(STARTS_WITHIN):
        while True:
            if process.returncode is not None:
                raise RuntimeError(NOT_READY + _said(written))
            with suppress(ClientError):
                async with session.get(f"{base}/_internal/v1/config") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.05)


def _said(written: Path) -> str:
    return written.read_text(encoding="utf-8")
