"""Buttons, pressed in messages, in App Home and in dialogs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.actions import OLD_BUTTON
from adapters.slack.ear import BUSY
from bot.ports import Overloaded
from tests.adapters.slack.front import PR, SUPPORT, Front, a_front, text_in
from tests.fakes.slack import drop_before, error, labels, slow


@pytest.fixture(params=["http", "socket"])
async def front(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Front]:
    async with a_front(tmp_path, socket=request.param == "socket") as made:
        yield made


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


async def test_a_press_is_done_when_slack_hears_back_and_nothing_was_asked_before(front: Front) -> None:
    case = await front.story.mention()
    before = len(front.slack.calls)
    answer = await front.slack.press(front.users["ana"], SUPPORT, front.card(case), "Claim")
    assert answer.ok and await front.owner(case) == "ana@kettle.example"
    assert front.calls()[before:] == []
    await front.settles()
    assert "Ana Ruiz" in text_in(front.slack.message(SUPPORT, front.card(case))["blocks"])
    assert front.whispers("ana") == [], "the card shows it by itself"


async def test_two_press_at_once_and_the_slower_is_told_who_won(front: Front) -> None:
    case = await front.story.mention()
    card = front.card(case)
    await asyncio.gather(*(front.presses(who, "Claim", ts=card, settle=False) for who in ("ana", "ben")))
    await front.settles()
    won, lost = ("ana", "ben") if (await front.owner(case) or "").startswith("ana") else ("ben", "ana")
    assert front.whispers(won) == []
    (told,) = front.whispers(lost)
    assert ("Ana Ruiz" if won == "ana" else "Ben Okafor") in told and "has had case" in told


async def test_the_same_press_three_times_has_one_effect(front: Front) -> None:
    case = await front.story.mention()
    await front.presses("ana", "Claim", ts=front.card(case))
    press = next(sent for sent in front.slack.sent if sent.kind == "interactive")
    for retry in (1, 2):
        assert (await front.slack.redeliver(press, retry=retry)).ok
    await front.settles()
    assert (await front.story.kinds(case)).count("claimed") == 1
    assert front.whispers("ana") == []


async def test_a_button_that_asks_first_opens_its_form_after_the_answer(front: Front) -> None:
    case = await front.story.mention()
    before = len(front.slack.calls)
    await front.slack.press(front.users["ana"], SUPPORT, front.card(case), "Escalate")
    assert front.calls()[before:] == [], "not before Slack heard back"
    await front.settles()
    assert "Why must it not wait?" in front.dialog("ana")


async def test_somebody_who_clicks_through_answers_sees_one_message(http: Front) -> None:
    case = await http.story.mention()
    await http.types("ana", "list")
    for label in ("Show", "Details", "Claim"):
        (shown,) = http.slack.ephemerals(SUPPORT, http.users["ana"])
        if label in labels(shown["blocks"]):
            await http.presses("ana", label, ts=shown["ts"])
    (shown,) = http.slack.ephemerals(SUPPORT, http.users["ana"])
    assert f"{case} · Support" in text_in(shown["blocks"])
    assert await http.owner(case) == "ana@kettle.example"


async def test_looking_is_answered_beside_the_card(http: Front) -> None:
    case = await http.story.mention()
    await http.presses("ben", "Details", ts=http.card(case))
    assert "What happened" in http.whispers("ben")[0]
    assert http.whispers("ana") == []


async def test_a_form_in_a_message_keeps_what_was_typed_when_the_desk_refuses(http: Front) -> None:
    case = await http.story.mention()
    http.slack.trouble("views.open", error("exchanged_trigger_id"))
    await http.presses("ana", "Escalate", ts=http.card(case))
    (form,) = http.slack.ephemerals(SUPPORT, http.users["ana"])
    await http.presses("ana", "Send", ts=form["ts"])
    missing = http.whispers("ana")[-1]
    assert "This needs an answer" in missing
    http.busy.append(Overloaded())
    await http.presses("ana", "Send", ts=form["ts"], values={"field:0": "a lawyer"})
    assert BUSY in http.whispers("ana")[-1]
    assert "Why must it not wait?" in http.whispers("ana")[0], "the form is still there"
    await http.presses("ana", "Send", ts=form["ts"], values={"field:0": "a lawyer"})
    assert (await http.story.case(case)).escalation is not None


async def test_who_may_not_act_is_told_so_instead_of_being_asked(http: Front) -> None:
    case = await http.story.mention()
    guest = http.slack.add_user("Guest", "guest@kettle.example", is_restricted=True)
    await http.slack.press(guest, SUPPORT, http.card(case), "Escalate")
    await http.settles()
    assert http.slack.modal(guest) is None
    assert "Hello!" in text_in(http.slack.ephemerals(SUPPORT, guest)[0]["blocks"])


async def test_a_busy_desk_says_so_to_who_pressed(http: Front) -> None:
    case = await http.story.mention()
    http.busy.append(Overloaded())
    answer = await http.presses("ana", "Claim", ts=http.card(case))
    assert answer.ok and BUSY in http.whispers("ana")[0]
    assert await http.owner(case) is None


async def test_a_lost_answer_keeps_the_effect(http: Front) -> None:
    case = await http.story.mention()
    await http.presses("ana", "Claim", ts=http.card(case))
    http.slack.trouble("response_url", drop_before)
    await http.presses("ben", "Release", ts=http.card(case))
    assert await http.owner(case) == "ana@kettle.example"
    assert http.whispers("ben") == []


async def test_an_address_that_is_used_up_is_answered_otherwise(http: Front) -> None:
    case = await http.story.mention()
    await http.presses("ana", "Claim", ts=http.card(case))
    http.slack.trouble("response_url", error("used_url"))
    await http.presses("ben", "Release", ts=http.card(case))
    assert "chat.postEphemeral" in http.calls() and http.whispers("ben") != []


async def test_a_slow_slack_does_not_make_us_slow(http: Front) -> None:
    case = await http.story.mention()
    http.slack.trouble("response_url", slow(0.4))
    begun = asyncio.get_running_loop().time()
    assert (await http.slack.press(http.users["ana"], SUPPORT, http.card(case), "Details")).ok
    assert asyncio.get_running_loop().time() - begun < 0.4
    await http.settles()
    assert http.whispers("ana") != []


async def test_an_offer_is_answered_where_it_stands(http: Front) -> None:
    case = await http.story.mention()
    await http.types("ana", f"handoff {case} pr please")
    await http.presses("cleo", "Accept", ts=http.card(case, PR), channel=PR)
    found = await http.story.case(case)
    assert found.department == "pr"


async def test_a_link_and_a_strange_button_do_nothing(http: Front) -> None:
    case = await http.story.mention(url="https://x.example/1")
    link = next(label for label in labels(http.slack.messages(SUPPORT)[0]["blocks"]) if "Open" in label)
    assert (await http.presses("ana", link, ts=http.card(case))).ok
    message = http.slack.message(SUPPORT, http.card(case))
    for block in message["blocks"]:
        for element in block.get("elements", ()):
            if element.get("action_id", "").startswith("say"):
                element["value"] = "not ours"
    await http.presses("ana", "Claim", ts=http.card(case), shown=message)
    assert OLD_BUTTON.split("`", maxsplit=1)[0].strip() in http.whispers("ana")[0]
    assert await http.owner(case) is None and http.heard == []


# -- App Home, and dialogs over it -----------------------------------------------------------------------


async def test_home_is_made_anew_after_each_press(http: Front) -> None:
    case = await http.story.mention()
    ana = http.users["ana"]
    await http.types("ana", f"claim {case}")
    await http.slack.open_home(ana)
    await http.settles()
    home = http.slack.home(ana)
    assert home is not None and str(case) in text_in(home["blocks"])
    await http.slack.press_home(ana, "Next")
    await http.settles()
    assert http.dialog("ana") != "", "an answer worth showing opens over the home"
    assert len(http.slack.called("views.publish")) == 2


async def test_a_dialog_shows_the_answer_to_what_is_pressed_in_it(http: Front) -> None:
    case = await http.story.mention()
    ana = http.users["ana"]
    await http.slack.open_home(ana)
    await http.settles()
    await http.slack.press_home(ana, "Next")
    await http.settles()
    assert f"{case} · Support" in http.dialog("ana")
    await http.slack.press_modal(ana, "Claim")
    await http.settles()
    assert await http.owner(case) == "ana@kettle.example"
    assert "Ana Ruiz" in http.dialog("ana") and "Release" in labels(http.slack.modal(ana)["blocks"])  # type: ignore[index]
    await http.slack.press_modal(ana, "Resolve")
    await http.settles()
    assert "How did it end?" in http.dialog("ana"), "a form on top of the dialog"
    await http.submits("ana", _0="answered")
    assert (await http.story.case(case)).closed
    assert http.slack.modal(ana) is None
