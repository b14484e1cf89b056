"""What stands before every address: who may ask, how much, what is told when it cannot be."""

from __future__ import annotations

import json

import pytest

from bot.ports import Overloaded, Stale
from tests.adapters.web.conftest import WebDesk

ANA = "ana@kettle.example"


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "  "},
        {"text": 7},
        {"id": "short"},
        {"id": "with spaces in it"},
        {"id": None},
        {"thread": "x"},
        {"thread": -1},
        {"thread": True},
        {"thread": "9" * 40},
        {"conversation": ["support"]},
        {"as": {}},
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_told_in_a_sentence(chat: WebDesk, fields: dict[str, object]) -> None:
    answer = await chat.post("/web/say", expect=400, **{"text": "hello", **fields})
    assert answer["error"].endswith(".")


@pytest.mark.parametrize(
    "fields", [{"words": " "}, {"values": "x"}, {"values": [1]}, {"values": ["x"] * 21}], ids=str
)
async def test_a_press_that_makes_no_sense_is_told(chat: WebDesk, fields: dict[str, object]) -> None:
    answer = await chat.post("/web/press", expect=400, **{"words": "claim 1", **fields})
    assert answer["error"].endswith(".")
    assert not chat.ear.heard


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'"x"', b"[" * 50_000])
async def test_only_json_objects_are_read(chat: WebDesk, body: bytes) -> None:
    response = await chat.client.post("/web/say", data=body, headers={"Content-Type": "application/json"})
    assert response.status == 400


async def test_what_no_database_takes_is_left_out(chat: WebDesk) -> None:
    await chat.say("a\x00b\ud800c")
    assert await chat.texts("support") == ["abc"]


async def test_more_than_64_kb_are_refused(chat: WebDesk) -> None:
    assert "64 kB" in (await chat.say("x" * 70_000, expect=413))["error"]

    async def drops() -> object:
        for _ in range(70):
            yield b" " * 1024

    headers = {"Content-Type": "application/json"}
    response = await chat.client.post("/web/say", data=drops(), headers=headers)
    assert response.status == 413


@pytest.mark.parametrize("error", [Overloaded(7), Stale("again")])
async def test_a_busy_desk_says_when_to_come_back(chat: WebDesk, error: Exception) -> None:
    chat.ear.error = error
    given = {"as": ANA, "conversation": "support", "text": "/claim 1042", "id": "busy-desk"}
    response = await chat.client.post("/web/say", json=given)
    assert response.status == 503
    assert response.headers["Retry-After"] == ("7" if isinstance(error, Overloaded) else "1")
    assert "busy" in (await response.json())["error"]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "10.0.0.1"]
)
@pytest.mark.parametrize("path", ["/", "/static/app.js", "/web/people", f"/web/events?as={ANA}"])
async def test_under_a_foreign_name_nothing_is_served(chat: WebDesk, host: str, path: str) -> None:
    response = await chat.client.get(path, headers={"Host": host})
    assert response.status == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1234", "[::1]:8080", "LOCALHOST:80"])
async def test_under_its_own_names_it_is(chat: WebDesk, host: str) -> None:
    response = await chat.client.get("/web/people", headers={"Host": host})
    assert response.status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_another_site_can_do_nothing(chat: WebDesk, headers: dict[str, str], status: int) -> None:
    body = json.dumps({"as": ANA, "conversation": "support", "text": "/claim 1042", "id": "other-site"})
    given = {"Content-Type": "application/json", **headers}
    response = await chat.client.post("/web/say", data=body, headers=given)
    assert response.status == status
    assert not chat.ear.heard


async def test_the_own_page_can(chat: WebDesk) -> None:
    origin = str(chat.client.make_url("/")).rstrip("/")
    body = {"as": ANA, "conversation": "support", "text": "hello", "id": "own-page"}
    assert (await chat.client.post("/web/say", json=body, headers={"Origin": origin})).status == 200


# -- the page's own files ------------------------------------------------------------


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(chat: WebDesk) -> None:
    response = await chat.client.get("/")
    page = await response.text()
    assert response.content_type == "text/html"
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "style=" not in page
    for name, kind in (
        ("app.js", "text/javascript"),
        ("card.css", "text/css"),
        ("baton.svg", "image/svg+xml"),
    ):
        response = await chat.client.get(f"/static/{name}")
        assert response.status == 200
        assert response.content_type == kind
        assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/static/", "/static/../inbound.py", "/static/%2e%2e/inbound.py", "/static/none.js"]
)
async def test_no_other_file_is_served(chat: WebDesk, path: str) -> None:
    assert (await chat.client.get(path)).status == 404


async def test_nobody_asks_only_for_the_head_of_an_endless_stream(chat: WebDesk) -> None:
    assert (await chat.client.head("/web/events", params={"as": ANA})).status == 405
    assert (await chat.client.head("/")).status == 200


async def test_answers_are_never_kept_by_a_browser(chat: WebDesk) -> None:
    response = await chat.client.get("/web/people")
    assert response.headers["Cache-Control"] == "no-store"
