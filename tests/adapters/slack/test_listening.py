"""Events the whole way: a Slack that keeps Slack's rules tells them, over signed HTTP and over Socket Mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.people import PersonId
from bot.ports import Place
from tests.adapters.slack.front import SUPPORT, Front, a_front, text_in
from tests.adapters.slack.listening import LOBBY


@pytest.fixture(params=[False, True], ids=["http", "socket"])
async def front(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Front]:
    async with a_front(tmp_path, socket=request.param) as made:
        yield made


async def story_of(front: Front, case_id: int) -> str:
    """What the case's page says."""
    await front.settles()
    place = Place(platform="slack", conversation="U0ANA", person=PersonId("ana@kettle.example"))
    card = (await front.story.desk.router.show("detail", str(case_id), place)).card
    return str(card.elements)


async def test_a_note_is_written_changed_and_taken_back(front: Front) -> None:
    case, ben = await front.story.mention(), front.users["ben"]
    said = await front.slack.say(ben, SUPPORT, "she is furious & tired", front.card(case))
    assert said.ok
    assert "Ben Okafor noted: she is furious & tired" in await story_of(front, case)
    assert (await front.slack.edit(ben, SUPPORT, said.ts, "she is calm")).ok
    assert "Ben Okafor noted (edited): she is calm" in await story_of(front, case)
    assert (await front.slack.delete(ben, SUPPORT, said.ts)).ok
    told = await story_of(front, case)
    assert "took a note back" in told
    assert "calm" not in told
    assert front.whispers("ben") == []


async def test_a_mention_in_the_thread_is_done_once_and_is_no_note(front: Front) -> None:
    case, ben = await front.story.mention(), front.users["ben"]
    assert (await front.slack.mention(ben, SUPPORT, "claim", front.card(case))).ok
    told = await story_of(front, case)
    assert await front.owner(case) == "ben@kettle.example"
    assert "noted" not in told
    assert front.whispers("ben") == []


async def test_a_mention_in_a_channel_is_answered_for_its_author_alone(front: Front) -> None:
    case = await front.story.mention()
    await front.slack.mention(front.users["ben"], LOBBY, f"show {case}")
    await front.settles()
    (answer,) = front.whispers("ben", LOBBY)
    assert f"{case} ·" in answer
    assert front.whispers("ana", LOBBY) == []


async def test_plain_words_in_the_direct_conversation_are_commands(front: Front) -> None:
    case, ben = await front.story.mention(), front.users["ben"]
    direct = front.slack.direct(ben)
    assert (await front.slack.say(ben, direct, f"claim {case}")).ok
    await front.settles()
    assert await front.owner(case) == "ben@kettle.example"
    *_, answer = front.slack.messages(direct)
    assert f"{case} ·" in text_in(answer["blocks"])


async def test_the_home_tab_is_shown_when_it_is_opened(front: Front) -> None:
    await front.story.mention()
    await front.slack.open_home(front.users["ana"])
    await front.settles()
    home = front.slack.home(front.users["ana"])
    assert home is not None
    assert "Your desk, Ana Ruiz" in text_in(home["blocks"])


async def test_a_guest_writes_no_notes_and_is_told_once(front: Front) -> None:
    case = await front.story.mention()
    guest = front.slack.add_user("Gus Guest", "gus@kettle.example", is_restricted=True)
    for text in ("hello", "anybody?"):
        assert (await front.slack.say(guest, SUPPORT, text, front.card(case))).ok
    assert "noted" not in await story_of(front, case)
    assert len(front.slack.ephemerals(SUPPORT, guest)) == 1


async def test_refreshing_the_home_tab_shows_the_newest_and_opens_nothing(front: Front) -> None:
    ana = front.users["ana"]
    await front.slack.open_home(ana)
    await front.settles()
    case = await front.story.mention()
    await front.slack.press_home(ana, "Refresh")
    await front.settles()
    home = front.slack.home(ana)
    assert home is not None
    assert f"{case} ·" in text_in(home["blocks"])
    assert front.dialog("ana") == ""
