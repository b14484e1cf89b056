"""After a reply: the customer answers, our own post comes back, somebody else helps."""

from __future__ import annotations

from pathlib import Path

from bot.ports import MaybePublished
from tests.desk import text_of
from tests.handlers.reply.square import a_square
from tests.handlers.reply.test_approval import written
from tests.handlers.reply.test_sending import leaves


async def test_the_customers_answer_comes_back_to_the_case_and_wakes_its_owner(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await leaves(desk)
        await desk.passes(hours=3)
        again = await desk.mention("Thank you!", handle="marta", in_reply_to="r1", external_id="t1")
        assert again == case
        found = await desk.case(case)
        assert found.waiting is None and found.owner == "ben@kettle.example"
        assert any("Thank you!" in text_of(card) for card in await desk.direct("ben"))
        shown = await desk.says(f"reply {case} You are welcome.", from_="ben")
        assert "The conversation so far" in shown
        assert shown.index("My parcel never came.") < shown.index("We are on it.") < shown.index("Thank you!")


async def test_our_own_reply_coming_back_is_neither_filed_nor_counted_twice(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await leaves(desk)
        await desk.mention(
            "We are on it.", handle="kettleco", external_id="r1", in_reply_to="m1", thread="m1"
        )
        found = await desk.case(case)
        assert found.mentions == 1
        assert (await desk.kinds(case)).count("responded") == 1
        assert "My parcel never came." in text_of(await desk.card(case, "support"))


async def test_our_own_reply_seen_before_it_was_recorded_is_known_by_its_words(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        square.faults.append(MaybePublished("The network broke off."))
        case = await leaves(desk)
        await desk.mention(
            "@marta We are on  it.", handle="kettleco", external_id="r9", in_reply_to="m1", thread="m1"
        )
        found = await desk.case(case)
        assert found.reply is None
        assert [each.external_id for each in found.answered] == ["r9"]


async def test_an_answer_of_ours_from_elsewhere_stops_the_one_on_its_way(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        await desk.mention("It is on its way, Marta!", handle="kettleco", in_reply_to="m1", thread="m1")
        await desk.passes(seconds=20)
        assert square.tried == []
        assert any("our account answered there" in text_of(card) for card in await desk.direct("ben"))
        assert (await desk.case(case)).service.responded_at is not None


async def test_a_customer_answered_by_somebody_else_is_marked_so_and_the_case_sleeps_on(
    tmp_path: Path,
) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await leaves(desk)
        same = await desk.mention("Try the depot in Leeds.", handle="helper", in_reply_to="m1")
        assert same == case
        found = await desk.case(case)
        assert found.waiting is not None
        assert "Answered by: helper, who is neither the customer nor us" in text_of(
            await desk.card(case, "support")
        )
        await desk.mention("It was there, thanks!", handle="marta", in_reply_to="m1")
        found = await desk.case(case)
        assert found.waiting is None and found.helped_by is None


async def test_an_answer_by_somebody_else_warns_but_does_not_stop_the_reply(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await written(desk)
        await desk.mention("Try the depot in Leeds.", handle="helper", in_reply_to="m1")
        assert "Somebody else of the community answered the customer meanwhile: helper." in await desk.says(
            f"reply {case}", from_="ben"
        )
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]
