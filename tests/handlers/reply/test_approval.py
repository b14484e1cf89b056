"""Approval: who is asked, what they may do, and what happens when they do not answer."""

from __future__ import annotations

from pathlib import Path

from bot.domain.parts import Priority
from bot.domain.replies.reply import ReplyState
from tests.desk import Story, text_of, words_on
from tests.handlers.reply.square import a_square, policy_with


async def written(desk: Story, words: str = "We are on it.", text: str = "My parcel never came.") -> int:
    """A case of Ben's, with his reply."""
    case = await desk.mention(text, handle="marta")
    await desk.hears(f"claim {case}", from_="ben")
    await desk.hears(f"reply {case} {words}", from_="ben")
    return case


async def test_the_lead_is_asked_approves_and_it_leaves(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        card = await desk.hears(f"reply {case}", from_="ben")
        assert "Approval: Ana Ruiz approves it before it leaves" in text_of(card)
        assert "Ana Ruiz is asked to approve it" in await desk.says(f"publish {case}", from_="ben")
        asked = (await desk.direct("ana"))[-1]
        assert "We are on it." in text_of(asked)
        assert {f"approve {case}", f"return {case}"} <= set(words_on(asked))
        lease = (await desk.case(case)).lease
        assert lease is not None and lease.left is not None

        assert "leaves within ten seconds" in await desk.says(f"approve {case}", from_="ana")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]
        assert "needs no approval from you any more" in text_of((await desk.direct("ana"))[-1])
        history = await desk.says(f"show {case}", from_="ben")
        assert "published, approved by Ana Ruiz: We are on it." in history


async def test_nobody_approves_their_own_and_who_may_not_is_told_who_is_asked(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        assert "your own words" in await desk.says(f"approve {case}", from_="ben")
        assert "Ana Ruiz is asked." in await desk.says(f"approve {case}", from_="hana")
        await desk.passes(seconds=30)
        assert square.tried == []


async def test_it_is_returned_with_a_word(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        assert "Say what is to change" in await desk.says(f"return {case}", from_="ana")
        await desk.hears(f"return {case} no promises, please", from_="ana")
        assert "no promises, please" in text_of((await desk.direct("ben"))[-1])
        assert "It came back: no promises, please" in await desk.says(f"reply {case}", from_="ben")
        await desk.passes(minutes=10)
        assert square.tried == []


async def test_the_approver_edits_by_approving_and_any_other_edit_voids_it(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        await desk.hears(f"approve {case} We are looking into it.", from_="ana")
        await desk.hears(f"reply {case} Whatever.", from_="ben")
        await desk.passes(seconds=20)
        assert square.tried == []
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.state is ReplyState.DRAFT and reply.approved_by is None

        await desk.hears(f"publish {case}", from_="ben")
        await desk.hears(f"approve {case} We are looking into it.", from_="ana")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are looking into it."]


async def test_who_edits_a_reply_that_waits_becomes_its_author(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with(approver="champion")) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        assert (await desk.case(case)).reply.asked == "dana@kettle.example"  # type: ignore[union-attr]
        await desk.hears(f"reply {case} Mine now.", from_="ana")
        await desk.hears(f"publish {case}", from_="ana")
        assert "Dana Voss is asked" in await desk.says(f"reply {case}", from_="ana")
        await desk.hears(f"approve {case}", from_="dana")
        await desk.passes(seconds=11)
        assert square.texts() == ["Mine now."]


async def test_the_clock_passes_it_on_and_at_last_back_to_its_author(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk, text="My parcel never came, urgent!")
        assert (await desk.case(case)).priority is Priority.P2
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(minutes=31)
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.asked == "dana@kettle.example"
        assert "did not answer, so Dana Voss is asked" in text_of((await desk.direct("ben"))[-1])
        assert f"approve {case}" in words_on((await desk.direct("dana"))[-1])
        await desk.passes(minutes=62)
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.state is ReplyState.DRAFT
        assert any("Nobody approved" in text_of(card) for card in await desk.direct("ben"))
        assert square.tried == []


async def test_topics_need_their_own_departments_lead_whatever_the_priority(tmp_path: Path) -> None:
    policy = policy_with(alone=tuple(Priority), topics={"refund-law": "legal"})
    async with a_square(tmp_path, policy=policy) as (desk, square):
        case = await written(desk)
        await desk.hears(f"tag {case} refund-law", from_="ben")
        assert "Cleo Hart is asked" in await desk.says(f"publish {case}", from_="ben")
        assert "does not let you approve" in await desk.says(f"approve {case}", from_="ana")
        await desk.hears(f"approve {case}", from_="cleo")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]


async def test_a_lead_publishes_their_own_words_at_once(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await desk.mention(handle="marta")
        await desk.hears(f"claim {case}", from_="ana")
        await desk.hears(f"reply {case} Sorry, Marta.", from_="ana")
        await desk.hears(f"publish {case}", from_="ana")
        await desk.passes(seconds=11)
        assert square.texts() == ["Sorry, Marta."]


async def test_an_agency_drafts_and_never_publishes(tmp_path: Path) -> None:
    policy = policy_with(alone=tuple(Priority))
    async with a_square(tmp_path, policy=policy) as (desk, square):
        case = await desk.mention("What is the price?", handle="marta", brand="Kettle & Co")
        assert (await desk.case(case)).department == "sales"
        await desk.hears(f"reply {case} It is 40 euros.", from_="eli")
        assert "Finn Moss is asked" in await desk.says(f"publish {case}", from_="eli")
        await desk.passes(minutes=1)
        assert square.tried == []
        await desk.hears(f"approve {case}", from_="finn")
        await desk.passes(seconds=11)
        assert square.texts() == ["It is 40 euros."]
