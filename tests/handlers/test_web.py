"""`web`: a link for one person, said to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards.card import OpenLink
from bot.config_signin import SignInSettings
from bot.domain.people import PersonId
from bot.grammar import Heard
from bot.ports import Place, digest_of
from tests.desk import Story, a_desk, buttons_of, text_of

SETTINGS = SignInSettings(public_url="https://baton.kettle.example")
ANA = PersonId("ana@kettle.example")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Story]:
    async with a_desk(tmp_path, sign_in=SETTINGS) as story:
        yield story


async def secret_for(desk: Story, name: str) -> str:
    (link,) = [each for each in buttons_of(await desk.hears("web", from_=name)) if isinstance(each, OpenLink)]
    address, _, secret = link.url.partition("#")
    assert address == "https://baton.kettle.example/signin/link"
    return secret


async def test_the_link_signs_its_person_in_once(desk: Story) -> None:
    secret = await secret_for(desk, "ana")
    sign_ins = desk.desk.store.sign_ins
    assert len(secret) == 43
    assert await sign_ins.use(digest_of(secret), "session", timedelta(days=7)) == ANA
    assert await sign_ins.use(digest_of(secret), "again", timedelta(days=7)) is None
    found = await sign_ins.find("session", timedelta(hours=12))
    assert found is not None and found.person == ANA


async def test_in_a_channel_there_is_no_link(desk: Story) -> None:
    card = await desk.hears("web", from_="ana", in_="support")
    assert card is not None and card.refused
    assert "direct messages" in text_of(card)
    assert not buttons_of(card)


async def test_each_link_ends_the_one_before_and_time_ends_it_too(desk: Story) -> None:
    first, second = await secret_for(desk, "ana"), await secret_for(desk, "ana")
    bens = await secret_for(desk, "ben")
    sign_ins = desk.desk.store.sign_ins
    assert await sign_ins.use(digest_of(first), "s1", timedelta(days=7)) is None
    assert await sign_ins.use(digest_of(second), "s2", timedelta(days=7)) == ANA
    desk.time.at += timedelta(minutes=10, seconds=1)
    assert await sign_ins.use(digest_of(bens), "s3", timedelta(days=7)) is None


async def test_the_same_event_again_makes_no_second_link(desk: Story) -> None:
    card = await desk.hears("web", from_="ana", id="slack:1")
    (link,) = buttons_of(card)
    assert isinstance(link, OpenLink)
    assert await desk.hears("web", from_="ana", id="slack:1") is None
    secret = link.url.partition("#")[2]
    assert await desk.desk.store.sign_ins.use(digest_of(secret), "s", timedelta(days=7)) == ANA


async def test_a_colleague_without_a_place_in_the_policy_gets_none(desk: Story) -> None:
    stranger = replace(desk.person("ben"), id=PersonId("new@kettle.example"), name="New Here", roles={})
    place = Place(platform="slack", conversation="D1", person=stranger.id)
    answer = await desk.desk.listener.hear(Heard(id="e1", words="web", person=stranger, place=place))
    assert "does not name you yet" in text_of(answer)


async def test_where_nobody_signs_in_there_is_no_such_word(tmp_path: Path) -> None:
    async with a_desk(tmp_path, database="local.db") as story:
        answer = await story.hears("web", from_="ana")
        assert answer is not None and answer.refused
        assert not any(isinstance(each, OpenLink) for each in buttons_of(answer))
