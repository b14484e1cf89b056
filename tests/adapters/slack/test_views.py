"""Forms, filled in and sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.ear import BUSY
from adapters.slack.views import OLD_FORM
from bot.ports import Stale
from tests.adapters.slack.front import LOBBY, SUPPORT, Front, a_front, text_in
from tests.fakes.slack import labels


@pytest.fixture(params=["http", "socket"])
async def front(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Front]:
    async with a_front(tmp_path, socket=request.param == "socket") as made:
        yield made


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


async def test_a_form_is_done_when_slack_hears_back(front: Front) -> None:
    case = await front.story.mention()
    await front.presses("ana", "Hand off", ts=front.card(case))
    before = len(front.slack.calls)
    answer = await front.slack.submit(front.users["ana"], {"field:0": "pr", "field:1": "<b>& two\nlines"})
    offer = (await front.story.case(case)).offer
    assert offer is not None and (offer.to, offer.note) == ("pr", "<b>& two\nlines")
    assert answer.body == {"response_action": "clear"} and front.calls()[before:] == []
    await front.settles()
    assert front.slack.modal(front.users["ana"]) is None
    assert front.whispers("ana") == [], "the card shows it by itself"


async def test_a_refusal_stands_at_the_field_and_what_was_typed_stays(front: Front) -> None:
    case = await front.story.mention()
    await front.presses("ana", "Escalate", ts=front.card(case))
    front.busy.append(Stale())
    answer = await front.submits("ana", _0="a lawyer writes")
    assert answer.body == {"response_action": "errors", "errors": {"field:0": BUSY}}
    assert "Why must it not wait?" in front.dialog("ana")
    await front.submits("ana", _0="a lawyer writes")
    assert (await front.story.case(case)).escalation is not None


async def test_the_same_form_three_times_has_one_effect(front: Front) -> None:
    case = await front.story.mention()
    await front.presses("ana", "Escalate", ts=front.card(case))
    await front.submits("ana", _0="a lawyer writes")
    sent = [each for each in front.slack.sent if each.payload.get("type") == "view_submission"][-1]
    for retry in (1, 2):
        assert (await front.slack.redeliver(sent, retry=retry)).body == {"response_action": "clear"}
    assert (await front.story.kinds(case)).count("escalated") == 1


async def test_a_refusal_with_words_to_press_lies_on_top_of_the_form(http: Front) -> None:
    case = await http.story.mention()
    ana, ben = http.users["ana"], http.users["ben"]
    await http.presses("ana", "Hand off", ts=http.card(case))
    await http.types("ben", f"claim {case}")
    await http.story.passes(hours=11)  # The press office has closed meanwhile.
    answer = await http.submits("ana", _0="pr", _1="please")
    assert answer.body["response_action"] == "push"
    top = http.slack.modal(ana)
    assert top is not None and labels(top["blocks"]) != []
    assert len(http.slack.work.modals[ana]) == 2, "the form is still below"
    assert http.slack.modal(ben) is None
    first = labels(top["blocks"])[0]
    await http.slack.press_modal(ana, first)
    await http.settles()
    assert http.dialog("ana") != "" and http.heard[-1].words.startswith(f"handoff {case} pr")


async def test_a_form_from_elsewhere_is_answered_there(http: Front) -> None:
    case = await http.story.mention()
    await http.types("cleo", f"escalate {case}", channel=LOBBY)
    http.slack.work.channels[LOBBY].bot = False
    await http.submits("cleo", _0="the press is calling")
    assert http.whispers("cleo", LOBBY) != [], "also where we are no member"
    assert http.heard[-1].place.conversation == LOBBY


async def test_a_form_from_home_renews_it(http: Front) -> None:
    case = await http.story.mention()
    ana = http.users["ana"]
    await http.types("ana", f"claim {case}")
    await http.slack.open_home(ana)
    await http.settles()
    shown = http.slack.home(ana)
    assert shown is not None
    label = next(label for label in labels(shown["blocks"]) if label in ("Resolve", "Note", "Details"))
    await http.slack.press_home(ana, label)
    await http.settles()
    if label == "Details":
        await http.slack.press_modal(ana, "Resolve")
        await http.settles()
    published = len(http.slack.called("views.publish"))
    await http.submits("ana", _0="answered")
    assert (await http.story.case(case)).closed
    assert http.slack.modal(ana) is None
    assert len(http.slack.called("views.publish")) > published


async def test_a_form_that_is_not_ours_says_so(http: Front) -> None:
    case = await http.story.mention()
    await http.presses("ana", "Escalate", ts=http.card(case))
    http.slack.work.modals[http.users["ana"]][-1]["private_metadata"] = "{}\n[1"
    answer = await http.submits("ana", _0="x")
    assert answer.body["errors"] == {"field:0": OLD_FORM}


async def test_strangers_have_no_power_in_a_form(http: Front) -> None:
    case = await http.story.mention()
    await http.presses("ana", "Escalate", ts=http.card(case))
    guest = http.slack.add_user("Guest", "guest@kettle.example", is_restricted=True)
    http.slack.work.modals[guest] = http.slack.work.modals[http.users["ana"]]
    answer = await http.slack.submit(guest, {"field:0": "me too"})
    assert "Hello!" in str(answer.body) and (await http.story.case(case)).escalation is None
    assert text_in(http.slack.ephemerals(SUPPORT, guest)) == ""
