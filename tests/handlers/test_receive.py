"""Mentions find their cases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.mention import Author, Mention
from bot.domain.parts import Priority, State
from bot.domain.roles import DESK
from bot.ports import Incoming, Origin, Stale
from bot.router import DESK_PLACE, Call
from bot.triage.rules import triage
from handlers.intake import chains, receive
from handlers.intake.copies import caught_up
from tests.desk import MONDAY, Story, text_of

AUTHOR: dict[str, Any] = {"handle": "sally"}


async def _handles(desk: Story, case_id: int) -> list[str]:
    async with desk.desk.store.work(Origin()) as work:
        return [mention.author.handle for mention in reversed(await work.mentions.of(case_id, limit=500))]


async def _new(desk: Story) -> int:
    async with desk.desk.store.work(Origin()) as work:
        return len(await work.mentions.new([*desk.desk.policy.communities, ""], 500))


async def test_a_mention_opens_a_case_where_the_rules_say(desk: Story) -> None:
    case = await desk.case(await desk.mention("What is the price of a kettle?"))
    assert (case.department, case.priority, case.state) == ("sales", Priority.P3, State.OPEN)
    assert case.opened_at == desk.now
    assert case.mentions == 1


async def test_a_mention_of_the_same_thread_joins(desk: Story) -> None:
    first = await desk.mention(external_id="root")
    second = await desk.mention("And still nothing.", thread="root", handle="somebody-else")
    third = await desk.mention("Same here", in_reply_to="root", handle="a-third")
    assert first == second == third
    assert (await desk.case(first)).mentions == 3
    assert await desk.kinds(first) == ["opened", "joined", "joined"]


async def test_a_root_that_arrives_after_its_answer_joins_it(desk: Story) -> None:
    answer = await desk.mention(thread="root", handle="early")
    assert await desk.mention(external_id="root", handle="late") == answer


async def test_the_same_author_joins_within_two_hours(desk: Story) -> None:
    first = await desk.mention(**AUTHOR)
    await desk.passes(hours=2)
    assert await desk.mention("Hello?", handle="@Sally") == first
    await desk.passes(hours=2)
    assert await desk.mention("HELLO?", **AUTHOR) == first
    await desk.passes(hours=2, seconds=1)
    assert await desk.mention("Something else", **AUTHOR) != first


async def test_the_same_author_elsewhere_is_another_matter(desk: Story) -> None:
    first = await desk.mention(**AUTHOR)
    assert await desk.mention("Hello?", community="everywhere", source="blog", **AUTHOR) != first


@pytest.mark.parametrize("handle", ["", "unknown", "Unknown", "@"])
async def test_the_anonymous_never_join_by_author(desk: Story, handle: str) -> None:
    assert await desk.mention(handle=handle) != await desk.mention("Hello?", handle=handle)


async def test_a_later_post_reopens_a_closed_case(desk: Story) -> None:
    number = await desk.mention(external_id="root")
    await desk.hears(f"claim {number}", from_="ana")
    await desk.hears(f"resolve {number}", from_="ana")
    desk.time.at += timedelta(days=14)
    assert await desk.mention("It broke again", in_reply_to="root") == number
    case = await desk.case(number)
    assert (case.state, case.owner, case.service.responded_at) == (State.OPEN, None, None)
    assert case.service.since == desk.now
    assert (await desk.kinds(number))[-2:] == ["reopened", "joined"]


async def test_much_later_it_opens_a_linked_case(desk: Story) -> None:
    old = await desk.mention(external_id="root")
    await desk.hears(f"resolve {old}", from_="ana")
    desk.time.at += timedelta(days=14, seconds=1)
    new = await desk.mention("It broke again", in_reply_to="root", external_id="again")
    assert new != old
    assert (await desk.case(new)).linked_to == old
    assert (await desk.case(old)).closed
    assert await desk.mention("And again", in_reply_to="root") == new  # the thread leads on


async def test_a_customer_who_writes_again_wakes_a_waiting_case(desk: Story) -> None:
    number = await desk.mention(**AUTHOR)
    await desk.hears(f"claim {number}", from_="ben")
    await desk.hears(f"wait {number} customer", from_="ben")
    await desk.mention("Here is the number", **AUTHOR)
    case = await desk.case(number)
    assert case.waiting is None
    assert case.lease is not None
    assert case.lease.left is None


async def test_a_more_urgent_mention_raises_the_case_and_its_clocks(desk: Story) -> None:
    number = await desk.mention(**AUTHOR)
    await desk.hears(f"claim {number}", from_="ben")
    await desk.passes(minutes=30)
    assert await desk.mention("This is urgent now", **AUTHOR) == number
    case = await desk.case(number)
    assert case.priority is Priority.P2
    assert case.service.first_due == case.opened_at + timedelta(hours=1)
    assert case.lease is not None
    assert case.lease.until == desk.now + timedelta(hours=1)


async def test_a_rule_escalates_where_the_department_can_be_paged(desk: Story) -> None:
    number = await desk.mention("My lawyer will sue you")
    case = await desk.case(number)
    assert (case.department, case.marks, case.escalating) == ("legal", ("legal",), True)
    assert case.escalation is not None
    assert case.escalation.why == 'the rule "threat of a lawsuit"'
    assert [text_of(card) for card in await desk.direct("cleo")]


async def test_the_same_threat_again_does_not_page_again(desk: Story) -> None:
    number = await desk.mention("My lawyer will sue you", **AUTHOR)
    await desk.hears(f"claim {number}", from_="cleo")
    await desk.mention("My lawyer, I said", **AUTHOR)
    assert not (await desk.case(number)).escalating


async def test_a_threat_in_a_calm_case_pages(desk: Story) -> None:
    number = await desk.mention(**AUTHOR)
    await desk.mention("My lawyer will sue you", **AUTHOR)
    case = await desk.case(number)
    assert (case.escalating, case.marks, case.priority) == (True, ("legal",), Priority.P1)


async def test_our_own_post_in_a_thread_is_the_answer(desk: Story) -> None:
    number = await desk.mention(external_id="root", handle="sally")
    assert await desk.mention("We are on it", in_reply_to="root", handle="@KettleCo") == number
    case = await desk.case(number)
    assert case.service.responded_at == desk.now
    assert case.mentions == 1
    assert await _handles(desk, number) == ["sally", "@KettleCo"]
    assert await desk.mention("Thanks", in_reply_to="root", handle="friend-of-sally") == number


async def test_our_own_post_elsewhere_is_set_aside(desk: Story) -> None:
    await desk.desk.store.intake.append([_post(desk, "own", handle="kettleco")])
    await desk.settles()
    assert await _new(desk) == 0
    assert await desk.channel("support") == []


async def test_an_edit_is_told_in_the_case(desk: Story) -> None:
    number = await desk.mention("My parcel", external_id="e1", handle="sally")
    edited = _post(
        desk, "e1", handle="sally", text="My three parcels", edited_at=desk.now + timedelta(minutes=1)
    )
    await desk.desk.store.intake.append([edited])
    await desk.settles()
    assert await desk.kinds(number) == ["opened", "revised"]
    async with desk.desk.store.work(Origin()) as work:
        (mention,) = await work.mentions.of(number)
    assert mention.text == "My three parcels"


async def test_a_large_batch_is_filed_in_order(desk: Story) -> None:
    posts = [
        _post(desk, f"b{n}", handle=f"h{n % 60}", thread="storm" if n % 5 == 0 else None) for n in range(450)
    ]
    await desk.desk.store.intake.append(posts)
    await desk.settles()
    assert await _new(desk) == 0
    async with desk.desk.store.work(Origin()) as work:
        (storm,) = (await work.cases.threads(["post:x:storm"])).values()
    storm_case = await desk.case(storm.case_id)
    handles = await _handles(desk, storm.case_id)
    assert storm_case.mentions == len(handles) >= 90
    # Everything of one author went the same way, in the order of arrival.
    assert handles == [post.handle for post in posts if post.handle in set(handles)]


async def test_a_poison_mention_is_set_aside_alone_and_told(
    desk: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(policy: object, mention: Mention) -> object:
        if "poison" in mention.text:
            raise RuntimeError("no such glyph")
        return triage(policy, mention)  # type: ignore[arg-type]

    monkeypatch.setattr("handlers.intake.filing.triage", poisoned)
    posts = [_post(desk, f"p{n}", text="poison" if n == 1 else "parcel", thread="t") for n in range(3)]
    await desk.desk.store.intake.append(posts)
    await desk.settles()
    assert await _new(desk) == 0
    async with desk.desk.store.work(Origin()) as work:
        (thread,) = (await work.cases.threads(["post:x:t"])).values()
    assert (await desk.case(thread.case_id)).mentions == 2
    told = [text_of(card) for card in await desk.direct("ana")]
    assert any("no such glyph" in text for text in told), told


async def test_a_trouble_that_passes_sets_nothing_aside(desk: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [RuntimeError("out of memory"), Stale("x"), Stale("x")]

    def troubled(policy: object, mention: Mention) -> object:
        if failures:
            raise failures.pop()
        return triage(policy, mention)  # type: ignore[arg-type]

    monkeypatch.setattr("handlers.intake.filing.triage", troubled)
    assert await desk.mention()


async def test_two_replicas_on_one_batch_file_each_mention_once(desk: Story) -> None:
    posts = [_post(desk, f"r{n}", handle=f"h{n % 3}") for n in range(12)]
    await desk.desk.store.intake.append(posts)
    call = Call(
        id=None,
        verb="receive",
        actor=DESK,
        place=DESK_PLACE,
        now=desk.now,
        policy=desk.desk.policy,
        store=desk.desk.store,
    )
    async with call.work() as work:
        mentions = await work.mentions.new(["x-kettle"], 100)
    several = chains.chains(mentions)
    known = await caught_up(call, "x-kettle")
    await asyncio.gather(*(receive._file(call, chain, known) for chain in (*several, *several)))
    await desk.settles()
    cards = await desk.channel("support")
    assert len(cards) == 3
    async with call.work() as work:
        found = await work.cases.threads([f"post:x:r{n}" for n in range(12)])
    for number in {thread.case_id for thread in found.values()}:
        assert (await desk.case(number)).mentions == 4
        assert (await desk.kinds(number)).count("joined") == 3


async def test_mentions_of_a_dropped_community_are_filed_by_the_default(desk: Story) -> None:
    await desk.desk.store.intake.append([_post(desk, "u1", community="gone")])
    await desk.settles()
    assert await _new(desk) == 0


def test_chains_hold_what_shares_a_key() -> None:
    def mention(number: int, handle: str, thread: str | None = None) -> Mention:
        return Mention(
            id=number, source="x", external_id=f"m{number}", community="c", received_at=MONDAY,
            created_at=MONDAY, author=Author(handle=handle), text="", thread=thread,
        )  # fmt: skip

    found = chains.chains(
        [mention(1, "a"), mention(2, "b"), mention(3, "c", "t"), mention(4, "a", "t"), mention(5, "")]
    )
    assert [[each.id for each in chain] for chain in found] == [[1, 3, 4], [2], [5]]


def _post(desk: Story, external_id: str, **fields: object) -> Incoming:
    given = {"handle": "sally", "text": "My parcel never came.", "community": "x-kettle", **fields}
    return Incoming(source="x", external_id=external_id, created_at=desk.now, **given)  # type: ignore[arg-type]
