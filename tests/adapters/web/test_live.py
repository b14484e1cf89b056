"""Open pages hear of changes: at once, from other processes, after a break, and only of what is theirs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse

from adapters.web.live import MOST_BEHIND, MOST_WAITING, Event, LiveHub, Page, clock_json, rate_of
from bot.cards.card import Card, Text
from storage.sql.clock import SqlClock
from tests.adapters.web.conftest import WebDesk

ANA, BEN = "ana@kettle.example", "ben@kettle.example"


def a_card(text: str) -> Card:
    return Card(title="", summary=text, elements=(Text(text=text),))


@dataclass
class Line:
    """One page's stream of events."""

    response: ClientResponse
    last: str | None = None
    past: list[str] = field(default_factory=list)

    async def next(self) -> tuple[str, Any]:
        kind, data = "", ""
        while True:
            line = (await asyncio.wait_for(self.response.content.readline(), 5)).decode().rstrip("\n")
            name, _, value = line.partition(": ")
            if name == "id":
                self.last = value
            elif name == "event":
                kind = value
            elif name == "data":
                data = value
            elif not line and kind:
                self.past.append(kind)
                return kind, json.loads(data)

    async def until(self, wanted: str) -> Any:
        while True:
            kind, data = await self.next()
            if kind == wanted:
                return data


