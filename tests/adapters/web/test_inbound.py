"""The web chat's addresses, asked as the page asks them and as others might."""

from __future__ import annotations

import asyncio

import pytest

from bot.cards.card import Card, Text, Tone
from bot.cards.words import refusal_card
from bot.ports import Place
from tests.adapters.web.conftest import WebDesk

ANA, BEN = "ana@kettle.example", "ben@kettle.example"
CASE = Card(
    title="1042 · Customer support · P4", summary="1042", tone=Tone.OPEN, elements=(Text(text="<hi>"),)
)


# -- who and where ------------------------------------------------------------------------------


async def test_one_can_act_as_anyone_of_the_policy(chat: WebDesk) -> None:
    found = await chat.get("/web/people")
    assert found["company"] == "Kettle & Co"
    assert {"id": ANA, "name": "Ana Ruiz", "position": "Support lead"} in found["people"]
    dana = {"id": "dana@kettle.example", "name": "Dana Voss", "position": "Chief Customer Officer"}
    assert dana in found["people"]
    assert len(found["people"]) == len(chat.policy.people)
    assert [each["name"] for each in found["commands"]] == ["claim", "show", "note"]


async def test_a_person_sees_the_channels_and_the_own_direct_messages(chat: WebDesk) -> None:
    newest = await chat.card("support", CASE)
    found = await chat.get("/web/conversations", **{"as": ANA})
    names = [each["name"] for each in found["conversations"]]
    assert names[:2] == [f"@{ANA}", "support"]
    assert not [name for name in names[1:] if name.startswith("@")]
    assert found["conversations"][1]["newest"] == newest.id
    assert found["zone"] == "Europe/London"
    assert found["clock"]["differs"] is False


@pytest.mark.parametrize("conversation", [f"@{BEN}", "nowhere", "", "@"])
async def test_nobody_reads_or_writes_where_they_are_not(chat: WebDesk, conversation: str) -> None:
    await chat.card(f"@{BEN}", Card(title="secret", summary="secret"))
    asked = {"as": ANA, "conversation": conversation}
    response = await chat.client.get("/web/messages", params=asked)
    assert response.status == 404
    await chat.say("hello", expect=404, conversation=conversation)
    await chat.press("claim 1042", expect=404, conversation=conversation)
    assert not chat.ear.heard


async def test_a_message_of_another_conversation_is_no_thread_here(chat: WebDesk) -> None:
    elsewhere = await chat.card(f"@{BEN}", CASE)
    answer = await chat.say("hello", expect=404, thread=elsewhere.id)
    assert "not here" in answer["error"]
    await chat.press("claim 1042", expect=404, message=elsewhere.id)


async def test_an_unknown_person_is_told_so(chat: WebDesk) -> None:
    answer = await chat.say("hello", expect=404, **{"as": "nobody@x.example"})
    assert "nobody@x.example" in answer["error"]


# -- saying ----------------------------------------------------------------------------------------


async def test_talk_is_kept_and_baton_does_not_hear_it(chat: WebDesk) -> None:
    answer = await chat.say("good <morning>")
    assert answer["answer"] is None
    assert answer["message"]["by"] == {"id": ANA, "name": "Ana Ruiz"}
    assert "good &lt;morning&gt;" in answer["message"]["html"]
    assert await chat.texts("support") == ["good <morning>"]
    assert not chat.ear.heard


async def test_the_same_words_sent_twice_stand_once(chat: WebDesk) -> None:
    first = await chat.say("hello", id="same-id-1")
    again = await chat.say("hello", id="same-id-1")
    assert first["message"]["id"] == again["message"]["id"]
    assert await chat.texts("support") == ["hello"]


async def test_a_command_in_a_channel_is_answered_privately(chat: WebDesk) -> None:
    chat.ear.answer = CASE
    answer = await chat.say("/baton claim 1042", id="event-0001")
    assert "&lt;hi&gt;" in answer["answer"]["html"]
    assert answer["answer"]["summary"] == "1042"
    (heard,) = chat.ear.heard
    assert heard.id == "web:event-0001"
    assert heard.words == "claim 1042"
    assert heard.person == chat.policy.people[heard.person.id]  # type: ignore[union-attr]
    assert heard.place == Place(platform="web", conversation="support", department="support")
    assert await chat.texts("support") == []


async def test_with_baton_alone_plain_words_are_commands(chat: WebDesk) -> None:
    await chat.say("list mine", conversation=f"@{ANA}")
    (heard,) = chat.ear.heard
    assert heard.words == "list mine"
    assert heard.place == Place(platform="web", conversation=f"@{ANA}", person=heard.person.id)  # type: ignore[union-attr]


