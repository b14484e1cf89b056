"""People in the local Slack: what they do and see has the same names as in `fakes.slack`."""

from __future__ import annotations

import asyncio
import copy
from typing import Any, Literal

from aiohttp import ClientSession

from bot.config import SlackSettings
from tests.fakes.local_slack.mirror import PATIENCE, Mirror
from tests.fakes.slack.answer import Answer
from tests.fakes.slack.forms import Values, filled, find_element
from tests.fakes.slack.payloads import typed
from tests.fakes.slack.state import APP, APP_TOKEN, BOT, BOT_TOKEN, SIGNING_SECRET, Json

Mode = Literal["socket", "events"]


class LocalSlack:
    """What our app answered is not told by this server: an answer's status only says that the act was possible.

    A dialog belongs to nobody here: `modal` is the same for everybody. Fields of a message cannot be filled in.
    """

    def __init__(self, base: str, mode: Mode, session: ClientSession, mirror: Mirror) -> None:
        self.base, self.mode = base, mode
        self._session, self._mirror = session, mirror

    @property
    def url(self) -> str:
        return f"{self.base}/api/"

    def settings(self) -> SlackSettings:
        """As this server was started: with an app token in Socket Mode."""
        socket = self.mode == "socket"
        return SlackSettings(
            bot_token=BOT_TOKEN,
            signing_secret="" if socket else SIGNING_SECRET,
            app_token=APP_TOKEN if socket else "",
            api_url=self.url,
        )

    # -- what people do -----------------------------------------------------------------------------------

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Answer:
        answer = await self._do(
            "message", user=user, channel=channel, text=typed(text), **_given(thread_ts=thread_ts)
        )
        return Answer(200, ts=answer["message"]["ts"])

    async def mention(self, user: str, channel: str, words: str, thread_ts: str | None = None) -> Answer:
        return await self.say(user, channel, f"<@{BOT}> {words}", thread_ts)

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Answer:
        await self._do("command", user=user, channel=channel, command=command, text=text)
        return Answer(200)

    async def press(
        self, user: str, channel: str, ts: str, what: str, *, shown: Json | None = None
    ) -> Answer:
        """Presses the button with this label or action_id; `shown` is the message as the person still sees it."""
        body = shown or self._find(channel, ts)
        block, element = find_element(body.get("blocks", ()), what)
        named = ("type", "action_id", "value", "text")
        action = {name: element[name] for name in named if name in element}
        await self._do(
            "interact",
            user=user,
            channel=channel,
            messageTs=ts,
            action={**action, "block_id": block.get("block_id")},
        )
        return Answer(200)

    async def submit(self, user: str, values: Values | None = None) -> Answer:
        """Fills in the dialog by its labels or block ids, and sends it."""
        view = self.modal(user)
        assert view, "no dialog is open"
        before = self._mirror.views_told
        state = filled(view["blocks"], values or {}, whole=True)
        await self._mirror.socket.send_json({"t": "view_submit", "user": user, "values": state})
        await self._mirror.view_told(before)
        return Answer(200)

    async def react(self, user: str, channel: str, ts: str, name: str, *, take_back: bool = False) -> Answer:
        await self._do("reaction", user=user, channel=channel, ts=ts, name=name, present=not take_back)
        return Answer(200)

    async def edit(self, user: str, channel: str, ts: str, text: str) -> Answer:
        await self._do("edit-message", user=user, channel=channel, ts=ts, text=typed(text))
        return Answer(200)

    async def delete(self, user: str, channel: str, ts: str) -> Answer:
        """Anybody's message; this server lets only its author, so the author it is."""
        author = self._find(channel, ts)["user"]
        await self._do("delete-message", user=author, channel=channel, ts=ts)
        return Answer(200)

    async def open_home(self, user: str) -> Answer:
        await self._do("open-home", user=user)
        return Answer(200)

    # -- what people see -------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """What happened up to now is seen from now on."""
        await self._mirror.catch_up()

    def messages(self, channel: str) -> list[Json]:
        """The channel's main line, oldest first."""
        return [m for m in self._line(channel) if "ephemeral_to" not in m and not _in_thread(m)]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """The replies below that message, oldest first."""
        return [m for m in self._line(channel) if _in_thread(m) and m["thread_ts"] == ts]

    def ephemerals(self, channel: str, user: str) -> list[Json]:
        return [m for m in self._line(channel) if m.get("ephemeral_to") == user]

    def message(self, channel: str, ts: str) -> Json:
        """That one message, in the main line or a thread. KeyError when it is gone."""
        for message in self._line(channel):
            if message["ts"] == ts:
                return message
        raise KeyError(ts)

    def direct(self, user: str) -> str:
        """The id of the user's direct messages with our bot. KeyError while there are none."""
        for id, channel in self._mirror.channels.items():
            if channel["is_im"] and user in channel["members"]:
                return id
        raise KeyError(user)

    def modal(self, user: str) -> Json | None:
        return copy.deepcopy(self._mirror.modals[-1]) if self._mirror.modals else None

    def home(self, user: str) -> Json | None:
        return copy.deepcopy(self._mirror.homes.get(user, {}).get(APP))

    @property
    def errors(self) -> Json:
        """The sentences under the fields of the dialog."""
        return self._mirror.errors

    async def connected(self) -> None:
        """Waits until our app is connected."""
        async with asyncio.timeout(PATIENCE):
            await self._mirror.listened.wait()

    async def log(self) -> list[Json]:
        """What went in and out, as this server wrote it down."""
        async with self._session.get(f"{self.base}/_control/log") as response:
            entries: list[Json] = (await response.json())["log"]
        return entries

    async def _do(self, what: str, **how: Any) -> Json:
        async with self._session.post(f"{self.base}/_control/{what}", json=how) as response:
            answer: Json = await response.json()
        assert answer["ok"], f"{what} {how}: {answer.get('error')}"
        await self.settle()
        return answer

    def _find(self, channel: str, ts: str) -> Json:
        for message in self._mirror.messages.get(channel, []):
            if message["ts"] == ts:
                return message
        raise AssertionError(f"there is no message {ts} in {channel}")

    def _line(self, channel: str) -> list[Json]:
        return copy.deepcopy(self._mirror.messages.get(channel, []))


def _in_thread(message: Json) -> bool:
    return message.get("thread_ts") not in (None, message["ts"])


def _given(**values: Any) -> Json:
    return {name: value for name, value in values.items() if value is not None}
