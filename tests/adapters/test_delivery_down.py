"""A platform out of order, a channel that takes no words, a surge: nothing lost, order kept, people told."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from adapters.delivery import MOST_FIRST_CARDS, WHILE_SHUT
from adapters.outages import KNOWN
from bot.ports import Down, Place, Rank
from bot.router import Shown
from tests.adapters.outbox import ANA, Outbox, card
from tests.fakes.chat import FakeChat, Lost

TEN = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
SUPPORT = Place(platform="web", conversation="support", department="support")
REMOVED = "Baton was removed from this channel: invite it again."


@pytest.fixture
def two_chats(chats: dict[str, FakeChat]) -> dict[str, FakeChat]:
    """Ana is written to in Slack first: platforms are asked in the order of their names."""
    chats["slack"] = FakeChat(platform="slack")
    return chats


async def told(out: Outbox) -> dict[str, dict[str, Any]]:
    """The jobs that tell people that words wait."""
    jobs = (await out.jobs()).values()
    return {job.key: json.loads(str(job.args)) for job in jobs if job.kind == "shut"}


# -- out of order ------------------------------------------------------------------------------------


async def test_ten_minutes_down_lose_nothing_and_keep_the_order(out: Outbox) -> None:
    out.web.out = True
    for n in range(5):
        await out.put(f"edit {n}")
    await out.put("digest", Rank.DIGEST, digest="daily", date="2026-03-02")
    await out.put("card", Rank.FIRST_CARD)
    await out.goes_on(TEN)
    assert out.web.messages == {}
    assert {job.failures for job in (await out.jobs()).values()} == {0}, "the platform's fault, not theirs"
    out.web.out = False
    await out.goes_on(MINUTE)
    assert out.web.shown("support") == ["card", *(f"edit {n}" for n in range(5)), "digest"]
    assert set(await out.jobs()) == set(await told(out))


async def test_a_day_down_gives_up_nothing_but_the_digest(out: Outbox) -> None:
    out.web.out = True
    await out.put("card")
    await out.put("digest", Rank.DIGEST, digest="daily", date="2026-03-02")
    for _ in range(5):
        out.time.at += timedelta(hours=5)
        await out.send()
    out.web.out = False
    await out.goes_on(MINUTE)
    assert out.web.shown("support") == ["card"]
    assert "24 hours late" in (await out.jobs())["undelivered:digest"].args


async def test_tries_grow_rarer_and_stay_within_a_minute(out: Outbox) -> None:
    out.web.out = True
    await out.put("card")
    tries = []
    for _ in range(12):
        await out.send()
        tries.append(out.time.at)
        _, real = await out.store.timers.next_due()
        assert real is not None
        out.time.at = real
    gaps = [after - before for before, after in itertools.pairwise(tries)]
    assert timedelta(seconds=1) <= gaps[0] <= timedelta(seconds=2)
    assert all(gap <= MINUTE for gap in gaps)
    assert all(gap >= MINUTE / 3 for gap in gaps[-4:])


async def test_one_lane_tries_for_all(out: Outbox) -> None:
    out.web.out = True
    for n in range(20):
        await out.put(f"{n}", place=f"web:{n}")
    await out.goes_on(TEN)
    assert len(out.web.calls) < 30
    out.web.out = False
    await out.goes_on(2 * MINUTE)
    assert sorted(map(int, (m.card.title for m in out.web.messages.values()))) == list(range(20))


async def test_an_outage_is_told_once_with_how_much_waits(out: Outbox) -> None:
    began = out.now
    out.web.out = True
    for n in range(3):
        await out.put(f"{n}")
    await out.put("other", place="web:pr", department="pr")
    await out.goes_on(KNOWN - timedelta(seconds=1))
    assert await told(out) == {}
    await out.goes_on(2 * MINUTE)
    ((key, said),) = (await told(out)).items()
    assert key == f"shut:web:{began:%Y%m%dT%H%M}"
    assert (said["platform"], said["since"]) == ("web", began.isoformat())
    assert json.loads(said["waiting"]) == {"web:support": 3, "web:pr": 1}
    await out.forget("shut")
    await out.goes_on(TEN)
    assert await told(out) == {}
    out.web.out = False
    await out.goes_on(MINUTE)
    out.web.out = True
    await out.put("again")
    await out.goes_on(2 * KNOWN)
    assert len(await told(out)) == 1, "the next outage is told again"


async def test_a_short_outage_is_not_told(out: Outbox) -> None:
    out.web.out = True
    await out.put("card")
    await out.goes_on(MINUTE)
    out.web.out = False
    await out.goes_on(TEN)
    assert await told(out) == {}
    assert out.web.shown("support") == ["card"]


async def test_down_for_one_message_only_counts_against_it(out: Outbox) -> None:
    post = out.web.post

    async def refuses_some(place: Place, shown: Any, **more: Any) -> Any:
        if "poison" in shown.title:
            raise Down("an error of its own")
        return await post(place, shown, **more)

    out.web.post = refuses_some  # type: ignore[method-assign, assignment]
    await out.put("poison")
    await out.put("after")
    await out.put("more poison", place="web:legal")
    for n in range(60):
        await out.put(f"{n}", place="web:pr")
        await out.goes_on(timedelta(seconds=20))
    assert len(out.web.shown("pr")) == 60
    assert out.web.shown("support") == ["after"]
    assert "an error of its own" in (await out.jobs())["undelivered:poison"].args
    assert "undelivered:more poison" in await out.jobs()


async def test_what_was_found_out_is_kept_when_the_answer_was_lost_on_the_way_down(out: Outbox) -> None:
    out.web.troubles = [Lost(posted=True)]
    await out.put("card")
    await out.send()
    out.web.out = True
    await out.goes_on(TEN)
    out.web.out = False
    await out.goes_on(MINUTE)
    assert out.web.shown("support") == ["card"]


# -- people --------------------------------------------------------------------------------------------


async def test_a_page_goes_the_next_way_at_once(two_chats: dict[str, FakeChat], out: Outbox) -> None:
    two_chats["slack"].out = True
    await out.page("page")
    await out.send()
    assert out.web.shown(f"@{ANA}") == ["page"]
    out.views["page"] = Shown(card=card("answered"), only_edit=True)
    await out.page("page")
    await out.send()
    assert out.web.shown(f"@{ANA}") == ["answered"]


async def test_a_page_whose_conversation_is_known_goes_the_next_way_too(
    two_chats: dict[str, FakeChat], out: Outbox
) -> None:
    two_chats["slack"].troubles = [Down("nobody answers")]
    await out.page("page")
    await out.send()
    assert (two_chats["slack"].messages, out.web.shown(f"@{ANA}")) == ({}, ["page"])


async def test_a_page_without_another_way_is_given_up_in_minutes(out: Outbox) -> None:
    out.web.out = True
    await out.page("page")
    await out.page("notice", rank=Rank.NOTE)
    await out.goes_on(timedelta(minutes=3))
    assert "undelivered:page" not in await out.jobs()
    await out.goes_on(timedelta(minutes=4))
    assert "undelivered:page" in await out.jobs(), "so that it climbs"
    out.web.out = False
    await out.goes_on(2 * MINUTE)
    assert out.web.shown(f"@{ANA}") == ["notice"], "which could wait"


async def test_a_page_that_stands_there_is_waited_for_and_holds_up_no_new_one(
    two_chats: dict[str, FakeChat], out: Outbox
) -> None:
    slack = two_chats["slack"]
    await out.page("first")
    await out.send()
    slack.out = True
    out.views["first"] = Shown(card=card("answered"), only_edit=True)
    await out.page("first")
    await out.goes_on(MINUTE)
    await out.page("second")
    await out.goes_on(timedelta(seconds=10))
    assert out.web.shown(f"@{ANA}") == ["second"]
    await out.goes_on(timedelta(hours=1))
    assert not [key for key in await out.jobs() if key.startswith("undelivered")]
    slack.out = False
    await out.goes_on(2 * MINUTE)
    assert slack.shown(f"@{ANA}") == ["answered"]


async def test_other_words_wait_for_the_usual_way_until_the_outage_is_known(
    two_chats: dict[str, FakeChat], out: Outbox
) -> None:
    slack = two_chats["slack"]
    slack.out = True
    await out.page("short", rank=Rank.NOTE)
    await out.goes_on(MINUTE)
    slack.out = False
    await out.goes_on(MINUTE)
    assert (slack.shown(f"@{ANA}"), out.web.messages) == (["short"], {})
    slack.out = True
    await out.page("long", rank=Rank.NOTE)
    await out.goes_on(2 * KNOWN)
    assert out.web.shown(f"@{ANA}") == ["long"]


# -- shut ----------------------------------------------------------------------------------------------


async def test_a_shut_channel_is_waited_for_and_told_once_a_day(out: Outbox) -> None:
    out.web.shut["support"] = REMOVED
    for n in range(3):
        await out.put(f"{n}")
    await out.send()
    assert out.web.calls == ["post 0"]
    ((key, said),) = (await told(out)).items()
    assert key == f"shut:web:support:{out.now:%Y%m%d}"
    assert (said["reason"], said["department"]) == (REMOVED, "support")
    assert json.loads(said["waiting"]) == {"web:support": 3}
    await out.forget("shut")
    await out.goes_on(timedelta(hours=2))
    assert out.web.calls == ["post 0"] * 13, "one of them, every ten minutes"
    assert await told(out) == {}
    await out.goes_on(timedelta(days=1))
    assert len(await told(out)) == 1
    assert {job.failures for job in (await out.jobs()).values()} == {0}
    del out.web.shut["support"]
    await out.goes_on(WHILE_SHUT)
    assert out.web.shown("support") == ["0", "1", "2"]


async def test_let_in_again_what_waits_leaves_at_once(out: Outbox) -> None:
    woken: list[bool] = []
    out.store.woken = lambda: woken.append(True)
    out.web.shut["support"] = REMOVED
    await out.put("card")
    await out.send()
    del out.web.shut["support"]
    await out.send()
    assert out.web.messages == {}
    woken.clear()
    await out.store.sent.open_again(SUPPORT)
    assert woken
    await out.send()
    assert out.web.shown("support") == ["card"]


async def test_an_edit_in_a_shut_channel_waits(out: Outbox) -> None:
    await out.put("card")
    await out.send()
    out.web.shut["support"] = REMOVED
    out.views["card"] = card("newer")
    await out.put("card")
    await out.goes_on(timedelta(hours=1))
    del out.web.shut["support"]
    await out.goes_on(WHILE_SHUT)
    assert out.web.shown("support") == ["newer"]


async def test_a_shut_direct_conversation_leads_to_the_next_chat(
    two_chats: dict[str, FakeChat], out: Outbox
) -> None:
    two_chats["slack"].shut[f"@{ANA}"] = "The token was revoked."
    await out.page("notice", rank=Rank.NOTE)
    await out.send()
    assert out.web.shown(f"@{ANA}") == ["notice"]


async def test_whom_every_chat_is_shut_to_is_told_to_somebody_else(out: Outbox) -> None:
    out.web.shut[f"@{ANA}"] = "The token was revoked."
    await out.page("page")
    await out.send()
    assert "The token was revoked." in (await out.jobs())["undelivered:page"].args
    assert await told(out) == {}


# -- deleted cards --------------------------------------------------------------------------------------


CARD = "card:1042@web:support"


async def test_a_card_whose_message_is_gone_comes_back_and_says_so_once(out: Outbox) -> None:
    await out.put("1042", key=CARD)
    await out.send()
    for state in ("newer", "newest"):
        out.web.messages.pop(next(iter(out.web.messages)))
        out.views["1042"] = card(state)
        await out.put("1042", key=CARD)
        await out.send()
    shown = [(m.card.title, m.below) for m in out.web.messages.values()]
    assert shown[-1] == ("newest", None)
    assert [title for title, _ in shown if "was deleted here" in title] == [
        "The card of 1042 was deleted here; this is its new place. Earlier notes are in the case's history."
    ]
    assert shown[0][1] == "2", "below the first card that came back"
    assert await out.jobs() == {}


async def test_a_note_waits_for_its_card_to_come_back(out: Outbox) -> None:
    await out.put("1042", key=CARD)
    await out.send()
    (number,) = out.web.messages
    posted = (await out.store.lanes.last_message(CARD)).posted  # type: ignore[union-attr]
    assert posted is not None
    await out.put("note", Rank.NOTE, below=CARD)
    out.web.messages.pop(number)
    await out.store.sent.gone(posted)
    await out.send()
    below = {m.card.title: m.below for m in out.web.messages.values()}
    assert below["1042"] is None
    assert below["note"] == "2"


async def test_a_note_of_unknown_fate_is_looked_for_below_its_card(out: Outbox) -> None:
    await out.put("1042", Rank.FIRST_CARD, key=CARD)
    await out.send()
    out.web.troubles = [Lost(posted=True)]
    await out.put("note", Rank.NOTE, below=CARD)
    await out.waits_out()
    assert out.web.shown("support") == ["1042", "note"]


# -- a surge ---------------------------------------------------------------------------------------------


async def visible(out: Outbox, *cards: str) -> None:
    for one in cards:
        await out.put(one, Rank.FIRST_CARD)
    await out.send()
    out.web.calls.clear()


async def test_changes_of_what_is_seen_leave_between_first_cards(out: Outbox) -> None:
    await visible(out, "a", "b")
    for n in range(10):
        await out.put(f"{n}", Rank.FIRST_CARD)
    for one in ("a", "b"):
        out.views[one] = card(f"{one} claimed")
        await out.put(one)
    await out.send()
    places = [call.startswith("edit") for call in out.web.calls]
    assert places.index(True) <= MOST_FIRST_CARDS
    assert sum(places[: 2 * (MOST_FIRST_CARDS + 1)]) == 2
    assert [call for call in out.web.calls if call[:4] == "post"] == [f"post {n}" for n in range(10)]
    assert [call for call in out.web.calls if call[:4] == "edit"] == ["edit a claimed", "edit b claimed"]


async def test_the_turns_are_counted_across_pauses(out: Outbox) -> None:
    await visible(out, "a")
    out.web.clock = out.time.real
    for n in range(10):
        await out.put(f"{n}", Rank.FIRST_CARD)
    out.views["a"] = card("claimed")
    await out.put("a")
    await out.goes_on(timedelta(seconds=MOST_FIRST_CARDS))
    assert "edit claimed" in out.web.calls


async def test_a_page_still_comes_before_everything(out: Outbox) -> None:
    await visible(out, "a", "b", "c")
    await out.put("new", Rank.FIRST_CARD)
    out.views["a"] = card("claimed")
    await out.put("a")
    await out.put("alarm", Rank.PAGE)
    await out.send()
    assert out.web.calls[0] == "post alarm"


async def test_a_note_does_not_overtake_its_own_card(out: Outbox) -> None:
    await visible(out, "a", "b", "c")
    for n in range(6):
        await out.put(f"{n}", Rank.FIRST_CARD, key=f"card:{n}@web:support")
    await out.put("note of 5", Rank.NOTE, below="card:5@web:support")
    await out.put("note of a", Rank.NOTE, below="a")
    await out.send()
    below = {m.card.title: m.below for m in out.web.messages.values()}
    assert below["note of 5"] is not None
    said = [call.removeprefix("post ") for call in out.web.calls]
    assert said.index("note of a") < said.index("5") < said.index("note of 5")