@asynccontextmanager
async def listening(
    chat: WebDesk, person: str = ANA, headers: Mapping[str, str] | None = None, **params: str
) -> AsyncIterator[Line]:
    asked = {"as": person, **params}
    async with chat.client.get("/web/events", params=asked, headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        line = Line(response)
        await line.until("hello")
        yield line


async def test_a_message_reaches_every_page_at_once(chat: WebDesk) -> None:
    async with listening(chat) as ana, listening(chat, BEN) as ben:
        await chat.say("hello <b>")
        for line in (ana, ben):
            message = await line.until("message")
            assert message["conversation"] == "support"
            assert "hello &lt;b&gt;" in message["html"]


async def test_what_another_process_wrote_appears_too(chat: WebDesk) -> None:
    async with listening(chat) as line:
        await chat.store.weblog.post("support", nonce="elsewhere", card=a_card("from elsewhere"))
        assert (await line.until("message"))["summary"] == "from elsewhere"


async def test_edits_and_deletions_are_told(chat: WebDesk) -> None:
    message = await chat.card("support", a_card("first"))
    async with listening(chat) as line:
        await chat.store.weblog.edit(message.id, a_card("second"))
        told = await line.until("message")
        assert (told["id"], told["summary"], told["edited"]) == (message.id, "second", True)
        await chat.store.weblog.delete(message.id)
        assert await line.until("gone") == {"id": message.id}


async def test_a_thread_counts_its_answers_live(chat: WebDesk) -> None:
    root = await chat.card("support", a_card("root"))
    async with listening(chat) as line:
        await chat.say("reply", thread=root.id)
        told = {each["id"]: each for each in (await line.until("message"), await line.until("message"))}
        assert told[root.id]["replies"] == 1


async def test_nobody_hears_what_is_said_to_somebody_else(chat: WebDesk) -> None:
    async with listening(chat, BEN) as ben:
        await chat.card(f"@{ANA}", a_card("only for Ana"))
        await chat.card("support", a_card("for everyone"))
        assert (await ben.until("message"))["summary"] == "for everyone"


async def test_a_page_that_comes_back_hears_what_it_missed(chat: WebDesk) -> None:
    async with listening(chat) as line:
        await chat.say("one")
        await line.until("message")
    await chat.say("two")
    await chat.say("three")
    for given in ({"headers": {"Last-Event-ID": line.last or ""}}, {"after": line.last or ""}):
        asked: dict[str, Any] = {
            "params": {"as": ANA, "after": given.get("after", "")},
            "headers": given.get("headers"),
        }
        async with chat.client.get("/web/events", **asked) as response:
            back = Line(response)
            assert [(await back.until("message"))["summary"] for _ in range(2)] == ["two", "three"]
            await back.until("hello")


@pytest.mark.parametrize("after", ["0", "999999"])
async def test_a_page_that_missed_too_much_loads_anew(chat: WebDesk, after: str) -> None:
    for number in range(MOST_BEHIND + 1):
        await chat.store.weblog.post("support", nonce=f"m{number}", text="x")
    async with chat.client.get("/web/events", params={"as": ANA, "after": after}) as response:
        line = Line(response)
        await line.until("hello")
        assert line.past == ["clock", "reload", "hello"]


async def test_many_changes_at_once_all_arrive(chat: WebDesk) -> None:
    async with listening(chat) as line:
        posts = (chat.store.weblog.post("support", nonce=f"m{n}", text=f"n{n}") for n in range(450))
        await asyncio.gather(*posts)
        seen = {(await line.until("message"))["summary"] for _ in range(450)}
        assert seen == {f"n{n}" for n in range(450)}


async def test_while_no_page_is_open_nothing_is_asked(chat: WebDesk) -> None:
    async with listening(chat):
        assert chat.hub.pages == 1
        reader = chat.hub._reader
    chat.hub.nudge()
    for _ in range(100):
        if reader is not None and reader.done():
            break
        await chat.say("wakes the server's writes")
        await asyncio.sleep(0.05)
    assert reader is not None
    assert reader.done()
    assert chat.hub.pages == 0
    async with listening(chat) as line:
        await chat.say("again")
        assert (await line.until("message"))["summary"] == "again"


async def test_closing_ends_every_page(chat: WebDesk) -> None:
    async with listening(chat) as line:
        await chat.hub.close()
        assert await asyncio.wait_for(line.response.content.read(), 5) is not None
        assert line.response.content.at_eof()
    async with chat.client.get("/web/events", params={"as": ANA}) as response:
        assert await asyncio.wait_for(response.content.read(), 5) == b"retry: 1000\n\n"


async def test_the_page_is_told_when_the_clock_is_moved(chat: WebDesk) -> None:
    async with listening(chat) as line:
        await chat.store.clock.move(chat.store.writer, to=datetime(2026, 3, 2, 9, tzinfo=UTC), rate=60)
        while (clock := await line.until("clock"))["rate"] == 1.0:
            pass
        assert clock["rate"] == 60
        assert clock["differs"] is True
        assert clock["now"].startswith("2026-03-02T09:0")


async def test_an_unreadable_store_does_not_end_the_pages(
    chat: WebDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(chat) as line:
        broken, real = asyncio.Event(), chat.store.weblog.changed

        async def breaks(after: int, limit: int = 200) -> Any:
            if not broken.is_set():
                broken.set()
                raise OSError("disk gone")
            return await real(after, limit)

        monkeypatch.setattr("adapters.web.live.AFTER_ERROR", timedelta(milliseconds=10))
        monkeypatch.setattr(chat.store.weblog, "changed", breaks)
        await chat.say("still here")
        assert (await line.until("message"))["summary"] == "still here"
        assert broken.is_set()


# -- without a network -------------------------------------------------------------------------------


def test_a_page_that_does_not_read_is_dropped() -> None:
    page = Page(lambda conversation: True)
    for _ in range(MOST_WAITING + 1):
        page.tell(Event(kind="clock"))
    assert page.dropped
    assert page.waiting.get_nowait() is None
    page.tell(Event(kind="clock"))
    assert page.waiting.empty()


@pytest.mark.parametrize("rate", [1.0, 20.0, 0.5])
async def test_the_rate_is_read_off_the_clock(rate: float, chat: WebDesk) -> None:
    clock = SqlClock(real=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    await clock.move(chat.store.writer, rate=rate)
    assert rate_of(clock) == rate
    assert clock_json(clock)["differs"] is (rate != 1.0)


async def test_a_clock_that_stands_has_no_rate(chat: WebDesk) -> None:
    clock = SqlClock(real=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC))
    await clock.move(chat.store.writer, rate=0)
    assert rate_of(clock) == 0


async def test_a_hub_that_never_opened_closes(chat: WebDesk) -> None:
    await LiveHub(chat.store.weblog, chat.store.clock).close()
