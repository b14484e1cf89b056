"""A reply leaves once, whatever the network does, and whenever the process dies."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.parts import WaitingFor
from bot.domain.replies.reply import ReplyState
from bot.ports import AskedToWait, MaybePublished, NetworkDown, SignInLost
from tests.desk import Story, Time, text_of, words_on
from tests.fakes.network import FakeNetwork
from tests.handlers.reply.square import a_square
from tests.handlers.reply.test_approval import written


async def leaves(desk: Story) -> int:
    """A reply of Ben's whose ten seconds are over."""
    case = await written(desk)
    await desk.hears(f"publish {case}", from_="ben")
    await desk.passes(seconds=11)
    return case


async def test_a_process_that_dies_between_sending_and_recording_does_not_send_twice(tmp_path: Path) -> None:
    time, network = Time(), FakeNetwork()
    async with a_square(tmp_path, network, time=time) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        square.dies.append(asyncio.CancelledError())
        await desk.passes(seconds=11)
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.state is ReplyState.SENDING
        assert "cannot be called back" in await desk.says(f"cancel {case}", from_="ben")
    async with a_square(tmp_path, network, time=time) as (desk, square):
        await desk.passes(minutes=2)
        assert square.texts() == ["We are on it."]
        assert [again for _, again in square.tried] == [False, True]
        assert len({reply.key for reply, _ in square.tried}) == 1
        found = await desk.case(case)
        assert found.reply is None and len(found.answered) == 1
        assert (await desk.kinds(case)).count("published") == 1


async def test_dying_before_the_network_heard_of_it_sends_it_once(tmp_path: Path) -> None:
    time, network = Time(), FakeNetwork()
    async with a_square(tmp_path, network, time=time) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        square.faults.append(asyncio.CancelledError())
        await desk.passes(seconds=11)
        assert square.texts() == []
    async with a_square(tmp_path, network, time=time) as (desk, square):
        await desk.passes(minutes=2)
        assert square.texts() == ["We are on it."]
        assert (await desk.case(case)).reply is None


@pytest.mark.parametrize(
    "fault", [NetworkDown("It is away."), AskedToWait("Slowly, please.", timedelta(seconds=90))]
)
async def test_what_passes_is_tried_again_by_itself(tmp_path: Path, fault: Exception) -> None:
    async with a_square(tmp_path) as (desk, square):
        square.faults.append(fault)
        case = await leaves(desk)
        assert square.texts() == []
        assert "tried again by itself" in await desk.says(f"reply {case}", from_="ben")
        await desk.passes(minutes=2)
        assert square.texts() == ["We are on it."]
        assert [again for _, again in square.tried] == [False, False]


async def test_what_does_not_pass_is_given_up_and_comes_back(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        square.faults += [NetworkDown("It is away.") for _ in range(20)]
        case = await leaves(desk)
        await desk.passes(minutes=40)
        assert len(square.tried) == 8
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.state is ReplyState.DRAFT
        assert any("tried for half an hour" in text_of(card) for card in await desk.direct("ben"))
        square.faults.clear()
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]


async def test_a_surprise_may_have_got_through_so_the_network_is_told(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        square.dies.append(RuntimeError("no such attribute"))
        await leaves(desk)
        await desk.passes(minutes=1)
        assert square.texts() == ["We are on it."]
        assert [again for _, again in square.tried] == [False, True]


async def test_a_lost_sign_in_is_told_to_its_author_and_the_admins(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        square.faults.append(SignInLost("The token was revoked."))
        case = await leaves(desk)
        assert any("signed out of Square" in text_of(card) for card in await desk.direct("ira"))
        assert any("The token was revoked." in text_of(card) for card in await desk.direct("ben"))
        assert (await desk.case(case)).reply.state is ReplyState.DRAFT  # type: ignore[union-attr]


async def test_an_unknown_fate_is_a_persons_to_clear_up(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        square.faults.append(MaybePublished("The network broke off."))
        case = await leaves(desk)
        await desk.passes(minutes=30)
        assert len(square.tried) == 1
        card = await desk.hears(f"reply {case}", from_="ben")
        assert "Open the post and look" in text_of(card)
        assert f"published {case}" in words_on(card)
        assert "may be out already" in await desk.says(f"publish {case}", from_="ben")
        await desk.hears(f"published {case} https://square.example/77", from_="ben")
        found = await desk.case(case)
        assert found.reply is None and found.answered[0].url == "https://square.example/77"
        assert found.waiting is not None and found.waiting.on is WaitingFor.CUSTOMER


async def test_a_reply_that_was_not_out_is_published_again(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        square.faults.append(MaybePublished("The network broke off."))
        case = await leaves(desk)
        await desk.hears(f"reply {case} We are on it, Marta.", from_="ben")
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it, Marta."]


async def test_the_customer_writing_at_that_very_moment_does_not_send_it_twice(tmp_path: Path) -> None:
    class Chatty(FakeNetwork):
        async def publish(self, reply, *, again):  # type: ignore[no-untyped-def]
            done = await super().publish(reply, again=again)
            await desk.hears(f"note {case} they wrote again", from_="ana", settle=False)
            return done

    async with a_square(tmp_path, Chatty()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        assert len(square.tried) == 1
        assert (await desk.case(case)).reply is None
