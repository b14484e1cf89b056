"""What stops a reply on its way: the customer, a freeze, somebody else's pen, the case's own end."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.replies.reply import ReplyState
from bot.ports import Incoming, Origin, Removed
from tests.desk import Story, text_of
from tests.handlers.reply.square import a_square, policy_with
from tests.handlers.reply.test_approval import written


async def edits(desk: Story, text: str) -> None:
    """Marta edits her post, which is the first of the story."""
    post = Incoming(
        source="x",
        external_id="m1",
        community="x-kettle",
        created_at=desk.now,
        edited_at=desk.now,
        handle="marta",
        text=text,
    )
    await desk.desk.store.intake.append([post])
    await desk.settles()


@pytest.mark.parametrize("what", ["edits", "deletes", "adds", "merged", "resolved"])
async def test_the_countdown_ends_and_the_author_hears_why(tmp_path: Path, what: str) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await written(desk)
        other = await desk.mention("Where is my refund?", handle="omar")
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=3)
        if what == "edits":
            await edits(desk, "It came!")
        elif what == "deletes":
            await desk.desk.store.sources.remove([Removed(source="x", external_id="m1", at=desk.now)])
            await desk.settles()
        elif what == "adds":
            await desk.mention("Oh, and the kettle is broken.", handle="marta")
        elif what == "merged":
            await desk.hears(f"merge {case} into {other}", from_="ana")
        else:
            await desk.hears(f"resolve {case} nothing-needed", from_="ana")
        await desk.passes(seconds=30)
        assert square.tried == []
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.state is ReplyState.DRAFT and reply.text == "We are on it."
        assert any(
            "The reply was not published, because" in text_of(card) for card in await desk.direct("ben")
        )


async def test_an_approval_is_void_once_the_customer_writes_again(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        await desk.mention("Forget it, it came.", handle="marta")
        assert "waits for approval" in await desk.says(f"approve {case}", from_="ana")
        await desk.passes(minutes=1)
        assert square.tried == []


async def test_while_one_person_composes_others_see_who_and_cannot_publish(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        case = await written(desk)
        assert "Ben Okafor is writing it." in text_of(await desk.card(case, "support"))
        lease = (await desk.case(case)).lease
        assert lease is not None and lease.left is not None
        for words in (f"publish {case}", f"reply {case} mine", f"discard {case}"):
            assert "Ben Okafor is writing the reply" in await desk.says(words, from_="ana")
        await desk.passes(minutes=6)
        lease = (await desk.case(case)).lease
        assert lease is not None and lease.left is None
        assert "Ben Okafor drafted it" in text_of(await desk.card(case, "support"))
        await desk.hears(f"publish {case}", from_="ana")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]


async def test_an_opened_form_without_words_leaves_nothing_behind(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await desk.mention(handle="marta")
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"reply {case}", from_="ben")
        assert "Ben Okafor is writing it." in text_of(await desk.card(case, "support"))
        await desk.passes(minutes=6)
        assert (await desk.case(case)).reply is None


async def test_freeze_stops_what_is_unsent_approved_or_not(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        await desk.hears(f"approve {case}", from_="ana")
        await desk.passes(seconds=3)
        await desk.hears("freeze all a wrong price everywhere", from_="dana")
        await desk.passes(minutes=1)
        assert square.tried == []
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.state is ReplyState.APPROVED
        assert any("a wrong price everywhere" in text_of(card) for card in await desk.direct("ben"))
        assert "froze publishing" in await desk.says(f"publish {case}", from_="ben")

        await desk.hears("thaw all", from_="dana")
        await desk.passes(minutes=1)
        assert square.tried == []
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]


async def test_what_is_approved_while_frozen_stays(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"publish {case}", from_="ben")
        await desk.hears(f"freeze {case} wait for legal", from_="ana")
        await desk.hears(f"approve {case}", from_="ana")
        await desk.passes(minutes=1)
        assert square.tried == []
        await desk.hears(f"thaw {case}", from_="ana")
        await desk.hears(f"publish {case}", from_="ben")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]


async def test_a_draft_is_kept_on_release_and_goes_with_a_handoff(tmp_path: Path) -> None:
    async with a_square(tmp_path, policy=policy_with()) as (desk, square):
        case = await written(desk)
        await desk.hears(f"release {case}", from_="ben")
        await desk.hears(f"claim {case}", from_="hana")
        assert "We are on it." in await desk.says(f"reply {case}", from_="hana")
        await desk.hears(f"publish {case}", from_="hana")
        await desk.hears(f"handoff {case} pr please", from_="hana")
        await desk.hears(f"accept {case}", from_="cleo")
        reply = (await desk.case(case)).reply
        assert reply is not None and reply.state is ReplyState.DRAFT and reply.text == "We are on it."
        assert "No reply" in await desk.says(f"approve {case}", from_="ana")
        await desk.hears(f"publish {case}", from_="cleo")
        await desk.passes(seconds=11)
        assert square.texts() == ["We are on it."]


async def test_in_a_case_of_several_customers_each_is_answered_alone(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, square):
        first = await written(desk)
        await desk.hears(f"discard {first}", from_="ben")
        second = await desk.mention("My parcel is late, too.", handle="omar")
        await desk.hears(f"merge {second} into {first}", from_="ana")
        assert "pick one first" in await desk.says(f"reply {first} Hello all", from_="ben")
        asked = await desk.hears(f"reply {first}", from_="ben")
        assert "Whom do you answer?" in text_of(asked)
        async with desk.desk.store.work(Origin()) as work:
            posts = {post.author.handle: post.id for post in await work.mentions.of(first, limit=5)}
        await desk.hears(f"replypost {first} {posts['omar']} We are on it, Omar.", from_="ben")
        await desk.mention("Still nothing!", handle="marta")
        await desk.hears(f"publish {first}", from_="ben")
        assert "another post" in await desk.says(f"replypost {first} {posts['marta']} Hi", from_="ben")
        await desk.passes(seconds=11)
        assert [reply.to.author.handle for _, reply in square.posts] == ["omar"]
        found = await desk.case(first)
        assert found.waiting is None and found.service.responded_at is not None
