"""The built-in web chat as a room, over HTTP: a person's browser is read and pressed here as its page does it."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession

from adapters.http import serve
from bot.config import Config
from bot.ports import Chat, Place, Posted
from bot.wiring import application, connect, set_standing_jobs
from storage.sql.clock import SqlClock
from tests.contracts.room import Room, Seen
from tests.contracts.square import NETWORKS
from tests.desk import Story, Time, test_policy

_OURS: Final = frozenset(
    [
        "article",
        "h3",
        "p",
        "figure",
        "blockquote",
        "figcaption",
        "span",
        "bdi",
        "dl",
        "div",
        "dt",
        "dd",
        "ul",
        "li",
        "svg",
        "title",
        "desc",
        "rect",
        "text",
        "button",
        "a",
        "small",
    ]
)


@dataclass
class Press:
    """A button as the page knows it: its words, and the fields it asks for first."""

    label: str
    words: str
    fields: list[dict[str, Any]]


@dataclass
class _Asked:
    press: Press
    conversation: str
    message: int | None


class Html(HTMLParser):
    """What a browser makes of a message."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.odd: list[str] = []
        self.presses: list[Press] = []
        self._button: Press | None = None
        self._link: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in _OURS or any(name.startswith("on") for name in given):
            self.odd.append(tag)
        if tag == "button":
            fields = json.loads(given.get("data-fields") or "[]")
            self._button = Press("", given.get("data-words") or "", fields)
            self.presses.append(self._button)
        if tag == "a":
            self._link = given.get("href")
            self.links.append(("", self._link or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._button = None
        elif tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.label += data
        elif self._link is not None:
            said, leads = self.links[-1]
            self.links[-1] = (said + data, leads)
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "\n".join(word for word in self.words if word.strip())


@dataclass
class WebRoom:
    desk: Story
    session: ClientSession
    url: str
    told: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """The answers for one person alone, as HTML."""
    asked: dict[str, _Asked] = field(default_factory=dict)
    last: tuple[str, dict[str, Any]] | None = None
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def chat(self) -> Chat:
        return self.desk.desk.chats["web"]

    def place(self, department: str) -> Place:
        return Place(platform="web", conversation=department, department=department)

    async def types(self, who: str, words: str, *, department: str = "support") -> None:
        await self._post(who, "/web/say", conversation=department, text=f"/{words}")

    async def presses(self, who: str, seen: Seen, label: str, *, department: str = "support") -> None:
        conversation, message = seen.at or department, int(seen.id) if seen.id else None
        html = (
            self.told[who, department][-1]
            if message is None
            else await self._html(who, conversation, message)
        )
        (press,) = [p for p in Html(html).presses if p.label == label]
        if press.fields:
            self.asked[who] = _Asked(press, conversation, message)
        else:
            await self._post(who, "/web/press", conversation=conversation, message=message, words=press.words)

    async def form(self, who: str) -> tuple[str, ...]:
        asked = self.asked.get(who)
        return tuple(each["label"] for each in asked.press.fields) if asked else ()

    async def answers(self, who: str, values: Mapping[str, str]) -> None:
        asked = self.asked.pop(who)
        said = [asked.press.words]
        for each in asked.press.fields:
            given = values.get(each["label"], "")
            shown = {label: value for value, label in each.get("options", ())}
            assert given or each.get("optional"), f"the page does not send the form: {each['label']} is empty"
            assert not shown or given in {"", *shown, *shown.values()}, (
                f"{given!r} is not offered: {[*shown]}"
            )
            said.append(shown.get(given, given))
        words = " ".join(filter(None, said))
        await self._post(
            who, "/web/press", conversation=asked.conversation, message=asked.message, words=words
        )

    async def writes(self, who: str, text: str, *, below: Seen, department: str = "support") -> str:
        answer = await self._post(who, "/web/say", conversation=department, thread=int(below.id), text=text)
        return str((answer["message"] or {}).get("id", ""))

    async def repeats(self) -> None:
        assert self.last is not None, "nobody did anything yet"
        await self._send(*self.last)

    async def settle(self) -> None:
        await self.desk.settles()

    async def main(self, place: Place) -> list[Seen]:
        who = place.person.partition("@")[0] if place.person else "ana"
        return [_seen(message) for message in await self._messages(place.conversation, who)]

    async def below(self, posted: Posted) -> list[Seen]:
        page = await self._messages(posted.conversation, "ana", thread=int(posted.message))
        return [_seen(message) for message in page]

    async def whispers(self, who: str, *, department: str = "support") -> list[str]:
        return [Html(html).text for html in self.told.get((who, department), [])]

    async def answered(self, who: str, *, department: str = "support") -> Seen:
        return _seen({"id": "", "html": self.told[who, department][-1]})

    async def direct(self, who: str) -> list[Seen]:
        at = f"@{_email(who)}"
        return [replace(_seen(message), at=at) for message in await self._messages(at, who)]

    async def _html(self, who: str, conversation: str, message: int) -> str:
        (found,) = [m for m in await self._messages(conversation, who) if m["id"] == message]
        return str(found["html"])

    async def _messages(self, conversation: str, who: str, **more: int) -> list[dict[str, Any]]:
        query: dict[str, str | int] = {"as": _email(who), "conversation": conversation, **more}
        async with self.session.get(f"{self.url}/web/messages", params=query) as response:
            assert response.status == 200, await response.text()
            messages: list[dict[str, Any]] = (await response.json())["messages"]
        return messages

    async def _post(self, who: str, path: str, **fields: Any) -> dict[str, Any]:
        body = {"as": _email(who), "id": f"contract-event-{next(self._numbers)}", **fields}
        self.last = (path, body)
        answer = await self._send(path, body)
        if answer["answer"]:
            self.told.setdefault((who, body["conversation"]), []).append(answer["answer"]["html"])
        return answer

    async def _send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self.session.post(self.url + path, json=body) as response:
            assert response.status == 200, await response.text()
            answer: dict[str, Any] = await response.json()
        await self.settle()
        return answer


def _seen(message: dict[str, Any]) -> Seen:
    html = Html(message["html"])
    buttons = tuple(press.label for press in html.presses)
    return Seen(str(message["id"]), html.text, links=tuple(html.links), odd=tuple(html.odd), buttons=buttons)


def _email(who: str) -> str:
    return f"{who}@kettle.example"


@asynccontextmanager
async def web_room(folder: Path) -> AsyncIterator[Room]:
    time = Time()
    config = Config(database_url=f"sqlite:///{folder / 'desk.db'}", web_chat="local")
    clock = SqlClock(real=time.real, sleep=time.sleep)
    async with connect(config, policy=test_policy(), clock=clock, networks=NETWORKS) as desk:
        await set_standing_jobs(desk)
        async with serve(application(desk), "127.0.0.1", 0) as serving, ClientSession() as session:
            yield WebRoom(Story(desk, time), session, serving.url)
