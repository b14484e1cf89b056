"""Words wait: who can mend it is told, once, by whatever way there is."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.ports import Place
from tests.desk import Story, a_desk, text_of
from tests.fakes.chat import FakeChat

ANA, CLEO = "ana@kettle.example", "cleo@kettle.example"
REMOVED = "Baton is not in this Slack channel: write /invite @Baton there."


@dataclass
class Office:
    desk: Story
    slack: FakeChat
    web: FakeChat

    def told(self, chat: FakeChat, person: str, words: str) -> list[str]:
        texts = [text_of(m.card) for m in chat.messages.values() if m.conversation == f"@{person}"]
        return [text for text in texts if words in text]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Channels are in the web chat, which is the platform in trouble; Slack is the other way to people."""
    slack, web = FakeChat(platform="slack"), FakeChat()
    async with a_desk(tmp_path, chats={"slack": slack, "web": web}) as desk:
        yield Office(desk, slack, web)


@pytest.fixture
async def one_chat(tmp_path: Path) -> AsyncIterator[Office]:
    web = FakeChat()
    async with a_desk(tmp_path, chats={"web": web}) as desk:
        yield Office(desk, web, web)


async def test_an_outage_is_told_once_by_the_way_that_is_left(office: Office) -> None:
    desk, web = office.desk, office.web
    web.out = True
    for number in range(3):
        await desk.mention(f"Parcel {number} never came.", settle=False)
    await desk.mention("A lawyer will hear of it.", settle=False)
    await desk.passes(minutes=10)
    (text,) = office.told(office.slack, ANA, "stopped answering")
    assert text == (
        "The web chat stopped answering at 09:00. Until it answers again everything meant for it waits "
        "(3 messages for Support so far), and then follows in order."
    )
    (legal,) = office.told(office.slack, CLEO, "stopped answering")
    assert "(1 message for Legal so far)" in legal
    web.out = False
    await desk.passes(minutes=2)
    assert len(web.shown("support")) == 3
    assert len(web.shown("legal")) == 1
    assert office.told(web, ANA, "stopped answering") == []


async def test_where_there_is_no_other_way_it_is_told_when_the_platform_is_back(one_chat: Office) -> None:
    desk, web = one_chat.desk, one_chat.web
    web.out = True
    number = await desk.mention()
    await desk.passes(minutes=10)
    web.out = False
    await desk.passes(minutes=2)
    assert [title.split()[0] for title in web.shown("support")] == [str(number)]
    assert len(one_chat.told(web, ANA, "stopped answering at 09:00")) == 1


async def test_nothing_is_given_up_in_ten_minutes_and_a_page_climbs(one_chat: Office) -> None:
    desk, web = one_chat.desk, one_chat.web
    number = await desk.mention()
    web.out = True
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.hears(f"note {number} they wait", from_="ben")
    await desk.passes(minutes=10)
    escalation = (await desk.case(number)).escalation
    assert escalation is not None
    assert escalation.pages[0].failed
    assert len(escalation.pages) > 1
    web.out = False
    await desk.passes(minutes=2)
    (note,) = [m for m in web.messages.values() if "they wait" in text_of(m.card) and m.below]
    assert note.conversation == "support"


async def test_a_shut_channel_is_told_to_its_duty_person_once_a_day(office: Office) -> None:
    desk, web = office.desk, office.web
    web.shut["support"] = REMOVED
    number = await desk.mention()
    await desk.mention("Another parcel never came.")
    await desk.hears(f"claim {number}", from_="ben")
    await desk.passes(hours=3)
    said = office.told(office.slack, ANA, "Nothing can be said in the web chat channel of Support.")
    assert len(said) == 1
    assert REMOVED in said[0]
    assert re.search(r"its messages wait \(\d so far\), and then follow in order", said[0])
    await desk.passes(days=1)
    assert len(office.told(office.slack, ANA, "Nothing can be said")) == 2
    assert "undelivered" not in await desk.kinds(number)
    del web.shut["support"]
    await desk.passes(minutes=10)
    (card,) = [m.card for m in web.messages.values() if m.card.title.startswith(f"{number} ")]
    assert card == (await desk.desk.router.show("case", str(number), _support())).card


def _support() -> Place:
    return Place(platform="web", conversation="support", department="support")


async def test_where_the_duty_person_cannot_be_told_the_last_resort_hears_of_it(office: Office) -> None:
    desk = office.desk
    office.web.shut["support"] = REMOVED
    for chat in (office.slack, office.web):
        chat.unreachable.add(ANA)
    await desk.mention()
    await desk.passes(minutes=1)
    assert office.told(
        office.slack, "dana@kettle.example", "Nothing can be said in the web chat channel of Support"
    )


async def test_a_digest_that_could_not_be_posted_for_a_day_is_skipped_and_said(office: Office) -> None:
    desk = office.desk
    office.web.shut["support"] = REMOVED
    await desk.passes(days=3)
    del office.web.shut["support"]
    await desk.passes(minutes=10)
    assert office.told(
        office.slack, ANA, "24 hours late, so it was skipped): the daily digest of 2026-03-03."
    )
