"""Messages of Slack filed as cases, from their menu."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.manifest import FILE_CASE
from adapters.slack.shortcuts import EMPTY
from tests.adapters.slack.front import LOBBY, Front, a_front, text_in
from tests.fakes.slack import labels


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


async def test_a_message_becomes_a_case(tmp_path: Path) -> None:
    async with a_front(tmp_path, socket=True) as front:
        wrote = await front.slack.say(front.users["vera"], LOBBY, "A customer says: <3 & https://x.example/1")
        before = len(front.slack.calls)
        answer = await front.slack.shortcut(front.users["ana"], LOBBY, wrote.ts, FILE_CASE)
        assert answer.ok and front.calls()[before:] == []
        assert front.heard[-1].words == "file A customer says: <3 & https://x.example/1"
        assert front.heard[-1].place.message == f"{LOBBY}:{wrote.ts}"
        await front.settles()
        (told,) = front.slack.ephemerals(LOBBY, front.users["ana"])
        assert "1001 · Support" in text_in(told["blocks"]) and "Claim" in labels(told["blocks"])
        await front.presses("ana", "Claim", ts=told["ts"], channel=LOBBY)
        assert await front.owner(1001) == "ana@kettle.example"


async def test_the_same_message_twice_is_the_same_case(front: Front) -> None:
    wrote = await front.slack.say(front.users["vera"], LOBBY, "They are angry about parcels")
    for who in ("ana", "ben"):
        await front.slack.shortcut(front.users[who], LOBBY, wrote.ts, FILE_CASE)
        await front.settles()
        assert "1001 · Support" in front.whispers(who, LOBBY)[0]


async def test_people_and_previews_are_filed_as_they_are_read(front: Front) -> None:
    ben = front.users["ben"]
    wrote = await front.slack.say(front.users["vera"], LOBBY, f"<@{ben}> look at this")
    message = front.slack.work.channels[LOBBY].messages[-1]
    message.body["attachments"] = [{"from_url": "https://x.example/9", "text": "post"}, "odd"]
    await front.slack.shortcut(front.users["ana"], LOBBY, wrote.ts, FILE_CASE)
    assert front.heard[-1].words == "file @Ben Okafor look at this https://x.example/9"


async def test_a_message_without_words_is_filed_by_its_preview_or_not_at_all(front: Front) -> None:
    wrote = await front.slack.say(front.users["vera"], LOBBY, "x")
    message = front.slack.work.channels[LOBBY].messages[-1]
    message.body |= {"text": "", "attachments": [{"fallback": "A post &amp; more"}]}
    await front.slack.shortcut(front.users["ana"], LOBBY, wrote.ts, FILE_CASE)
    assert front.heard[-1].words == "file A post & more"
    message.body["attachments"] = []
    await front.slack.shortcut(front.users["ben"], LOBBY, wrote.ts, FILE_CASE)
    await front.settles()
    assert len(front.heard) == 1 and EMPTY.split(".", maxsplit=1)[0] in front.whispers("ben", LOBBY)[0]


async def test_a_message_as_long_as_slack_allows_is_filed(front: Front) -> None:
    wrote = await front.slack.say(front.users["vera"], LOBBY, "very angry " * 3_500)
    await front.slack.shortcut(front.users["ana"], LOBBY, wrote.ts, FILE_CASE)
    await front.settles()
    assert "1001 · Support" in front.whispers("ana", LOBBY)[0]


async def test_a_shortcut_of_another_time_does_nothing(front: Front) -> None:
    wrote = await front.slack.say(front.users["vera"], LOBBY, "They are angry about parcels")
    assert (await front.slack.shortcut(front.users["ana"], LOBBY, wrote.ts, "of another time")).ok
    assert (await front.slack.shortcut(front.users["ana"], None, None, "of another time")).ok
    assert front.heard == []
