"""Against mastodon_mock, a server that other people wrote: it answers as Mastodon does, and fails when it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.ports import AskedToWait, NetworkDown, SourceState
from tests.adapters.sources.mastodon.kit import Ears, Moved, as_mention, asked, joined, opened, outgoing
from tests.fakes.mastodon import Book, FakeMastodon, Ways
from tests.fakes.mastodon.mock import mock_server

NOTIFICATIONS = "/api/v1/notifications"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mock_server(tmp_path_factory.mktemp("mastodon")) as url:
        yield url


@pytest.fixture
async def here(url: str, tmp_path: Path) -> AsyncIterator[Ears]:
    clock = Moved()
    nobody = FakeMastodon(Book(domain="nowhere.example"), Ways())
    async with opened(tmp_path, clock) as store, asked() as http:
        await _ask(http, "DELETE", f"{url}/api/v1/_mock/faults", "ana_token")
        found = Ears(nobody, store, clock, joined(url, store, http, "acme_token"))
        yield found
        await found.die()


async def _ask(http: ClientSession, method: str, url: str, token: str, **said: Any) -> Any:
    async with http.request(method, url, headers={"Authorization": f"Bearer {token}"}, **said) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json() if answer.content_type == "application/json" else None


async def ana(url: str, method: str, path: str, **said: Any) -> Any:
    async with ClientSession() as http:
        return await _ask(http, method, url + path, "ana_token", **said)


async def says(url: str, words: str, **more: str) -> str:
    posted = await ana(url, "POST", "/api/v1/statuses", json={"status": words, **more})
    return str(posted["id"])


async def fails(url: str, method: str, path: str, kind: str, times: int = 1, **effect: Any) -> None:
    rule = {"match": {"methods": [method], "path": path}, "effect": {"type": kind, **effect}, "count": times}
    await ana(url, "POST", "/api/v1/_mock/faults", json=rule)


async def test_a_conversation_from_mention_to_reply(here: Ears, url: str) -> None:
    here.listen()
    await here.until(lambda: bool(here.states))
    number = await says(url, "@acme my parcel never came", visibility="unlisted")
    await here.until(_heard, here, number)
    mention = as_mention(await _row(here, number))
    assert mention.text == "@acme my parcel never came" and mention.extra["visibility"] == "unlisted"
    network = here.connected.network
    assert network is not None and network.why_not(mention) is None
    reply = outgoing(mention, here.clock.real(), "Sorry! We look into it: https://acme.example/1042")
    published = await network.publish(reply, again=False)
    assert await network.publish(reply, again=True) == published
    below = (await ana(url, "GET", f"/api/v1/statuses/{number}/context"))["descendants"]
    (answer,) = below
    assert published.external_id.endswith(f"/{answer['id']}") and answer["visibility"] == "unlisted"
    last = await says(url, "@acme thank you", in_reply_to_id=answer["id"])
    await here.until(_heard, here, last)
    assert (await _row(here, last))["thread"].endswith(f"/{number}")


async def test_a_mention_is_edited_and_deleted(here: Ears, url: str) -> None:
    here.listen()
    await here.until(lambda: bool(here.states))
    number = await says(url, "@acme hello")
    await here.until(_heard, here, number)
    await ana(url, "PUT", f"/api/v1/statuses/{number}", json={"status": "@acme hello again"})

    async def edited() -> bool:
        here.clock.on(minutes=1)
        return [row["text"] for row in await here.revisions()] == ["@acme hello again"]

    await here.until(edited)
    await ana(url, "DELETE", f"/api/v1/statuses/{number}")

    async def hidden() -> bool:
        here.clock.on(minutes=1)
        return '"hidden":true' in (await here.revisions())[-1]["extra"]

    await here.until(hidden)


@pytest.mark.parametrize("kind", ["status", "ratelimit", "malformed"])
async def test_faults_of_the_server_lose_nothing(here: Ears, url: str, kind: str) -> None:
    await fails(url, "GET", NOTIFICATIONS, kind)
    number = await says(url, f"@acme {kind}")
    here.listen()
    await here.until(lambda: SourceState.DOWN in [state for state, _ in here.states])
    here.clock.on(minutes=6)
    await here.until(_heard, here, number)


async def test_a_kill_loses_nothing_and_brings_nothing_twice(here: Ears, url: str) -> None:
    here.listen()
    await here.until(lambda: bool(here.states))
    first = await says(url, "@acme one")
    await here.until(_heard, here, first)
    await here.die()
    numbers = [await says(url, f"@acme missed {number}") for number in range(45)]
    here.listen()
    for number in (numbers[0], numbers[-1]):
        await here.until(_heard, here, number)
    ids = [row["external_id"].rpartition("/")[2] for row in await here.stored()]
    assert set(numbers) <= set(ids) and len(ids) == len(set(ids))


async def test_a_reply_while_the_server_fails_stands_there_once(here: Ears, url: str) -> None:
    number = await says(url, "@acme where are you?")
    here.listen()
    await here.until(_heard, here, number)
    mention = as_mention(await _row(here, number))
    network = here.connected.network
    assert network is not None
    reply = outgoing(mention, here.clock.real(), "Here!", key="k9")
    await fails(url, "POST", "/api/v1/statuses", "ratelimit")
    with pytest.raises(AskedToWait) as wait:
        await network.publish(reply, again=False)
    assert 200 < wait.value.after.total_seconds() <= 300
    await fails(url, "POST", "/api/v1/statuses", "status", status=503)
    with pytest.raises(NetworkDown):
        await network.publish(reply, again=True)
    await network.publish(reply, again=True)
    await network.publish(reply, again=True)
    assert len((await ana(url, "GET", f"/api/v1/statuses/{number}/context"))["descendants"]) == 1


async def _heard(here: Ears, number: str) -> bool:
    return any(row["external_id"].endswith(f"/{number}") for row in await here.stored())


async def _row(here: Ears, number: str) -> Any:
    (row,) = [row for row in await here.stored() if row["external_id"].endswith(f"/{number}")]
    return row