async def test_words_in_a_case_thread_become_a_note_and_stand_there(chat: WebDesk) -> None:
    card = await chat.card("support", CASE, case=1042)
    answer = await chat.say("she is\nfurious", thread=card.id)
    (heard,) = chat.ear.heard
    assert heard.words == "note 1042 she is\nfurious"
    assert heard.place.case_id == 1042
    assert answer["message"]["thread"] == card.id
    assert await chat.texts("support", card.id) == ["she is\nfurious"]
    assert (await chat.get("/web/messages", **{"as": ANA, "conversation": "support"}))["messages"][0][
        "replies"
    ] == 1


async def test_a_refused_note_is_told_privately_and_stands_nowhere(chat: WebDesk) -> None:
    card = await chat.card("support", CASE, case=1042)
    chat.ear.answer = refusal_card("Case 1042 is closed.")
    answer = await chat.say("furious", thread=card.id)
    assert "closed" in answer["answer"]["html"]
    assert answer["message"] is None
    assert await chat.texts("support", card.id) == []


async def test_a_note_whose_answer_was_lost_is_kept_once(chat: WebDesk) -> None:
    card = await chat.card("support", CASE, case=1042)
    for _ in range(2):
        await chat.say("furious", thread=card.id, id="lost-answer")
    assert await chat.texts("support", card.id) == ["furious"]
    assert chat.ear.words == ["note 1042 furious"]


async def test_commands_in_a_case_thread_mean_that_case(chat: WebDesk) -> None:
    card = await chat.card("support", CASE, case=1042)
    await chat.say("/baton claim", thread=card.id)
    (heard,) = chat.ear.heard
    assert (heard.words, heard.place.case_id) == ("claim", 1042)


async def test_a_reply_to_a_reply_lands_in_the_thread(chat: WebDesk) -> None:
    root = (await chat.say("lunch?"))["message"]["id"]
    reply = (await chat.say("yes", thread=root))["message"]["id"]
    assert (await chat.say("when?", thread=reply))["message"]["thread"] == root
    thread = await chat.get("/web/messages", **{"as": ANA, "conversation": "support", "thread": reply})
    assert thread["root"]["id"] == root
    assert len(thread["messages"]) == 2
    assert not chat.ear.heard


# -- pressing ------------------------------------------------------------------------------------------


async def test_a_press_says_the_words_and_then_the_values(chat: WebDesk) -> None:
    card = await chat.card("support", CASE, case=1042)
    await chat.press("handoff 1042", message=card.id, values=["pr", "", " they know her\nwell "])
    (heard,) = chat.ear.heard
    assert heard.words == "handoff 1042 pr they know her\nwell"
    # Outside the thread: the desk itself brings a pressed note there.
    assert heard.place == Place(platform="web", conversation="support", department="support")


async def test_the_desk_hears_on_which_card_it_was_pressed(chat: WebDesk) -> None:
    card = await chat.card("support", CASE, case=1042)
    await chat.press("claim 1042", message=card.id)
    await chat.press("claim 1042", message=None)
    assert [heard.card for heard in chat.ear.heard] == [1042, None]


async def test_a_press_from_a_private_answer_needs_no_message(chat: WebDesk) -> None:
    await chat.press("claim 1042", message=None)
    assert chat.ear.words == ["claim 1042"]


async def test_a_press_sent_again_has_no_second_effect(chat: WebDesk) -> None:
    for _ in range(2):
        await chat.press("claim 1042", id="pressed-twice")
    assert chat.ear.words == ["claim 1042"]


# -- reading ---------------------------------------------------------------------------------------------


async def test_messages_come_in_pages_oldest_first(chat: WebDesk) -> None:
    for number in range(45):
        await chat.say(f"n{number}")
    asked = {"as": ANA, "conversation": "support"}
    newest = await chat.get("/web/messages", **asked)
    assert [m["summary"] for m in newest["messages"]] == [f"n{n}" for n in range(5, 45)]
    assert newest["more"] is True
    earlier = await chat.get("/web/messages", **asked, before=newest["messages"][0]["id"])
    assert [m["summary"] for m in earlier["messages"]] == [f"n{n}" for n in range(5)]
    assert earlier["more"] is False


async def test_many_at_once_all_stand_in_order(chat: WebDesk) -> None:
    await asyncio.gather(*(chat.say(f"n{number}") for number in range(30)))
    assert sorted(await chat.texts("support"), key=str) == sorted(f"n{n}" for n in range(30))
