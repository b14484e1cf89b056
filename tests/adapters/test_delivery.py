"""Words go out: in order, newest state only, never twice where one can look, and given up loudly."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.delivery import MOST_FAILURES, TURN
from bot.ports import Overloaded, Place, Rank, Undeliverable
from bot.router import Shown
from tests.adapters.outbox import ANA, LEASE, Outbox, card
from tests.desk import Time
from tests.fakes.chat import SLOW_DOWN, FakeChat, Gate, Lost, failed, slow_down

# -- order -----------------------------------------------------------------------------------------


async def test_pages_leave_before_cards_and_order_holds_within_a_rank(out: Outbox) -> None:
    for n in range(3):
        await out.put(f"edit {n}")
    await out.put("digest", Rank.DIGEST)
    await out.put("note", Rank.NOTE)
    await out.put("card", Rank.FIRST_CARD)
    await out.put("page", Rank.PAGE)
    await out.send()
    assert out.web.shown("support") == ["page", "card", "note", "edit 0", "edit 1", "edit 2", "digest"]


async def test_a_page_that_arrives_meanwhile_goes_next(out: Outbox) -> None:
    gate = Gate()
    out.web.troubles = [gate]
    for n in range(3):
        await out.put(f"{n}")
    sending = asyncio.create_task(out.send())
    await gate.reached.wait()
    await out.put("page", Rank.PAGE)
    gate.open()
    await sending
    assert out.web.shown("support") == ["0", "page", "1", "2"]


async def test_a_slow_conversation_holds_up_no_other(out: Outbox) -> None:
    gate = Gate()
    out.web.troubles = [gate]
    await out.put("slow")
    slow = asyncio.create_task(out.delivery.empty(await out.take()))
    await gate.reached.wait()
    await out.page("page")
    await out.send()
    assert out.web.shown(f"@{ANA}") == ["page"]
    gate.open()
    await slow
    assert out.web.shown("support") == ["slow"]


async def test_a_busy_lane_lets_others_have_their_turn(out: Outbox) -> None:
    async def minute() -> None:
        out.time.at += TURN / 2

    out.web.troubles = [minute, minute, minute]
    for n in range(5):
        await out.put(f"{n}")
    await out.delivery.empty(await out.take())
    assert out.web.shown("support") == ["0", "1"]
    await out.send()
    assert out.web.shown("support") == ["0", "1", "2", "3", "4"]


# -- the newest state ----------------------------------------------------------------------------------


async def test_a_hundred_changes_are_one_edit(out: Outbox) -> None:
    await out.put("1042")
    await out.send()
    for n in range(100):
        out.views["1042"] = card(f"state {n}")
        await out.put("1042")
    await out.send()
    assert out.web.calls == ["post 1042", "edit state 99"]


async def test_a_change_while_it_is_being_sent_is_shown_after_it(out: Outbox) -> None:
    gate = Gate()
    out.web.troubles = [gate]
    await out.put("1042")
    sending = asyncio.create_task(out.send())
    await gate.reached.wait()
    out.views["1042"] = card("newer")
    await out.put("1042")
    gate.open()
    await sending
    assert out.web.calls == ["post 1042", "edit newer"]
    assert out.web.shown("support") == ["newer"]


async def test_an_unchanged_card_is_not_sent(out: Outbox) -> None:
    await out.put("1042")
    await out.send()
    await out.put("1042")
    await out.send()
    assert out.web.calls == ["post 1042"]
    assert await out.jobs() == {}


async def test_a_deleted_message_is_posted_anew(out: Outbox) -> None:
    await out.put("1042")
    await out.send()
    out.web.messages.clear()
    out.views["1042"] = card("newer")
    await out.put("1042")
    await out.send()
    assert out.web.shown("support") == ["newer"]


# -- pages -------------------------------------------------------------------------------------------------


async def test_a_page_acknowledged_before_its_send_is_never_sent(out: Outbox) -> None:
    await out.page("page")
    out.views["page"] = Shown(card=card("answered"), only_edit=True)
    await out.page("page")
    await out.send()
    assert out.web.calls == []
    assert await out.jobs() == {}


async def test_a_page_acknowledged_just_before_its_send_begins_is_never_sent(out: Outbox) -> None:
    await out.page("page")
    show = out.show

    async def acknowledged_meanwhile(view: str, subject: str, place: Place) -> Shown:
        shown = await show(view, subject, place)
        if subject not in out.views:
            out.views["page"] = Shown(card=card("answered"), only_edit=True)
            await out.page("page")
        return shown

    out.delivery.views.show = acknowledged_meanwhile  # type: ignore[method-assign]
    await out.send()
    assert out.web.calls == []


async def test_a_page_in_flight_is_edited_to_answered(out: Outbox) -> None:
    gate = Gate()
    out.web.troubles = [gate]
    await out.page("page")
    sending = asyncio.create_task(out.send())
    await gate.reached.wait()
    out.views["page"] = Shown(card=card("answered"), only_edit=True)
    await out.page("page")
    gate.open()
    await sending
    assert out.web.calls == ["post page", "edit answered"]
    assert out.web.shown(f"@{ANA}") == ["answered"]


# -- later, and never ---------------------------------------------------------------------------------------


async def test_asked_to_slow_down_the_lane_waits_and_nothing_counts(out: Outbox) -> None:
    out.web.troubles = [slow_down()] * (MOST_FAILURES + 3)
    await out.put("1")
    await out.put("2")
    await out.send()
    assert out.web.calls == ["post 1"]
    await out.passes(SLOW_DOWN - timedelta(seconds=1))
    assert out.web.calls == ["post 1"]
    assert (await out.jobs())["1"].failures == 0
    await out.waits_out()
    assert out.web.shown("support") == ["1", "2"], "as often as it was asked to"
    assert out.time.at >= Time().at + SLOW_DOWN * (MOST_FAILURES + 3)


async def test_a_failure_is_tried_again_later_and_not_overtaken(out: Outbox) -> None:
    out.web.troubles = [failed(), failed()]
    await out.put("1")
    await out.put("2")
    await out.send()
    assert (await out.jobs())["1"].failures == 1
    assert out.web.calls == ["post 1"]
    await out.waits_out()
    assert out.web.shown("support") == ["1", "2"]


async def test_what_fails_too_often_is_given_up_and_told(out: Outbox) -> None:
    out.web.troubles = [failed()] * MOST_FAILURES
    await out.put("1")
    await out.put("2")
    await out.waits_out()
    assert out.web.shown("support") == ["2"], "what comes after it is said"
    told = (await out.jobs())["undelivered:1"]
    assert told.kind == "undelivered"
    assert "hiccup" in told.args
    assert '"department":"support"' in told.args
    assert '"subject":"1"' in told.args


async def test_what_can_never_arrive_is_given_up_at_once(out: Outbox) -> None:
    out.web.closed.add("support")
    await out.put("1")
    await out.send()
    assert set(await out.jobs()) == {"undelivered:1"}
    assert out.web.calls == ["post 1"]


async def test_a_surprise_in_one_message_does_not_stop_its_lane(out: Outbox) -> None:
    out.views["poison"] = KeyError("no such view")
    await out.put("poison", Rank.NOTE)
    await out.put("fine")
    await out.waits_out()
    assert out.web.shown("support") == ["fine"]
    jobs = await out.jobs()
    assert set(jobs) == {"undelivered:poison"}
    assert "KeyError" in jobs["undelivered:poison"].args


async def test_a_surprise_does_not_make_the_lane_spin(out: Outbox) -> None:
    out.views["poison"] = KeyError("no such view")
    await out.put("poison")
    await out.send()
    assert (await out.jobs())["poison"].failures == 1
    assert (await out.store.timers.next_due())[1] is not None


async def test_a_platform_that_is_not_spoken_is_told(out: Outbox) -> None:
    await out.put("1", place="slack:C1")
    await out.send()
    assert "does not speak slack" in (await out.jobs())["undelivered:1"].args


# -- messages of unknown fate --------------------------------------------------------------------------------


@pytest.mark.parametrize("posted", [True, False])
async def test_a_lost_answer_is_looked_up_where_one_can_look(out: Outbox, posted: bool) -> None:
    out.web.troubles = [Lost(posted=posted)]
    await out.put("1042")
    await out.waits_out()
    assert out.web.shown("support") == ["1042"], "once, whether it was there or not"
    assert out.web.calls == ["post 1042", "find", "edit 1042" if posted else "post 1042"]
    assert await out.jobs() == {}


async def test_what_was_found_shows_the_newest_state(out: Outbox) -> None:
    out.web.troubles = [Lost(posted=True)]
    await out.put("1042")
    await out.send()
    out.views["1042"] = card("newer")
    await out.put("1042")
    await out.waits_out()
    assert out.web.shown("support") == ["newer"]


async def test_where_nobody_can_look_a_card_is_repeated_once(out: Outbox) -> None:
    out.web.searchable = False
    out.web.troubles = [Lost(posted=True)]
    await out.put("1042")
    await out.waits_out()
    assert out.web.shown("support") == ["1042", "1042"], "at most one copy per unknown fate"
    out.views["1042"] = card("newer")
    await out.put("1042")
    await out.send()
    assert out.web.shown("support") == ["1042", "newer"], "the one we know is kept up to date"


async def test_where_nobody_can_look_two_lost_answers_are_given_up(out: Outbox) -> None:
    out.web.searchable = False
    out.web.troubles = [Lost(posted=False), Lost(posted=False)]
    await out.put("1042")
    await out.waits_out()
    assert out.web.calls == ["post 1042", "post 1042"]
    assert "unknown" in (await out.jobs())["undelivered:1042"].args


async def test_where_nobody_can_look_a_page_is_always_repeated(out: Outbox) -> None:
    out.web.searchable = False
    out.web.troubles = [Lost(posted=False)] * 4
    await out.page("page")
    await out.waits_out()
    assert out.web.shown(f"@{ANA}") == ["page"]
    assert await out.jobs() == {}


async def test_where_nobody_can_look_a_digest_is_never_repeated(out: Outbox) -> None:
    out.web.searchable = False
    out.web.troubles = [Lost(posted=True)]
    await out.put("digest", Rank.DIGEST, digest="daily", date="2026-03-02")
    await out.waits_out()
    assert out.web.shown("support") == ["digest"]
    assert set(await out.jobs()) == {"undelivered:digest"}


async def test_an_answered_page_of_unknown_fate_ends_quietly(out: Outbox) -> None:
    out.web.searchable = False
    out.web.troubles = [Lost(posted=True)]
    await out.page("page", rank=Rank.NOTE)
    await out.send()
    out.views["page"] = Shown(card=card("answered"), only_edit=True)
    await out.waits_out()
    assert out.web.calls == ["post page"]
    assert await out.jobs() == {}


async def test_a_lost_answer_to_an_edit_is_an_edit_again(out: Outbox) -> None:
    await out.put("1042")
    await out.send()
    out.web.troubles = [Lost(posted=False)]
    out.views["1042"] = card("newer")
    await out.put("1042")
    await out.waits_out()
    assert out.web.shown("support") == ["newer"]


async def test_a_busy_database_after_a_post_is_waited_for(
    out: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, full = out.store.lanes.finish, [Overloaded(), Overloaded()]

    async def busy(*args: Any) -> bool:
        if full:
            raise full.pop()
        return await finish(*args)

    monkeypatch.setattr(out.store.lanes, "finish", busy)
    out.web.searchable = False
    await out.put("1042")
    await out.waits_out()
    assert out.web.shown("support") == ["1042"]
    assert await out.jobs() == {}


# -- two workers ------------------------------------------------------------------------------------------------


async def taken_over_while_posting(out: Outbox) -> tuple[Gate, asyncio.Task[None]]:
    """A worker hangs in its post for longer than its lease."""
    gate = Gate()
    out.web.troubles = [gate]
    await out.put("1042")
    late = asyncio.create_task(out.delivery.empty(await out.take()))
    await gate.reached.wait()
    out.time.at += LEASE
    return gate, late


async def test_the_late_worker_deletes_what_it_posted(out: Outbox) -> None:
    gate, late = await taken_over_while_posting(out)
    await out.another().empty(await out.take())
    assert out.web.shown("support") == ["1042"]
    gate.open()
    await late
    assert out.web.shown("support") == ["1042"]
    assert out.web.calls == ["post 1042", "find", "post 1042", "delete"]
    assert await out.jobs() == {}


async def test_what_the_new_holder_found_is_not_deleted(out: Outbox) -> None:
    # The late post arrives before the new holder looks, its answer after.
    late_gate, answer = Gate(), Gate()
    post = out.web.post

    async def slow_answer(*args: Any, **more: Any) -> Any:
        posted = await post(*args, **more)
        await answer()
        return posted

    out.web.post = slow_answer  # type: ignore[method-assign]
    await out.put("1042")
    late = asyncio.create_task(out.delivery.empty(await out.take()))
    await answer.reached.wait()
    late_gate.open()
    out.time.at += LEASE
    await out.another().empty(await out.take())
    answer.open()
    await late
    assert out.web.shown("support") == ["1042"]
    assert "delete" not in out.web.calls
    assert await out.jobs() == {}


async def test_after_a_late_edit_the_newest_state_is_shown(out: Outbox) -> None:
    await out.put("1042")
    await out.send()
    gate = Gate()
    out.web.troubles = [gate]
    out.views["1042"] = card("old")
    await out.put("1042")
    late = asyncio.create_task(out.delivery.empty(await out.take()))
    await gate.reached.wait()
    out.time.at += LEASE
    out.views["1042"] = card("newest")
    await out.put("1042")
    await out.another().empty(await out.take())
    gate.open()
    await late
    assert out.web.shown("support") == ["old"], "the late edit covered the newest state"
    await out.send()
    assert out.web.shown("support") == ["newest"]


async def test_a_worker_that_lost_its_lane_stops_at_once(out: Outbox) -> None:
    await out.put("1")
    await out.put("2")
    late = await out.take()
    out.time.at += LEASE
    await out.take()
    await asyncio.wait_for(out.delivery.empty(late), 5)
    assert out.web.calls == []
    assert set(await out.jobs()) == {"1", "2"}


# -- where ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_chats(chats: dict[str, FakeChat]) -> dict[str, FakeChat]:
    chats["slack"] = FakeChat(platform="slack")
    return chats


async def test_the_next_chat_is_used_where_the_first_cannot_reach_the_person(
    two_chats: dict[str, FakeChat], out: Outbox
) -> None:
    two_chats["slack"].unreachable.add(ANA)
    await out.page("page")
    await out.send()
    assert (two_chats["slack"].calls, out.web.shown(f"@{ANA}")) == ([], ["page"])


async def test_a_refusal_at_the_send_leads_to_the_next_chat(
    two_chats: dict[str, FakeChat], out: Outbox
) -> None:
    two_chats["slack"].troubles = [Undeliverable("they blocked us")]
    await out.page("page")
    await out.send()
    assert (two_chats["slack"].messages, out.web.shown(f"@{ANA}")) == ({}, ["page"])
    out.views["page"] = Shown(card=card("answered"), only_edit=True)
    await out.page("page")
    await out.send()
    assert out.web.shown(f"@{ANA}") == ["answered"], "edited where it was posted"


async def test_nobody_is_told_twice_in_two_chats(two_chats: dict[str, FakeChat], out: Outbox) -> None:
    await out.page("page")
    await out.send()
    assert sum(len(chat.messages) for chat in two_chats.values()) == 1


async def test_whom_no_chat_reaches_is_given_up_with_the_reason(
    two_chats: dict[str, FakeChat], out: Outbox
) -> None:
    for chat in two_chats.values():
        chat.unreachable.add(ANA)
    await out.page("page")
    await out.send()
    told = (await out.jobs())["undelivered:page"]
    assert f'"person":"{ANA}"' in told.args
    assert "is not on slack; " in told.args, "why for each chat"
    assert "is not on web" in told.args


async def test_a_note_stands_below_its_card(out: Outbox) -> None:
    await out.put("1042", Rank.FIRST_CARD, key="card")
    await out.put("note", Rank.NOTE, below="card")
    await out.send()
    assert [(m.card.title, m.below) for m in out.web.messages.values()] == [("1042", None), ("note", "1")]


async def test_a_note_whose_thread_was_deleted_is_said_in_the_main_line(out: Outbox) -> None:
    await out.put("1042", Rank.FIRST_CARD, key="card")
    await out.send()
    out.web.messages.clear()
    await out.put("note", Rank.NOTE, below="card")
    await out.send()
    assert [(m.card.title, m.below) for m in out.web.messages.values()] == [("note", None)]


# -- digests ----------------------------------------------------------------------------------------------------------


async def test_a_digest_is_posted_once_for_its_date(out: Outbox) -> None:
    for key in ("d1", "d2"):
        await out.put("digest", Rank.DIGEST, key=key, digest="daily", date="2026-03-02")
        await out.send()
    await out.put("digest", Rank.DIGEST, key="d3", digest="daily", date="2026-03-03")
    await out.send()
    assert out.web.shown("support") == ["digest", "digest"]


async def test_a_digest_that_was_slowed_down_is_posted(out: Outbox) -> None:
    out.web.troubles = [slow_down(), failed()]
    await out.put("digest", Rank.DIGEST, digest="daily", date="2026-03-02")
    await out.waits_out()
    assert out.web.shown("support") == ["digest"]
