"""An afternoon in which Slack misbehaves: nothing is lost, nothing is said twice, and people are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.slack_room import CHANNELS, SlackRoom, fake_room
from tests.fakes.slack import FakeSlack, drop_after, labels
from tests.fakes.slack.reading import read

SUPPORT = CHANNELS["support"]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[SlackRoom]:
    async with fake_room(tmp_path, socket=False) as room:
        assert isinstance(room, SlackRoom)
        yield room


def slack_of(room: SlackRoom) -> FakeSlack:
    assert isinstance(room.slack, FakeSlack)
    return room.slack


def titles(room: SlackRoom, channel: str = SUPPORT) -> list[str]:
    """The first line of each message in the channel's main line."""
    return [read(message).text.splitlines()[0] for message in slack_of(room).messages(channel)]


def told(room: SlackRoom, who: str) -> str:
    """Everything that person was told directly."""
    slack, user = slack_of(room), f"U0{who.upper()}"
    try:
        return "\n".join(read(message).text for message in slack.messages(slack.direct(user)))
    except KeyError:
        return ""


async def test_slack_is_down_for_ten_minutes(room: SlackRoom) -> None:
    story, slack = room.desk, slack_of(room)
    first = await story.mention("the first parcel")
    slack.down()
    numbers = [await story.mention(f"parcel {n} never came") for n in range(5)]
    await story.passes(minutes=10)
    assert len(titles(room)) == 1
    slack.down(False)
    await story.passes(minutes=3)
    shown = titles(room)
    assert [int(title.split("·")[0].strip(" 🔵🔴🟡")) for title in shown] == [first, *numbers]
    assert "Slack stopped answering at 09:00" in told(room, "ana")


async def test_baton_is_removed_from_its_channel_and_invited_again(room: SlackRoom) -> None:
    story, slack = room.desk, slack_of(room)
    await story.mention("the first parcel")
    await slack.remove_bot(SUPPORT)
    number = await story.mention("nobody would see this one")
    await story.passes(minutes=5)
    assert len(titles(room)) == 1
    assert "invite" in told(room, "ana")
    before = told(room, "ana")
    await story.mention("nor this one")
    await story.passes(minutes=30)
    assert told(room, "ana").count("invite") == before.count("invite")
    await slack.invite_bot(SUPPORT)
    await story.settles()
    assert sum(str(number) in title for title in titles(room)) == 1


async def test_an_answer_that_is_lost_on_the_way_posts_nothing_twice(room: SlackRoom) -> None:
    story, slack = room.desk, slack_of(room)
    slack.trouble("chat.postMessage", drop_after)
    number = await story.mention("where is it?")
    await story.passes(minutes=2)
    assert sum(str(number) in title for title in titles(room)) == 1
    await story.hears(f"claim {number}", from_="ben")
    await story.passes(minutes=1)
    (card,) = [read(m).text for m in slack.messages(SUPPORT) if str(number) in read(m).text]
    assert "Ben Okafor" in card


async def test_a_card_that_somebody_deletes_comes_back_once_and_says_so(room: SlackRoom) -> None:
    story, slack = room.desk, slack_of(room)
    number = await story.mention("where is it?")
    for _ in range(2):
        (card,) = slack.messages(SUPPORT)
        await slack.delete("U0ANA", SUPPORT, card["ts"])
        await room.settle()
        await story.passes(minutes=1)
    (card,) = slack.messages(SUPPORT)
    assert str(number) in read(card).text and "Claim" in labels(card["blocks"])
    below = [read(each).text for each in slack.thread(SUPPORT, card["ts"])]
    assert all("deleted" in text for text in below)


async def test_the_champion_acknowledges_and_everybody_paged_sees_it(room: SlackRoom) -> None:
    story, slack = room.desk, slack_of(room)
    number = await story.mention("Where is it? I will tell my lawyer.")
    await story.hears(f"escalate {number} a lawsuit is near", from_="ben")
    await story.passes(minutes=25)
    assert str(number) in told(room, "dana")
    direct = slack.direct("U0DANA")
    page = slack.messages(direct)[-1]
    assert {"Acknowledge", "Take it"} <= set(labels(page["blocks"]))
    await slack.press("U0DANA", direct, page["ts"], "Acknowledge")
    await room.settle()
    for who in ("dana", "ana", "cleo"):
        assert f"{number}" not in told(room, who) or "Dana Voss" in told(room, who)
    again = slack.message(direct, page["ts"])
    assert "Acknowledge" not in labels(again["blocks"])
