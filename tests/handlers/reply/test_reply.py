"""A reply from the first word to the post that stands in public."""

from __future__ import annotations

from pathlib import Path

from bot.domain.parts import State, WaitingFor
from bot.domain.replies.length import Counting, LengthRule
from bot.ports import Declined
from tests.desk import a_desk, buttons_of, text_of, words_on
from tests.fakes.network import FakeNetwork
from tests.handlers.reply.square import a_square


async def test_typing_only_opens_a_preview_and_publish_lets_it_out_after_ten_seconds(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await desk.mention("My parcel never came.", handle="marta", lang="en")
        await desk.hears(f"claim {case}", from_="ben")
        card = await desk.hears(f"reply {case} We are on it,\nMarta.", from_="ben")
        shown = text_of(card)
        assert "Reply to marta" in shown
        assert "From: @kettleco · Square" in shown
        assert "Language: English" in shown
        assert "My parcel never came." in shown
        assert "We are on it,\nMarta." in shown
        assert f"publish {case}" in words_on(card)
        await desk.passes(minutes=1)
        assert square.tried == []

        card = await desk.hears(f"publish {case}", from_="ben")
        assert f"cancel {case}" in words_on(card)
        await desk.passes(seconds=9)
        assert square.tried == []
        await desk.passes(seconds=2)
        assert square.texts() == ["We are on it,\nMarta."]
        assert square.posts[0][1].to.author.handle == "marta"

        found = await desk.case(case)
        assert found.reply is None
        assert found.waiting is not None and found.waiting.on is WaitingFor.CUSTOMER
        assert found.service.responded_at is not None
        assert (await desk.kinds(case)).count("responded") == 1
        card = await desk.card(case, "support")
        assert any(getattr(button, "url", "") == "https://square.example/r1" for button in buttons_of(card))
        assert "Our reply: by Ben Okafor" in text_of(card)


async def test_ten_seconds_are_real_on_any_clock(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await desk.mention(handle="marta")
        await desk.hears(f"claim {case}", from_="ben")
        await desk.desk.store.clock.move(desk.desk.store.writer, rate=280)
        await desk.passes(seconds=20)
        await desk.hears(f"reply {case} We are on it.", from_="ben")
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=9)
        assert square.tried == []
        await desk.passes(seconds=2)
        assert square.texts() == ["We are on it."]


async def test_cancel_within_ten_seconds(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await desk.mention(handle="marta")
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"reply {case} We are on it.", from_="ben")
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=5)
        await desk.hears(f"cancel {case}", from_="ben")
        await desk.passes(minutes=2)
        assert square.tried == []
        assert "We are on it." in await desk.says(f"reply {case}", from_="ben")
        assert "about to leave" in await desk.says(f"cancel {case}", from_="ben")


async def test_without_an_account_the_desk_says_what_to_do(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case = await desk.mention(handle="marta", url="https://x.example/1")
        await desk.hears(f"claim {case}", from_="ben")
        card = await desk.hears(f"reply {case} Hello", from_="ben")
        assert "No account of ours answers on X." in text_of(card)
        assert f"wait {case} customer" in words_on(card)
        assert any(getattr(button, "url", "") == "https://x.example/1" for button in buttons_of(card))
        assert "reply 1" not in " ".join(words_on(await desk.card(case, "support")))


async def test_a_refusal_comes_back_to_its_author_with_the_reason(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await desk.mention(handle="marta", url="https://x.example/1")
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"reply {case} We are on it.", from_="ben")
        square.faults.append(Declined("The author has blocked our account."))
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        told = (await desk.direct("ben"))[-1]
        assert "The author has blocked our account." in text_of(told)
        assert any(getattr(button, "url", "") == "https://x.example/1" for button in buttons_of(told))
        shown = await desk.says(f"reply {case}", from_="ben")
        assert "It came back: The author has blocked our account." in shown
        assert "We are on it." in shown


async def test_a_text_that_is_too_long_cannot_be_published(tmp_path: Path) -> None:
    network = FakeNetwork(rule=LengthRule(counting=Counting.GRAPHEMES, most=10))
    async with a_square(tmp_path, network) as (desk, square):
        case = await desk.mention(handle="marta")
        await desk.hears(f"claim {case}", from_="ben")
        assert "Length: 4 too long" in await desk.says(f"reply {case} Hello there, M", from_="ben")
        assert "4 too long" in await desk.says(f"publish {case}", from_="ben")
        await desk.passes(minutes=1)
        assert square.tried == []


class _Dear(FakeNetwork):
    def cost_note(self, text: str) -> str | None:
        return "A post with a link costs far more." if "https:" in text else None


async def test_what_costs_more_is_said_before_it_is_published(tmp_path: Path) -> None:
    async with a_square(tmp_path, _Dear()) as (desk, _):
        case = await desk.mention(handle="marta")
        await desk.hears(f"claim {case}", from_="ben")
        assert "costs far more" in await desk.says(f"reply {case} See https://kettle.example", from_="ben")
        assert "costs far more" not in await desk.says(f"reply {case} On its way.", from_="ben")


async def test_who_may_not_write_hears_who_may(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await desk.mention(handle="marta")
        assert "Nobody has claimed" in await desk.says(f"reply {case} Hello", from_="ben")
        await desk.hears(f"claim {case}", from_="ben")
        assert "You may not reply" in await desk.says(f"reply {case} Hello", from_="vera")
        assert "You may not reply" in await desk.says(f"reply {case} Hello", from_="dana")
        assert "belongs to Ben" in await desk.says(f"reply {case} Hello", from_="hana")


async def test_publishing_is_not_undone(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await desk.mention(handle="marta")
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"reply {case} We are on it.", from_="ben")
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        assert "stands in public" in await desk.says(f"undo {case}", from_="ben")
        assert (await desk.case(case)).state is State.CLAIMED
