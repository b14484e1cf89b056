"""What people write in Slack: notes below the messages about a case, and words to Baton."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.threads import BEGIN_WITH_ME
from bot.ports import Down, FateUnknown, Overloaded, SlowDown, Undeliverable
from tests.adapters.slack.listening import BOT, LOBBY, PR, SUPPORT, WHY, Office, an_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(tmp_path) as made:
        yield made


@pytest.fixture
async def case(office: Office) -> int:
    return await office.story.mention()


class TestNotes:
    async def test_what_is_written_below_the_card_becomes_a_note(self, office: Office, case: int) -> None:
        await office.says("U0BEN", "she is *furious* &amp; tired", below=office.card(case))
        assert await office.notes(case) == ["Ben Okafor noted: she is *furious* & tired"]
        assert office.answers() == []

    async def test_the_note_stands_in_its_own_thread_already(self, office: Office, case: int) -> None:
        before = len(office.chat.messages)
        await office.says("U0BEN", "furious", below=office.card(case))
        assert len(office.chat.messages) == before

    async def test_numbers_at_its_beginning_are_part_of_it(self, office: Office, case: int) -> None:
        await office.says("U0BEN", "3 bags were lost", below=office.card(case))
        await office.says("U0BEN", f"{case}", below=office.card(case))
        assert await office.notes(case) == [f"Ben Okafor noted: {case}", "Ben Okafor noted: 3 bags were lost"]

    @pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
    async def test_shared_to_the_channel_or_with_a_file_it_is_a_note_too(
        self, office: Office, case: int, subtype: str
    ) -> None:
        await office.says("U0BEN", "look", below=office.card(case), subtype=subtype)
        assert await office.notes(case) == ["Ben Okafor noted: look"]

    async def test_files_are_named(self, office: Office, case: int) -> None:
        one, two = {"id": "F1", "name": "broken.jpg"}, {"id": "F2", "title": "Bill"}
        card = office.card(case)
        await office.says("U0BEN", "", below=card, subtype="file_share", files=[one])
        await office.says("U0BEN", "see", below=card, subtype="file_share", files=[one, two])
        assert await office.notes(case) == [
            "Ben Okafor noted: see (files: broken.jpg, Bill)",
            "Ben Okafor noted: (a file: broken.jpg)",
        ]

    async def test_colleagues_are_named(self, office: Office, case: int) -> None:
        await office.says("U0BEN", "ask <@U0CLEO> or <@U0NEW>", below=office.card(case))
        assert await office.notes(case) == ["Ben Okafor noted: ask @Cleo Hart or @U0NEW"]

    async def test_who_may_not_write_notes_is_told_once_in_the_thread(
        self, office: Office, case: int
    ) -> None:
        for text in ("hello", "still there?"):
            await office.says("U0VERA", text, below=office.card(case))
        ((method, channel, thread, text),) = office.answers()
        assert (method, channel, thread) == ("chat.postEphemeral", SUPPORT, office.card(case))
        assert "Who may" in text
        assert await office.notes(case) == []

    async def test_another_reason_is_told_too(self, office: Office, case: int) -> None:
        card = office.card(case)
        await office.says("U0BEN", "x" * 9_000, below=card)
        await office.says("U0BEN", "x" * 9_001, below=card)
        assert len(office.answers()) == 2

    async def test_three_deliveries_are_one_note(self, office: Office, case: int) -> None:
        for _ in range(3):
            await office.says("U0BEN", "furious", below=office.card(case), id="Ev0", ts="5.5")
        assert await office.notes(case) == ["Ben Okafor noted: furious"]

    async def test_a_second_process_knows_the_event_too(
        self, office: Office, case: int, tmp_path: Path
    ) -> None:
        await office.says("U0BEN", "furious", below=office.card(case), id="Ev0")
        office.events._done.clear()  # what another process remembers of it
        await office.says("U0BEN", "furious", below=office.card(case), id="Ev0")
        assert await office.notes(case) == ["Ben Okafor noted: furious"]

    @pytest.mark.parametrize(
        "more",
        [
            {"bot_id": "B1"},
            {"subtype": "bot_message"},
            {"subtype": "channel_join"},
            {"subtype": "channel_topic"},
            {"subtype": "me_message"},
            {"hidden": True},
        ],
    )
    async def test_machines_write_no_notes(self, office: Office, case: int, more: dict[str, object]) -> None:
        await office.says("U0BEN", "beep", below=office.card(case), **more)
        assert await office.notes(case) == []

    @pytest.mark.parametrize("user", [BOT, "USLACKBOT", ""])
    async def test_nor_do_we_or_slack(self, office: Office, case: int, user: str) -> None:
        await office.says(user, "beep", below=office.card(case))
        assert await office.notes(case) == []
        assert office.answers() == []

    async def test_talk_in_the_channel_is_no_work_at_all(self, office: Office, case: int) -> None:
        await office.says("U0BEN", f"note {case} hello")
        assert office.sent.asked == []
        await office.says("U0BEN", "hello", below="17.5")
        assert await office.notes(case) == []
        assert office.answers() == []

    async def test_below_a_page_in_the_direct_conversation_too(self, office: Office, case: int) -> None:
        office.sent.about["D0BEN", "9.9"] = case
        await office.says("U0BEN", "on it", below="9.9", channel="D0BEN")
        assert await office.notes(case) == ["Ben Okafor noted: on it"]
        # The channel's thread has not seen it yet.
        assert [shown.below for shown in office.chat.messages.values()][-1] == office.card(case)

    async def test_when_the_desk_is_busy_slack_tells_again(self, office: Office, case: int) -> None:
        office.busy.append(Overloaded())
        with pytest.raises(Overloaded):
            await office.says("U0BEN", "furious", below=office.card(case), id="Ev0")
        await office.says("U0BEN", "furious", below=office.card(case), id="Ev0")
        assert await office.notes(case) == ["Ben Okafor noted: furious"]

    async def test_when_slack_does_not_say_who_it_was_it_tells_again(self, office: Office, case: int) -> None:
        office.directory.troubles.append(Down("Slack is away"))
        with pytest.raises(Down):
            await office.says("U0BEN", "furious", below=office.card(case), id="Ev0")
        await office.says("U0BEN", "furious", below=office.card(case), id="Ev0")
        assert await office.notes(case) == ["Ben Okafor noted: furious"]


class TestOthers:
    """People whom the policy does not name, guests, and people of other workspaces."""

    @pytest.mark.parametrize(
        ("user", "team"), [("U0GUEST", "T0KETTLE"), ("U0BEN", "T0OTHER")], ids=["unknown", "other workspace"]
    )
    async def test_their_words_are_no_notes_and_they_are_told_once(
        self, office: Office, case: int, user: str, team: str
    ) -> None:
        card = office.card(case)
        for text in ("hello", "anybody?"):
            await office.says(user, text, below=card, user_team=team)
        assert await office.notes(case) == []
        assert office.answers() == [("chat.postEphemeral", SUPPORT, card, WHY.summary)]

    async def test_their_commands_are_answered_each_time(self, office: Office) -> None:
        for _ in range(2):
            await office.says("U0GUEST", f"<@{BOT}> list", kind="app_mention")
        assert office.answers() == [("chat.postEphemeral", SUPPORT, None, WHY.summary)] * 2

    async def test_their_edits_and_deletions_change_nothing(self, office: Office, case: int) -> None:
        card = office.card(case)
        ts = await office.says("U0BEN", "furious", below=card)
        await office.edits("U0GUEST", ts, "furious", "calm", below=card)
        await office.deletes("U0GUEST", ts, below=card)
        assert await office.notes(case) == ["Ben Okafor noted: furious"]


class TestSecondThoughts:
    async def test_an_edit_changes_the_note(self, office: Office, case: int) -> None:
        card = office.card(case)
        ts = await office.says("U0BEN", "furious", below=card)
        await office.edits("U0BEN", ts, "furious", "a bit cross &amp; tired", below=card)
        assert await office.notes(case) == ["Ben Okafor noted (edited): a bit cross & tired"]

    async def test_a_note_that_was_said_to_us_is_edited_as_one(self, office: Office, case: int) -> None:
        card = office.card(case)
        said = f"<@{BOT}> note furious"
        ts = await office.says("U0BEN", said, below=card, kind="app_mention")
        await office.edits("U0BEN", ts, said, f"<@{BOT}> note cross", below=card)
        assert await office.notes(case) == ["Ben Okafor noted (edited): cross"]

    @pytest.mark.parametrize(
        "more",
        [{"attachments": [{"title": "a preview"}]}, {"reactions": [{"name": "eyes"}]}, {"reply_count": 2}],
    )
    async def test_what_alters_no_words_is_no_edit(
        self, office: Office, case: int, more: dict[str, object]
    ) -> None:
        card = office.card(case)
        ts = await office.says("U0BEN", "see https://x.example", below=card)
        asked = len(office.sent.asked)
        await office.edits("U0BEN", ts, "see it", "see it", below=card, **more)
        assert len(office.sent.asked) == asked
        assert await office.notes(case) == ["Ben Okafor noted: see https://x.example"]

    async def test_our_own_edits_are_none(self, office: Office, case: int) -> None:
        card = office.card(case)
        await office.edits(BOT, "7.7", "open", "claimed", below=card, bot_id="B1")
        assert office.counted == ["message_changed"]
        assert office.answers() == []

    async def test_a_deletion_takes_the_note_back(self, office: Office, case: int) -> None:
        card = office.card(case)
        ts = await office.says("U0BEN", "furious", below=card)
        await office.deletes("U0BEN", ts, below=card)
        assert await office.notes(case) == ["Ben Okafor took a note back"]
        assert office.sent.taken == []

    async def test_an_edit_of_what_was_never_a_note_is_nothing(self, office: Office, case: int) -> None:
        card = office.card(case)
        await office.edits("U0BEN", "7.7", "a", "b", below=card)
        await office.deletes("U0BEN", "7.7", below=card)
        await office.edits("U0BEN", "7.8", "a", "b", below="6.6")
        await office.deletes("U0BEN", "7.8", below="6.6")
        assert await office.notes(case) == []
        assert office.answers() == []

    async def test_a_card_that_is_deleted_is_told_to_the_desk(self, office: Office, case: int) -> None:
        card = office.card(case)
        await office.deletes(BOT, card, bot_id="B1")
        (gone,) = office.sent.taken
        assert (gone.conversation, gone.message) == (SUPPORT, card)
        # It is posted anew, and the thread below the old one is still the case's.
        titles = [shown.card.title for shown in office.chat.messages.values()]
        assert len([title for title in titles if title.startswith(f"{case} ")]) == 2
        await office.says("U0BEN", "furious", below=card)
        assert await office.notes(case) == ["Ben Okafor noted: furious"]

    async def test_a_card_with_a_thread_leaves_a_tombstone(self, office: Office, case: int) -> None:
        """Slack keeps the place of a deleted message that has answers, and tells of a change."""
        card = office.card(case)
        stone = {"subtype": "tombstone", "user": "USLACKBOT", "ts": card, "thread_ts": card, "hidden": True}
        was = {"user": BOT, "bot_id": "B1", "ts": card, "thread_ts": card, "text": "Case"}
        change: dict[str, Any] = {"channel": SUPPORT, "message": stone, "previous_message": was}
        await office.told("message", subtype="message_changed", hidden=True, **change)
        assert [gone.message for gone in office.sent.taken] == [card]
        # When the last answer goes, the stone goes too.
        end: dict[str, Any] = {"channel": SUPPORT, "deleted_ts": card, "previous_message": stone}
        await office.told("message", subtype="message_deleted", hidden=True, **end)
        assert len(office.sent.taken) == 1


class TestWordsToUs:
    async def test_a_mention_is_done_and_answered_for_its_author_alone(
        self, office: Office, case: int
    ) -> None:
        await office.says("U0BEN", f"<@{BOT}> show {case}", kind="app_mention")
        ((method, channel, thread, text),) = office.answers()
        assert (method, channel, thread) == ("chat.postEphemeral", SUPPORT, None)
        assert text.startswith(f"{case} ")

    async def test_it_arrives_twice_and_is_done_once(self, office: Office, case: int) -> None:
        words, card = f"<@{BOT}> claim", office.card(case)
        ts = await office.says("U0BEN", words, below=card)
        await office.says("U0BEN", words, below=card, ts=ts, kind="app_mention")
        assert (await office.story.case(case)).owner == "ben@kettle.example"
        assert await office.notes(case) == []
        # The card above shows it by itself.
        assert office.answers() == []

    async def test_who_asks_in_the_thread_is_shown(self, office: Office, case: int) -> None:
        await office.says("U0BEN", f"<@{BOT}> show", below=office.card(case), kind="app_mention")
        ((_, _, thread, text),) = office.answers()
        assert thread == office.card(case)
        assert text.startswith(f"{case} ")

    async def test_typed_as_text_it_is_done_in_a_thread(self, office: Office, case: int) -> None:
        await office.says("U0BEN", " /baton claim", below=office.card(case))
        assert (await office.story.case(case)).owner == "ben@kettle.example"

    async def test_a_bare_mention_shows_home(self, office: Office) -> None:
        await office.says("U0BEN", f"<@{BOT}>", kind="app_mention", channel=LOBBY)
        ((_, channel, _, text),) = office.answers()
        assert channel == LOBBY
        assert text.startswith("Your desk")

    async def test_people_are_meant_by_their_mention(self, office: Office, case: int) -> None:
        await office.says("U0ANA", f"<@{BOT}> assign {case} <@U0BEN>", kind="app_mention")
        assert (await office.story.case(case)).owner == "ben@kettle.example"

    async def test_an_edit_does_not_do_it_again(self, office: Office, case: int) -> None:
        edited = {"user": "U0BEN", "ts": "1.0"}
        await office.says("U0BEN", f"<@{BOT}> claim {case}", kind="app_mention", edited=edited)
        assert (await office.story.case(case)).owner is None

    async def test_talk_about_us_does_nothing_but_says_once_how_to_call(
        self, office: Office, case: int
    ) -> None:
        for _ in range(2):
            await office.says("U0BEN", f"just tell <@{BOT}> claim {case}", kind="app_mention")
        assert (await office.story.case(case)).owner is None
        assert office.answers() == [("chat.postEphemeral", SUPPORT, None, BEGIN_WITH_ME)]

    async def test_talk_about_us_in_a_thread_is_a_note(self, office: Office, case: int) -> None:
        words, card = f"ask <@{BOT}> for help", office.card(case)
        ts = await office.says("U0BEN", words, below=card)
        await office.says("U0BEN", words, below=card, ts=ts, kind="app_mention")
        assert len(await office.notes(case)) == 1
        assert office.answers() == []

    async def test_plain_words_in_the_direct_conversation(self, office: Office, case: int) -> None:
        await office.says("U0BEN", f"claim {case}", channel="D0BEN")
        ((method, channel, thread, text),) = office.answers()
        assert (method, channel, thread) == ("chat.postMessage", "D0BEN", None)
        assert f"{case} " in text
        assert (await office.story.case(case)).owner == "ben@kettle.example"

    async def test_in_a_thread_there_the_answer_stays_in_it(self, office: Office) -> None:
        await office.says("U0BEN", f"<@{BOT}> list", channel="D0BEN", below="3.3")
        assert [answer[:3] for answer in office.answers()] == [("chat.postMessage", "D0BEN", "3.3")]

    async def test_what_is_not_understood_is_told(self, office: Office) -> None:
        await office.says("U0BEN", "good morning", channel="D0BEN")
        ((_, _, _, text),) = office.answers()
        assert "good" in text


class TestAnswers:
    async def test_slack_may_ask_for_patience(self, office: Office) -> None:
        office.api.troubles += [SlowDown(timedelta(seconds=2)), SlowDown(timedelta(seconds=3))]
        before = office.story.time.at
        await office.says("U0BEN", "list", channel="D0BEN")
        assert office.story.time.at - before == timedelta(seconds=5)
        assert len(office.answers()) == 3

    async def test_who_cannot_be_whispered_to_is_answered_directly(self, office: Office) -> None:
        office.api.troubles.append(Undeliverable("not in this channel"))
        await office.says("U0BEN", f"<@{BOT}> list", kind="app_mention", channel=PR)
        assert [answer[:2] for answer in office.answers()] == [
            ("chat.postEphemeral", PR),
            ("chat.postMessage", "U0BEN"),
        ]

    @pytest.mark.parametrize("trouble", [FateUnknown("?"), Down("away"), SlowDown(timedelta(seconds=1))])
    async def test_a_lost_answer_does_not_undo_the_effect(
        self, office: Office, case: int, trouble: Exception
    ) -> None:
        office.api.troubles += [trouble] * 3  # type: ignore[list-item]  # all of them are ChatErrors
        await office.says("U0BEN", f"claim {case}", channel="D0BEN")
        assert (await office.story.case(case)).owner == "ben@kettle.example"
