"""What cannot be delivered is told, and never in circles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.cards.card import Card
from bot.domain.people import PersonId
from bot.ports import Place, Posted, Put, Rank, Undeliverable
from storage.sql.puts import put
from tests.desk import Story, a_desk, text_of

ANA, BEN, CLEO, DANA = (PersonId(f"{name}@kettle.example") for name in ("ana", "ben", "cleo", "dana"))


@dataclass
class Line:
    """A chat in which some people and channels cannot be reached."""

    platform: str = "web"
    searchable: bool = False
    dead: set[str] = field(default_factory=set)
    said: list[tuple[str, str]] = field(default_factory=list)

    async def direct(self, person: PersonId) -> Place:
        return Place(platform="web", conversation=f"@{person}", person=person)

    async def post(self, place: Place, card: Card, *, nonce: str, reply_to: Posted | None) -> Posted:
        if place.conversation.removeprefix("@") in self.dead:
            raise Undeliverable("the account is blocked")
        self.said.append((place.conversation, text_of(card)))
        return Posted(platform="web", conversation=place.conversation, message=nonce)

    async def edit(self, posted: Posted, card: Card) -> None:
        self.said.append((posted.conversation, text_of(card)))

    async def delete(self, posted: Posted) -> None:
        raise AssertionError("nothing is to be deleted")

    async def find(self, place: Place, nonce: str, *, below: Posted | None = None) -> Posted | None:
        return None

    def to(self, conversation: str, text: str) -> list[str]:
        return [said for where, said in self.said if where == conversation and text in said]


@dataclass
class Broken:
    desk: Story
    line: Line


@pytest.fixture
async def broken(tmp_path: Path) -> AsyncIterator[Broken]:
    line = Line()
    async with a_desk(tmp_path, chats={"web": line}) as desk:
        yield Broken(desk, line)


async def _paged(desk: Story, number: int) -> list[str]:
    escalation = (await desk.case(number)).escalation
    return [page.person for page in escalation.pages] if escalation else []


async def test_a_page_that_reaches_nobody_climbs_at_once_and_is_told(broken: Broken) -> None:
    desk, line = broken.desk, broken.line
    number = await desk.mention()
    line.dead = {ANA}
    await desk.hears(f"escalate {number}", from_="ben")
    # Ana is the lead as well, so her second page fails too; the champion is asked without waiting.
    assert await _paged(desk, number) == [ANA, ANA, DANA]
    assert line.to(f"@{DANA}", str(number))
    assert line.to("support", "Ana Ruiz could not be delivered: the account is blocked")
    assert line.to("support", ANA)
    before = await desk.kinds(number)
    assert before.count("undelivered") == 2
    await desk.hears(f"ack {number}", from_="dana")
    assert (await desk.kinds(number)).count("undelivered") == 2


async def test_a_page_with_another_way_open_does_not_climb(broken: Broken) -> None:
    desk, line = broken.desk, broken.line
    number = await desk.mention()
    await desk.hears(f"escalate {number}", from_="ben")
    await desk.hears(f"ack {number}", from_="ana")
    line.dead = {ANA}
    await desk.passes(minutes=10)
    assert await _paged(desk, number) == [ANA]


async def test_a_notice_that_fails_is_told_in_the_channel(broken: Broken) -> None:
    desk, line = broken.desk, broken.line
    number = await desk.mention()
    line.dead = {BEN}
    await desk.hears(f"assign {number} ben", from_="ana")
    assert (await desk.kinds(number))[-1] == "undelivered"
    assert line.to("support", "Ben Okafor could not be delivered")


async def test_a_dead_channel_is_told_to_duty_once_a_day(broken: Broken) -> None:
    desk, line = broken.desk, broken.line
    line.dead = {"support"}
    number = await desk.mention()
    assert (await desk.kinds(number)).count("undelivered") == 1
    assert len(line.to(f"@{ANA}", "Support could not be delivered")) == 1
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"note {number} hello", from_="ben")
    await desk.hears(f"release {number}", from_="ben")
    assert (await desk.kinds(number)).count("undelivered") == 1


async def test_when_that_cannot_be_told_the_last_resort_hears_of_it_and_then_nobody(broken: Broken) -> None:
    desk, line = broken.desk, broken.line
    line.dead = {"support", ANA}
    number = await desk.mention()
    assert (await desk.kinds(number)).count("undelivered") == 2
    assert len(line.to(f"@{DANA}", "Support could not be delivered")) == 1
    line.dead |= {DANA}
    other = await desk.mention()
    await asyncio.wait_for(desk.passes(hours=2), 60)
    assert (await desk.kinds(other)).count("undelivered") == 2


async def test_a_notice_in_a_dead_channel_goes_to_the_last_resort(broken: Broken) -> None:
    desk, line = broken.desk, broken.line
    number = await desk.mention()
    line.dead = {BEN, "support"}
    await desk.hears(f"assign {number} ben", from_="ana")
    assert line.to(f"@{ANA}", "Ben Okafor could not be delivered")


async def test_what_has_no_case_is_told_in_a_sentence(broken: Broken) -> None:
    desk, line = broken.desk, broken.line
    line.dead = {CLEO}
    # Press has nobody else, so its fallback hears of it.
    await _word(desk, CLEO, "digest:1")
    assert line.to(f"@{ANA}", "For Cleo Hart, who could not be reached (the account is blocked)")
    line.dead |= {ANA}
    await _word(desk, CLEO, "digest:2")
    assert line.to(f"@{DANA}", "For Ana Ruiz, who could not be reached")
    line.dead |= {DANA}
    await _word(desk, CLEO, "digest:3")
    assert len([where for where, _ in line.said if where.startswith("@")]) == 2


async def _word(desk: Story, person: PersonId, key: str) -> None:
    args = {"view": "sentence", "subject": "The week of Press.", "person": person}
    wanted = Put(kind="notice", key=key, due=desk.now, lane=f"dm:{person}", rank=Rank.NOTE, args=args)
    await desk.desk.store.submit([lambda c: put(c, wanted)])
    await desk.settles()
