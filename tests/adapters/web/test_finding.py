"""What the page asks while somebody types or searches: places in the conversation, marked words, one's own rights."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.inbound import PAGE_SIZE, WebFrontend
from adapters.web.marked import marked
from bot.cards.board import BoardView
from bot.cards.card import Card, Quote
from bot.cards.list import CaseRow
from bot.domain.people import Person
from bot.grammar.completion import Completion, Option
from bot.ports import Place
from tests.adapters.web.conftest import WebDesk

ANA, BEN = "ana@kettle.example", "ben@kettle.example"


@dataclass
class Answers:
    """Reads that says what the test wants."""

    hidden: set[int] = field(default_factory=set)
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def complete(self, words: str, person: Person, place: Place) -> Completion:
        self.asked.append((words, person.id, place.conversation, place.case_id))
        if words.startswith("claim "):
            return Completion(start=6, slot="case", verb="claim", typed=words[6:], usage="claim <case>")
        return Completion(start=0, slot="verb", options=(Option(value="claim", label="claim <case>"),))

    async def suggested(self, verb: str, typed: str, person: Person, place: Place) -> Sequence[CaseRow]:
        row = CaseRow(
            number=1001, priority="P3", department="Support", said="<b>parcel</b>", state="unclaimed"
        )
        return [row] if (verb, typed) == ("claim", "10") else []

    async def found(self, words: str, person: Person, place: Place) -> Sequence[CaseRow]:
        return [CaseRow(number=1001, priority="P3", department="Support", said=f"My {words} <i>!")]

    async def seen(self, numbers: Collection[int], person: Person, place: Place) -> frozenset[int]:
        return frozenset(numbers) - self.hidden

    async def board(self, person: Person) -> BoardView:
        return BoardView(at="09:00", day="Monday")


@pytest.fixture
async def asked(chat: WebDesk) -> AsyncIterator[tuple[WebDesk, Answers]]:
    """The web desk of the other tests, which can be asked."""
    answers, app = Answers(), web.Application()
    front = WebFrontend(
        policy=chat.policy,
        log=chat.store.weblog,
        hear=chat.ear,
        clock=chat.store.clock,
        hub=chat.hub,
        reads=answers,
    )
    app.add_routes(front.routes())
    async with TestClient(TestServer(app)) as client:
        chat.client = client
        yield chat, answers


def where(**fields: str | int) -> dict[str, str | int]:
    return {"as": ANA, "conversation": "support", **fields}


async def test_completion_is_asked_where_it_is_typed(asked: tuple[WebDesk, Answers]) -> None:
    desk, answers = asked
    card = await desk.card("support", Card(title="1001", summary="1001"), case=1001)
    body = await desk.get("/web/complete", **where(words="cl", thread=card.id))
    assert body["options"] == [{"value": "claim", "label": "claim <case>", "detail": ""}]
    assert answers.asked == [("cl", ANA, "support", 1001)]


async def test_cases_come_with_the_customers_words(asked: tuple[WebDesk, Answers]) -> None:
    body = await asked[0].get("/web/complete", **where(words="claim 10"))
    (option,) = body["options"]
    assert body["start"] == 6
    assert option == {"value": "1001", "label": "<b>parcel</b>", "detail": "P3 · Support · unclaimed"}


async def test_words_are_found_however_they_are_written(asked: tuple[WebDesk, Answers]) -> None:
    desk, _ = asked
    quoted = Card(title="1001 · Support", summary="x", elements=(Quote(text="¿Dónde está <Marta>?", by="m"),))
    card = await desk.card("support", quoted, case=1001)
    await desk.say("I asked marta already")
    await desk.say("nothing of it")
    await desk.say("Marta again", conversation=f"@{ANA}")
    body = await desk.get("/web/search", **where(words="MARTA"))
    talk, shown = body["messages"]
    assert (talk["by"], talk["html"]) == ("Ana Ruiz", "I asked <mark>marta</mark> already")
    assert (shown["id"], shown["title"]) == (card.id, "1001 · Support")
    assert shown["html"] == "¿Dónde está &lt;<mark>Marta</mark>&gt;?"
    assert body["cases"][0]["html"] == "My <mark>MARTA</mark> &lt;i&gt;!"
    assert [each["id"] for each in (await desk.get("/web/search", **where(words="donde")))["messages"]] == [
        card.id
    ]


async def test_notes_of_a_case_that_one_may_not_see_are_not_found(asked: tuple[WebDesk, Answers]) -> None:
    desk, answers = asked
    card = await desk.card("support", Card(title="1001 secret", summary="secret"), case=1001)
    await desk.store.weblog.post("support", nonce="note", reply_to=card.id, text="a secret note")
    open_talk = await desk.store.weblog.post("support", nonce="talk", text="no secret at all")
    found = (await desk.get("/web/search", **where(words="secret")))["messages"]
    assert [(each["thread"]) for each in found] == [None, card.id, None]
    answers.hidden = {1001}
    found = (await desk.get("/web/search", **where(words="secret")))["messages"]
    assert [each["id"] for each in found] == [open_talk.id]


async def test_a_search_needs_words_and_a_conversation_of_ones_own(asked: tuple[WebDesk, Answers]) -> None:
    client = asked[0].client
    for fields, status in (
        (where(words="x"), 400),
        (where(words="marta", conversation=f"@{BEN}"), 404),
        (where(words="marta", conversation="nowhere"), 404),
    ):
        for address in ("/web/search",):
            assert (await client.get(address, params=fields)).status == status
    assert (await client.get("/web/board", params={"as": "nobody@kettle.example"})).status == 404


async def test_a_message_is_shown_among_its_neighbours(asked: tuple[WebDesk, Answers]) -> None:
    desk, _ = asked
    said = [
        (await desk.store.weblog.post("support", nonce=f"n{number}", text=f"line {number}")).id
        for number in range(PAGE_SIZE * 2 + 30)
    ]
    middle = said[60]
    page = await desk.get("/web/messages", **where(around=middle))
    ids = [each["id"] for each in page["messages"]]
    assert middle in ids
    assert ids == sorted(ids)
    assert (page["more"], page["later"]) == (True, True)
    after = await desk.get("/web/messages", **where(after=ids[-1]))
    assert [each["id"] for each in after["messages"]] == said[said.index(ids[-1]) + 1 :]
    assert (after["more"], after["later"]) == (False, False)
    before = await desk.get("/web/messages", **where(before=ids[0]))
    assert [each["id"] for each in before["messages"]] == said[: said.index(ids[0])]


async def test_a_desk_without_departments_to_see_says_so(asked: tuple[WebDesk, Answers]) -> None:
    body = await asked[0].get("/web/board", **{"as": ANA})
    assert "no department that you can see" in body["html"]
    page = await asked[0].client.get("/board")
    assert page.status == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_words_are_marked_where_they_stand() -> None:
    assert (
        marked(("no", "a Straße and <b>"), ("strasse", "b"))
        == "a <mark>Straße</mark> and &lt;<mark>b</mark>&gt;"
    )
    assert marked(("x" * 300 + " needle " + "y" * 300,), ("needle",)).count("…") == 2
    assert marked((), ("x",)) == ""
    assert marked(("nothing",), ("else",)) == "nothing"
    assert marked(("ab",), ("",)) == "ab"
