"""Buttons, dialogs and the message extension: who presses sees at once what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.teams.bodies import BACK
from adapters.teams.dialogs import OLD_FORM
from adapters.teams.ear import BUSY
from adapters.teams.extension import EMPTY
from adapters.teams.presses import BELOW, OLD_BUTTON
from bot.ports import Overloaded, Stale
from tests.adapters.teams.front import LOBBY, PR, SUPPORT, Front, a_front, read
from tests.fakes.teams import labels


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    async with a_front(tmp_path) as made:
        yield made


@pytest.fixture
async def case(front: Front) -> int:
    return await front.story.mention()


class TestButtons:
    async def test_a_press_says_its_words(self, front: Front, case: int) -> None:
        await front.presses("ben", "Claim", message=front.card(case))
        assert await front.owner(case) == "ben@kettle.example"

    async def test_the_answer_is_the_newest_card(self, front: Front, case: int) -> None:
        card = front.card(case)
        answer = await front.presses("ben", "Claim", message=card, settle=False)
        assert answer.body["statusCode"] == 200
        assert "Ben Okafor" in front.own_card("ben", card)
        assert "Resolve" in labels(answer.body["value"])
        assert answer.body["value"]["refresh"]["userIds"] == [front.teams.tenant.user(front.users["ben"]).id]
        assert answer.seconds < 3

    async def test_two_at_one_moment_have_one_winner(self, front: Front, case: int) -> None:
        card = front.card(case)
        both = ("ben", "ana")
        answers = await asyncio.gather(
            *(front.presses(who, "Claim", message=card, settle=False) for who in both)
        )
        told = dict(zip(both, answers, strict=True))
        await front.settles()
        winner, loser = both if await front.owner(case) == "ben@kettle.example" else both[::-1]
        refusal = told[loser].body["value"]
        assert front.story.person(winner).name in read(refusal)
        assert BACK in labels(refusal)
        assert front.story.person(winner).name in front.own_card(loser, card)

    async def test_three_deliveries_have_one_effect(self, front: Front, case: int) -> None:
        await front.presses("ben", "Claim", message=front.card(case))
        kinds = await front.story.kinds(case)
        for _ in range(2):
            answer = await front.teams.redeliver()
            assert "Ben Okafor" in read(answer.body["value"])
        assert await front.story.kinds(case) == kinds

    async def test_without_an_id_it_is_known_by_what_it_holds(self, front: Front, case: int) -> None:
        await front.presses("ben", "Claim", message=front.card(case))
        told = {**front.teams.sent[-1].activity, "id": ""}
        for _ in range(2):
            await front.frontend.hear(told)
        first, second = front.heard[-2:]
        assert first.id == second.id
        assert first.id

    async def test_a_refusal_is_a_sentence_and_the_card_stays(self, front: Front, case: int) -> None:
        await front.presses("vera", "Claim", message=front.card(case))
        (told,) = front.toasts("vera")
        assert "Who may" in told
        assert await front.owner(case) is None

    async def test_strangers_learn_why(self, front: Front, case: int) -> None:
        await front.presses("joe", "Claim", message=front.card(case))
        (told,) = front.toasts("joe")
        assert "joe@elsewhere.example" in told

    @pytest.mark.parametrize("trouble", [Overloaded(), Stale()])
    async def test_on_a_busy_day_nothing_is_saved(self, front: Front, case: int, trouble: Exception) -> None:
        front.busy.append(trouble)
        await front.presses("ben", "Claim", message=front.card(case))
        assert front.toasts("ben") == [BUSY]

    async def test_details_stand_in_the_cards_place_with_a_way_back(self, front: Front, case: int) -> None:
        card = front.card(case)
        await front.says("ben", "she is furious", below=card)
        await front.presses("ben", "Details", message=card)
        assert "she is furious" in front.own_card("ben", card)
        assert BACK not in front.own_card("ana", card)
        await front.presses("ben", BACK, message=card)
        assert BACK not in labels(front.teams.card(SUPPORT, card, front.users["ben"]))

    async def test_from_a_list_the_answer_comes_below(self, front: Front, case: int) -> None:
        await front.chats("ben", "list")
        message = front.teams.private(front.users["ben"])[-1]["id"]
        await front.presses("ben", "Show", message=message, to=front.teams.direct(front.users["ben"]))
        assert front.toasts("ben") == [BELOW]
        assert "My parcel never came." in front.private("ben")[-1]

    async def test_what_only_moves_a_case_is_one_line_there(self, front: Front, case: int) -> None:
        await front.says("ben", f"@Baton escalate {case} it burns")
        page = front.teams.private(front.users["ana"])[-1]["id"]
        await front.presses("ana", "Acknowledge", message=page, to=front.teams.direct(front.users["ana"]))
        (told,) = front.toasts("ana")
        assert str(case) in told
        assert len(front.private("ana")) == 1

    async def test_a_button_of_no_desk_does_nothing(self, front: Front, case: int) -> None:
        value = {"action": {"type": "Action.Execute", "verb": "say", "data": {"w": 7}}, "trigger": "manual"}
        answer = await front.teams.invoke(
            front.users["ben"], SUPPORT, "adaptiveCard/action", value, front.card(case)
        )
        assert answer.body["value"] == OLD_BUTTON
        assert front.heard == []

    async def test_old_clients_press_it_too(self, front: Front, case: int) -> None:
        await front.presses("ben", "Claim", message=front.card(case), old_client=True)
        assert await front.owner(case) == "ben@kettle.example"
        assert front.private("ben") == []

    async def test_old_clients_hear_refusals_in_our_chat(self, front: Front, case: int) -> None:
        await front.presses("ana", "Claim", message=front.card(case))
        claim = {"w": f"claim {case}", "l": "Claim"}
        told = front.teams.activity(
            "message", front.users["ben"], SUPPORT, value=claim, replyToId=front.card(case)
        )
        await front.teams.event(told)
        await front.settles()
        (said,) = front.private("ben")
        assert "Ana Ruiz" in said

    async def test_a_surprise_is_told_with_its_number(
        self, front: Front, case: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        front.busy.append(RuntimeError("boom"))
        answer = await front.presses("ben", "Claim", message=front.card(case))
        assert "went wrong on our side" in answer.body["value"]


class TestRefresh:
    async def refresh(self, front: Front, case: int, who: str, **data: object) -> dict[str, object]:
        action = {
            "type": "Action.Execute",
            "verb": "refresh",
            "data": {"view": "case", "subject": str(case), **data},
        }
        answer = await front.teams.invoke(
            front.users[who],
            SUPPORT,
            "adaptiveCard/action",
            {"action": action, "trigger": "automatic"},
            front.card(case),
        )
        assert answer.status == 200
        return dict(answer.body)

    async def test_everybody_sees_what_they_may_do(self, front: Front, case: int) -> None:
        may = labels((await self.refresh(front, case, "ben"))["value"])  # type: ignore[arg-type]
        may_not = labels((await self.refresh(front, case, "vera"))["value"])  # type: ignore[arg-type]
        assert ("Claim" in may, "Claim" in may_not) == (True, False)

    async def test_strangers_see_nothing_new(self, front: Front, case: int) -> None:
        assert "joe@elsewhere.example" in str((await self.refresh(front, case, "joe"))["value"])

    @pytest.mark.parametrize(
        "data", [{"view": "home"}, {"subject": "x"}, {"subject": "999999"}, {"subject": ""}]
    )
    async def test_of_cases_alone(self, front: Front, case: int, data: dict[str, object]) -> None:
        assert (await self.refresh(front, case, "ben", **data))["value"] == OLD_BUTTON


class TestDialogs:
    async def test_a_button_with_questions_opens_one(self, front: Front, case: int) -> None:
        await front.presses("ben", "Hand off", message=front.card(case))
        assert front.teams.asks(front.users["ben"])[0] == "To which department?"
        answer = await front.submits(
            "ben", {"To which department?": "Press", "What should they know?": "it burns"}
        )
        assert not answer.body
        offer = (await front.story.case(case)).offer
        assert offer is not None
        assert (offer.to, offer.note) == ("pr", "it burns")

    async def test_away_from_the_cases_card_it_says_what_came_of_it(self, front: Front, case: int) -> None:
        asked = {"w": f"dismiss {case}", "l": "Dismiss", "f": [{"n": "why", "l": "Why?"}]}
        await front.teams.fetch_task(front.users["ben"], front.teams.direct(front.users["ben"]), None, asked)
        await front.submits("ben", {"field0": "spam"})
        (told,) = front.toasts("ben")
        assert "dismissed" in told

    async def test_three_submissions_are_one(self, front: Front, case: int) -> None:
        await front.presses("ben", "Dismiss", message=front.card(case))
        await front.submits("ben", {"field0": "spam"})
        kinds = await front.story.kinds(case)
        await front.teams.redeliver()
        assert await front.story.kinds(case) == kinds

    async def test_a_refusal_keeps_what_was_typed(self, front: Front, case: int) -> None:
        await front.presses("ben", "Dismiss", message=front.card(case))
        await front.presses("ana", "Claim", message=front.card(case))
        front.busy.append(Overloaded())
        await front.submits("ben", {"field0": "spam, *really*"})
        dialog = front.teams.dialog(front.users["ben"])
        assert dialog is not None
        assert front.dialog("ben").startswith(BUSY)
        (field,) = [e for e in dialog["card"]["content"]["body"] if e["type"] == "Input.Text"]
        assert field["value"] == "spam, *really*"

    async def test_sent_again_it_works(self, front: Front, case: int) -> None:
        await front.presses("ben", "Dismiss", message=front.card(case))
        front.busy.append(Overloaded())
        await front.submits("ben", {"field0": "spam"})
        await front.submits("ben")
        assert (await front.story.case(case)).outcome is not None or (await front.story.case(case)).closed_at

    async def test_who_is_nobody_of_ours_gets_none(self, front: Front, case: int) -> None:
        await front.presses("joe", "Dismiss", message=front.card(case))
        assert front.dialog("joe") == ""
        assert "joe@elsewhere.example" in front.toasts("joe")[0]

    async def test_an_unanswered_question_is_asked_again(self, front: Front, case: int) -> None:
        await front.presses("ben", "Dismiss", message=front.card(case))
        dialog = front.teams.dialog(front.users["ben"])
        assert dialog is not None
        data = dialog["card"]["content"]["actions"][0]["data"]
        await front.submits("ben", data={**data, "field0": " "})
        assert "needs an answer" in front.dialog("ben")

    async def test_a_form_of_no_desk_does_nothing(self, front: Front, case: int) -> None:
        for name in ("task/fetch", "task/submit"):
            value = {"data": {"do": "form", "o": 7}}
            answer = await front.teams.invoke(front.users["ben"], SUPPORT, name, value, front.card(case))
            assert answer.body["task"] == {"type": "message", "value": OLD_FORM}

    async def test_clients_without_dialogs_are_asked_in_a_message(self, front: Front, case: int) -> None:
        asked = {"w": f"dismiss {case}", "l": "Dismiss", "f": [{"n": "why", "l": "Why?"}]}
        told = front.teams.activity(
            "message", front.users["ben"], SUPPORT, value=asked, replyToId=front.card(case)
        )
        await front.teams.event(told)
        await front.settles()
        form = front.teams.private(front.users["ben"])[-1]["id"]
        direct = front.teams.direct(front.users["ben"])
        await front.presses("ben", "Send", message=form, to=direct, values={"field0": "spam"})
        assert "dismissed" in front.own_card("ben", form, direct).lower()
        assert "dismissed" in front.own_card("ana", form, direct).lower()


class TestFiling:
    async def test_a_message_is_filed_with_its_link(self, front: Front) -> None:
        said = await front.says("ben", "A customer called & complained", to=LOBBY)
        await front.teams.message_extension(front.users["ben"], LOBBY, said, "file_case", fetches=True)
        await front.settles()
        (heard,) = front.heard
        assert heard.words.startswith(
            "file A customer called & complained https://teams.microsoft.com/l/message/"
        )
        assert heard.place.message == f"{LOBBY}:{said}"
        assert "A customer called & complained" in front.dialog("ben")

    async def test_filed_twice_it_is_the_same_case(self, front: Front) -> None:
        said = await front.says("ben", "A customer called", to=LOBBY)
        titles = []
        for who in ("ben", "ana"):
            await front.teams.message_extension(front.users[who], LOBBY, said, "file_case")
            dialog = front.teams.dialog(front.users[who])
            assert dialog is not None
            titles.append(read(dialog["card"]["content"])[:12])
        assert titles[0].split(" ·")[0] == titles[1].split(" ·")[0]

    async def test_the_case_can_be_claimed_right_there(self, front: Front) -> None:
        said = await front.says("ben", "A customer called", to=LOBBY)
        await front.teams.message_extension(front.users["ben"], LOBBY, said, "file_case")
        await front.submits("ben", label="Claim")
        assert front.heard[-1].words.startswith("claim ")
        number = int(front.heard[-1].words.split()[1])
        assert await front.owner(number) == "ben@kettle.example"

    async def test_a_next_question_takes_the_dialogs_place(self, front: Front) -> None:
        said = await front.says("ben", "A customer called", to=LOBBY)
        await front.teams.message_extension(front.users["ben"], LOBBY, said, "file_case")
        await front.submits("ben", label="Dismiss")
        assert len(front.teams.asks(front.users["ben"])) == 1
        await front.submits("ben", {"field0": "spam"})
        assert front.heard[-1].words.startswith("dismiss ")

    async def test_its_own_link_is_enough(self, front: Front) -> None:
        said = await front.says("ben", "look https://x.example/1", to=LOBBY)
        await front.teams.message_extension(front.users["ben"], LOBBY, said, "file_case")
        assert front.heard[0].words == "file look https://x.example/1"

    async def test_nothing_to_file_is_said(self, front: Front) -> None:
        said = await front.says("ben", " ", to=LOBBY)
        await front.teams.message_extension(front.users["ben"], LOBBY, said, "file_case")
        assert front.toasts("ben") == [EMPTY]

    async def test_other_commands_are_nobodys(self, front: Front) -> None:
        said = await front.says("ben", "hello", to=LOBBY)
        answer = await front.teams.message_extension(front.users["ben"], LOBBY, said, "dance")
        assert answer.status == 501


async def test_unknown_invokes_are_said_to_be_so(front: Front) -> None:
    assert (await front.teams.invoke(front.users["ben"], SUPPORT, "signin/verifyState", {})).status == 501


async def test_a_handoff_can_be_accepted_where_it_was_offered(front: Front, case: int) -> None:
    await front.says("ben", f"@Baton handoff {case} pr it burns")
    await front.presses("cleo", "Accept", message=front.card(case, PR), to=PR)
    assert (await front.story.case(case)).department == "pr"
