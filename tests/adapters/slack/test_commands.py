"""`/baton …`, typed by people, over both transports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack import ear
from adapters.slack.commands import OPEN_HOME
from adapters.slack.ear import BUSY, NOT_KNOWN
from bot.ports import Overloaded, Stale
from tests.adapters.slack.front import LOBBY, PR, SUPPORT, Front, a_front, text_in
from tests.fakes.slack import Answer, error, labels, slow


@pytest.fixture(params=["http", "socket"])
async def front(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Front]:
    async with a_front(tmp_path, socket=request.param == "socket") as made:
        yield made


async def test_a_command_is_done_when_slack_hears_back_and_nothing_was_asked_before(front: Front) -> None:
    case = await front.story.mention()
    before = len(front.slack.calls)
    answer = await front.slack.command(front.users["ana"], SUPPORT, "/baton", f"claim {case}")
    assert await front.owner(case) == "ana@kettle.example"
    assert front.calls()[before:] == []
    assert answer.body["response_type"] == "ephemeral" and f"{case} · Support" in text_in(
        answer.body["blocks"]
    )
    assert f"{case} · Support" in front.whispers("ana")[0]
    assert front.whispers("ben") == []


async def test_a_refusal_says_why_and_what_to_press(front: Front) -> None:
    case = await front.story.mention()
    await front.types("ana", f"claim {case}")
    await front.types("ben", f"claim {case}")
    assert "Ana Ruiz has had case" in front.whispers("ben")[0]
    assert await front.owner(case) == "ana@kettle.example"


async def test_the_bare_command_shows_the_persons_desk_and_the_way_to_it(front: Front) -> None:
    await front.types("ana", "", channel=LOBBY)
    (shown,) = front.slack.ephemerals(LOBBY, front.users["ana"])
    assert "Your desk, Ana Ruiz" in text_in(shown["blocks"])
    assert labels(shown["blocks"])[-1].startswith(OPEN_HOME)
    assert "https://slack.com/app_redirect?app=A0BATON0001&team=T0KETTLE001" in str(shown["blocks"])


async def test_words_that_want_a_form_open_it(front: Front) -> None:
    case = await front.story.mention()
    answer = await front.types("ana", f"handoff #{case}", channel=LOBBY)
    assert answer.body in (None, {}) and "To which department?" in front.dialog("ana")
    await front.submits("ana", _0="pr", _1="They ask for a statement")
    offer = (await front.story.case(case)).offer
    assert offer is not None and (offer.to, offer.note) == ("pr", "They ask for a statement")
    assert f"{case} · Support" in front.whispers("ana", LOBBY)[0]


async def test_words_that_want_a_form_which_the_person_may_not_use_are_heard_as_they_are(
    front: Front,
) -> None:
    case = await front.story.mention()
    await front.types("vera", f"handoff {case}")
    assert front.slack.modal(front.users["vera"]) is None
    assert front.whispers("vera") != []
    await front.types("ana", "snooze 9999")
    assert "Until when?" in front.whispers("ana")[0]


async def test_a_form_whose_trigger_expired_comes_as_a_message(front: Front) -> None:
    case = await front.story.mention()
    front.slack.trouble("views.open", error("expired_trigger_id"))
    await front.types("ana", f"escalate {case}")
    (asked,) = front.slack.ephemerals(SUPPORT, front.users["ana"])
    assert "Why must it not wait?" in text_in(asked["blocks"])
    typed = {"field:0": "a lawyer writes"}
    await front.presses("ana", "Send", ts=asked["ts"], values=typed)
    escalation = (await front.story.case(case)).escalation
    assert escalation is not None and escalation.why == "a lawyer writes"
    (answered,) = front.slack.ephemerals(SUPPORT, front.users["ana"])
    assert f"{case} · Support" in text_in(answered["blocks"])


async def test_people_are_named_by_picking_them(front: Front) -> None:
    case = await front.story.mention()
    user = front.users["ben"]
    answer = await _escaped(front, f"assign {case} <@{user}|ben.okafor>")
    assert answer.status == 200 and await front.owner(case) == "ben@kettle.example"


async def test_the_same_command_three_times_has_one_effect(front: Front) -> None:
    case = await front.story.mention()
    await front.types("ana", f"note {case} the parcel is in Leeds")
    first = front.slack.sent[-1]
    for retry in (1, 2):
        again = await front.slack.redeliver(first, retry=retry)
        assert again.ok and again.body in (None, {})
    assert (await front.story.kinds(case)).count("noted") == 1


async def test_a_busy_desk_says_so(front: Front) -> None:
    case = await front.story.mention()
    for error_ in (Overloaded(), Stale()):
        front.busy.append(error_)
        await front.types("ana", f"claim {case}")
        assert BUSY in front.whispers("ana")[-1]
    assert await front.owner(case) is None
    assert front.slack.toasts == []


async def test_a_surprise_is_a_sentence_with_an_id_and_no_traceback(front: Front) -> None:
    front.busy.append(RuntimeError("secret detail"))
    await front.types("ana", "list")
    (said,) = front.whispers("ana")
    assert "Something went wrong on our side" in said and "secret" not in said


async def test_somebody_never_seen_is_looked_up_and_done_in_time(front: Front) -> None:
    case = await front.story.mention()
    gil = front.slack.add_user("Finn Moss", "finn@kettle.example")
    await front.slack.command(gil, SUPPORT, "/baton", f"show {case}")
    assert "users.info" in front.calls()
    assert f"{case} · Support" in text_in(front.slack.ephemerals(SUPPORT, gil)[0]["blocks"])


async def test_a_slack_that_does_not_say_who_it_is_keeps_nobody_waiting(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear, "WHO_WITHIN", 0.05)
    case = await front.story.mention()
    new = front.slack.add_user("Finn Moss", "finn@kettle.example")
    front.slack.trouble("users.info", slow(0.5))
    answer = await front.slack.command(new, SUPPORT, "/baton", f"claim {case}")
    assert answer.ok and NOT_KNOWN in text_in(answer.body["blocks"])
    assert await front.owner(case) is None


async def test_strangers_and_people_of_other_workspaces_have_no_power(front: Front) -> None:
    case = await front.story.mention()
    stranger = front.slack.add_user("Mallory", "ana@kettle.example", team_id="T0OTHER", is_stranger=True)
    guest = front.slack.add_user("Guest", "guest@kettle.example", is_restricted=True)
    for user in (stranger, guest):
        answer = await front.slack.command(user, SUPPORT, "/baton", f"claim {case}")
        assert answer.ok and "Hello!" in text_in(answer.body["blocks"])
    assert await front.owner(case) is None


async def test_what_is_typed_in_a_departments_channel_is_about_that_department(front: Front) -> None:
    await front.types("cleo", "list", channel=PR)
    await front.types("ana", "list", channel=front.slack.direct(front.users["ana"]))
    assert [heard.place.department for heard in front.heard] == ["pr", None]
    assert front.heard[1].place.person == "ana@kettle.example"
    assert [(heard.id or "")[:10] for heard in front.heard] == ["slack:cmd:"] * 2


async def _escaped(front: Front, words: str) -> Answer:
    """As Slack sends a command in which somebody was picked from its list."""
    await front.types("ana", "help")
    sent = front.slack.sent[-1]
    payload = {**sent.payload, "text": words, "trigger_id": "99.1.x"}
    answer = await front.slack.redeliver(replace(sent, payload=payload))
    await front.settles()
    return answer
