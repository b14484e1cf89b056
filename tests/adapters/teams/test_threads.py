"""What people write in Teams: notes below the messages about a case, and words to Baton."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.teams.answers import IN_OUR_CHAT
from adapters.teams.ear import BUSY
from adapters.teams.threads import BEGIN_WITH_ME
from bot.ports import Overloaded, Stale
from tests.adapters.teams.front import GROUP, LOBBY, SUPPORT, Front, a_front


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


@pytest.fixture
async def case(front: Front) -> int:
    return await front.story.mention()


class TestNotes:
    async def test_what_is_written_below_the_card_becomes_a_note(self, front: Front, case: int) -> None:
        await front.says("ben", "she is *furious* & tired", below=front.card(case))
        assert await front.notes(case) == ["Ben Okafor noted: she is *furious* & tired"]
        assert front.private("ben") == []
        assert front.replies(front.card(case)) == []

    async def test_numbers_at_its_beginning_are_part_of_it(self, front: Front, case: int) -> None:
        await front.says("ben", "3 bags were lost", below=front.card(case))
        assert await front.notes(case) == ["Ben Okafor noted: 3 bags were lost"]

    async def test_colleagues_are_named(self, front: Front, case: int) -> None:
        await front.says("ben", "ask <at>Cleo Hart</at>, or @Baton", below=front.card(case))
        assert await front.notes(case) == ["Ben Okafor noted: ask @Cleo Hart, or @Baton"]

    async def test_typed_as_a_command_it_is_the_same_note(self, front: Front, case: int) -> None:
        await front.says("ben", "@Baton note furious", below=front.card(case))
        assert await front.notes(case) == ["Ben Okafor noted: furious"]

    async def test_three_deliveries_are_one_note(self, front: Front, case: int) -> None:
        await front.says("ben", "furious", below=front.card(case))
        for _ in range(2):
            assert (await front.teams.redeliver()).status == 200
        assert await front.notes(case) == ["Ben Okafor noted: furious"]

    async def test_another_process_knows_the_message_too(self, front: Front, case: int) -> None:
        await front.says("ben", "furious", below=front.card(case))
        front.frontend._done.clear()  # what another process remembers of it
        await front.teams.redeliver()
        assert await front.notes(case) == ["Ben Okafor noted: furious"]

    async def test_notes_keep_the_order_in_which_they_came(self, front: Front, case: int) -> None:
        card = front.card(case)
        texts = [f"note number {n}" for n in range(8)]
        says = (front.teams.activity("message", front.users["ben"], SUPPORT, text=text) for text in texts)
        told = [
            {**each, "conversation": {**each["conversation"], "id": f"{SUPPORT};messageid={card}"}}
            for each in says
        ]
        await asyncio.gather(*(front.frontend.hear(each) for each in told))
        assert await front.notes(case) == [f"Ben Okafor noted: {text}" for text in reversed(texts)]

    async def test_who_may_not_write_notes_is_told_once(self, front: Front, case: int) -> None:
        for text in ("hello", "still there?"):
            await front.says("vera", text, below=front.card(case))
        (told,) = front.replies(front.card(case))
        assert "Who may" in told
        assert await front.notes(case) == []

    async def test_strangers_are_told_once_why(self, front: Front, case: int) -> None:
        for text in ("hello", "still there?"):
            await front.says("joe", text, below=front.card(case))
        (told,) = front.replies(front.card(case))
        assert "joe@elsewhere.example" in told
        assert await front.notes(case) == []

    async def test_talk_elsewhere_is_no_work_at_all(self, front: Front, case: int) -> None:
        await front.says("ben", f"note {case} hello")
        assert front.sent.asked == []
        talk = await front.says("ben", "lunch?")
        await front.says("ben", "yes", below=talk)
        assert await front.notes(case) == []
        assert front.heard == []

    @pytest.mark.parametrize("trouble", [Overloaded(), Stale()])
    async def test_on_a_busy_day_nothing_is_saved_and_that_is_said(
        self, front: Front, case: int, trouble: Exception
    ) -> None:
        front.busy.append(trouble)
        await front.says("ben", "furious", below=front.card(case))
        (told,) = front.private("ben")
        assert BUSY in told
        assert await front.notes(case) == []


class TestSecondThoughts:
    @pytest.fixture
    async def noted(self, front: Front, case: int) -> str:
        return await front.says("ben", "furious", below=front.card(case))

    async def test_an_edit_changes_the_note(self, front: Front, case: int, noted: str) -> None:
        await front.teams.edit(front.users["ben"], SUPPORT, noted, "calm")
        (note,) = await front.notes(case)
        assert "calm" in note

    async def test_back_and_forth_is_two_edits(self, front: Front, case: int, noted: str) -> None:
        for text in ("calm", "furious", "calm again"):
            front.story.time.at += timedelta(seconds=5)
            update = {**front.teams.sent[-1].activity, "type": "messageUpdate", "text": text}
            update["timestamp"] = f"2026-03-02T09:01:0{len(text) % 10}.000Z"
            update["channelData"] = {**update["channelData"], "eventType": "editMessage"}
            await front.teams.event(update)
        (note,) = await front.notes(case)
        assert "calm again" in note

    async def test_an_edited_command_is_not_done_again(self, front: Front, case: int) -> None:
        said = await front.says("ben", f"@Baton claim {case}")
        heard = len(front.heard)
        await front.teams.edit(front.users["ben"], SUPPORT, said, f"<at>Baton</at> release {case}")
        assert (await front.owner(case), len(front.heard)) == ("ben@kettle.example", heard)

    async def test_a_deleted_message_takes_its_note_along_and_an_undone_one_brings_it_back(
        self, front: Front, case: int, noted: str
    ) -> None:
        told = front.teams.sent[-1].activity
        await front.teams.delete(front.users["ben"], SUPPORT, noted)
        assert await front.notes(case) == []
        back = {**told, "type": "messageUpdate", "timestamp": "2026-03-02T09:05:00.000Z"}
        back["channelData"] = {**told["channelData"], "eventType": "undeleteMessage"}
        await front.teams.event(back)
        assert await front.notes(case) == ["Ben Okafor noted: furious"]

    async def test_a_deleted_card_comes_back(self, front: Front, case: int) -> None:
        card = front.card(case)
        gone = front.teams.activity("messageDelete", front.users["ben"], SUPPORT, id=card)
        gone["channelData"]["eventType"] = "softDeleteMessage"
        front.teams.tenant.conversations[SUPPORT].find(card).deleted = True  # type: ignore[union-attr]
        await front.teams.event(gone)
        await front.story.passes(minutes=1)
        assert front.card(case) != card


class TestCommands:
    async def test_a_mention_in_the_channel_is_a_command(self, front: Front, case: int) -> None:
        await front.says("ben", f"@Baton claim {case}")
        assert await front.owner(case) == "ben@kettle.example"
        assert "claimed" in read_own(front, case)

    async def test_in_the_cases_thread_the_card_answers(self, front: Front, case: int) -> None:
        await front.says("ben", f"@Baton claim {case}", below=front.card(case))
        assert await front.owner(case) == "ben@kettle.example"
        assert front.private("ben") == []
        assert front.replies(front.card(case)) == []

    async def test_it_is_answered_in_our_own_chat_which_is_said_once(self, front: Front) -> None:
        first = await front.says("ben", "@Baton list")
        second = await front.says("ben", "@Baton list")
        assert len(front.private("ben")) == 2
        assert (front.replies(first), front.replies(second)) == ([IN_OUR_CHAT], [])

    async def test_who_has_no_such_chat_is_answered_below(self, front: Front) -> None:
        said = await front.says("vera", "@Baton oncall")
        (told,) = front.replies(said)
        assert "Ana Ruiz" in told

    async def test_the_bare_name_opens_home(self, front: Front) -> None:
        await front.says("ben", "@Baton")
        (home,) = front.private("ben")
        assert "Ben Okafor" in home

    async def test_a_mention_further_on_says_how_to_call_us_once(self, front: Front) -> None:
        said = await front.says("ben", "hello @Baton", to=LOBBY)
        await front.says("ben", "hello @Baton", to=LOBBY)
        (told,) = front.replies(said, LOBBY)
        assert told.startswith(BEGIN_WITH_ME)
        assert front.heard == []

    async def test_strangers_hear_why_each_time(self, front: Front, case: int) -> None:
        said = await front.says("joe", f"@Baton claim {case}")
        (told,) = front.replies(said)
        assert "joe@elsewhere.example" in told
        assert await front.owner(case) is None

    async def test_three_deliveries_are_answered_once(self, front: Front) -> None:
        await front.says("ben", "@Baton list")
        for _ in range(2):
            await front.teams.redeliver()
        await front.settles()
        assert len(front.private("ben")) == 1

    async def test_words_alone_with_us_are_commands(self, front: Front, case: int) -> None:
        await front.chats("ben", f"claim {case}")
        assert await front.owner(case) == "ben@kettle.example"
        (told,) = front.private("ben")
        assert str(case) in told
        (heard,) = front.heard
        assert (heard.place.person, heard.place.department) == ("ben@kettle.example", None)

    async def test_our_name_may_lead_there_too(self, front: Front, case: int) -> None:
        await front.chats("ben", f"<at>Baton</at> claim {case}")
        assert await front.owner(case) == "ben@kettle.example"

    async def test_group_chats_are_heard_when_they_name_us(self, front: Front, case: int) -> None:
        told = front.teams.activity("message", front.users["ben"], GROUP, text="lunch?")
        await front.teams.event(told)
        assert front.heard == []
        await front.says("ben", f"@Baton claim {case}", to=GROUP)
        assert await front.owner(case) == "ben@kettle.example"

    async def test_an_answer_below_a_page_is_a_command_unless_it_is_a_note(
        self, front: Front, case: int
    ) -> None:
        await front.says("ben", f"@Baton escalate {case} it burns")
        page = front.teams.private(front.users["ana"])[-1]["id"]
        for words in ("note she called again", f"ack {case}"):
            answer = front.teams.activity(
                "message",
                front.users["ana"],
                front.teams.direct(front.users["ana"]),
                text=words,
                replyToId=page,
            )
            await front.teams.event(answer)
            await front.settles()
        assert await front.notes(case) == ["Ana Ruiz noted: she called again"]
        assert (await front.story.case(case)).escalation.acked_by == "ana@kettle.example"  # type: ignore[union-attr]

    @pytest.mark.parametrize("who", ["28:another", ""])
    async def test_machines_are_not_heard(self, front: Front, case: int, who: str) -> None:
        told = front.teams.activity(
            "message", front.users["ben"], SUPPORT, text=f"<at>Baton</at> claim {case}"
        )
        await front.frontend.hear({**told, "from": {"id": who}})
        assert front.heard == []


def read_own(front: Front, case: int) -> str:
    return front.own_card("ben", front.card(case)).lower()
