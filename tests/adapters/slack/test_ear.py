"""Who is heard, and where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack import ear as ears
from adapters.slack.ear import BUSY, NOT_KNOWN, Ear, user_and_team
from bot.ports import ChatError, Failed, Overloaded, Place, Stale
from tests.adapters.slack.listening import SUPPORT, WHY, Office, an_office

HERE = Place(platform="slack", conversation=SUPPORT, department="support")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as made:
        yield made


async def test_a_person_is_heard(office: Office) -> None:
    case = await office.story.mention()
    card = await Ear(office.parts).hear(user="U0ANA", team=None, words=f"claim {case}", place=HERE, id="e1")
    assert card is not None and card.title.startswith(str(case)) and not card.refused
    again = await Ear(office.parts).hear(user="U0ANA", team=None, words=f"claim {case}", place=HERE, id="e1")
    assert again is None


async def test_nobody_of_ours_reads_why_and_nothing_is_done(office: Office) -> None:
    for user, team in (("U0NEW", None), ("U0ANA", "T0OTHER")):
        card = await Ear(office.parts).hear(user=user, team=team, words="list", place=HERE, id=None)
        assert card is not None and card.refused and card.summary == WHY.summary


@pytest.mark.parametrize("trouble", [Overloaded(), Stale()])
async def test_a_busy_desk_is_a_sentence_or_raised_for_who_can_wait(
    office: Office, trouble: Exception
) -> None:
    office.busy += [trouble, trouble]
    heard = {"user": "U0ANA", "team": None, "words": "list", "place": HERE, "id": None}
    card = await Ear(office.parts).hear(**heard)  # type: ignore[arg-type]
    assert card is not None and card.refused and card.summary == BUSY
    with pytest.raises(type(trouble)):
        await Ear(office.parts).must_hear(**heard)  # type: ignore[arg-type]


async def test_a_slack_that_does_not_say_who_it_is(office: Office) -> None:
    office.directory.troubles += [Failed("hiccup"), Failed("hiccup")]
    card = await Ear(office.parts).hear(user="U0ANA", team=None, words="list", place=HERE, id=None)
    assert card is not None and card.refused and card.summary == NOT_KNOWN
    with pytest.raises(ChatError):
        await Ear(office.parts).who("U0ANA", None)


@pytest.mark.parametrize("conversation", ["D0ANA", "U0ANA"])
async def test_a_direct_conversation_is_the_speakers_own(office: Office, conversation: str) -> None:
    place = Place(platform="slack", conversation=conversation)
    card = await Ear(office.parts).hear(user="U0ANA", team=None, words="", place=place, id=None)
    assert card is not None and card.title == "Your desk, Ana Ruiz"


async def test_what_was_typed_is_read_as_typed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ear = Ear(office.parts)
    assert await ear.plain("claim 1042") == "claim 1042"
    assert await ear.plain("assign 1 <@U0BEN|ben> &lt;now&gt; &amp; <https://x.example|here>") == (
        "assign 1 @Ben Okafor <now> & here (https://x.example)"
    )
    monkeypatch.setattr(ears, "NAMES_WITHIN", 0.0)

    async def never(_user: str, _team: str | None = None) -> None:

        await asyncio.sleep(10)

    monkeypatch.setattr(office.directory, "who", never)
    assert await ear.plain("hello <@U0BEN|ben>") == "hello @ben"


def test_whose_payload_it_is() -> None:
    assert user_and_team({"user_id": "U1", "team_id": "T1"}) == ("U1", "T1")
    assert user_and_team({"user": {"id": "U1", "team_id": "T2"}, "team": {"id": "T1"}}) == ("U1", "T2")
    assert user_and_team({"user": {"id": "U1"}, "team": {"id": "T1"}}) == ("U1", "T1")
    assert user_and_team({"user": {"id": "U1"}, "team": None}) == ("U1", None)
    assert user_and_team({}) == ("", None)
