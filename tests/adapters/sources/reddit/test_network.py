"""Answering on Reddit: once, and whatever it says comes back as a sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.mention import Mention
from bot.ports import AskedToWait, Declined, MaybePublished, Network, NetworkDown, SignInLost
from tests.adapters.sources.heard import Bench, as_mention, outgoing, told
from tests.adapters.sources.reddit.far import connected
from tests.fakes.far_end import Fault
from tests.fakes.reddit import USER, FakeReddit

LATER = timedelta(minutes=3)


def ours(there: FakeReddit) -> list[str]:
    return [str(one["body"]) for one in there.things.values() if one["author"] == USER]


async def a_mention(bench: Bench, there: FakeReddit, **post: Any) -> tuple[Mention, Network]:
    there.posts("aa", "My kettle leaks", **post)
    source = connected(bench, there)
    assert source.network is not None
    (one,) = told(await bench.hears(source))
    return as_mention(one), source.network


async def test_an_answer_stands_below_the_post(bench: Bench, there: FakeReddit) -> None:
    to, network = await a_mention(bench, there)
    out = await network.publish(outgoing(to, bench.now), again=False)
    assert (out.external_id, out.url) == ("t1_ours0", "https://www.reddit.com/r/coffee/comments/aa/x/ours0/")
    assert there.things["t1_ours0"]["parent_id"] == "t3_aa"
    assert (network.account, network.title, network.rule.most) == (USER, "Reddit", 10_000)


async def test_what_was_sent_before_the_crash_is_found_and_not_sent_again(
    bench: Bench, there: FakeReddit
) -> None:
    to, network = await a_mention(bench, there)
    reply = outgoing(to, bench.now)
    first = await network.publish(reply, again=False)
    after_the_crash = connected(bench, there).network
    assert after_the_crash is not None
    assert await after_the_crash.publish(reply, again=True) == first
    assert len(ours(there)) == 1


async def test_what_never_left_is_sent_once_it_cannot_be_on_its_way_any_more(
    bench: Bench, there: FakeReddit
) -> None:
    to, network = await a_mention(bench, there)
    reply = outgoing(to, bench.now)
    with pytest.raises(AskedToWait) as wait:
        await network.publish(reply, again=True)
    assert ours(there) == [] and timedelta(minutes=1) < wait.value.after <= timedelta(minutes=2)
    bench.time.at += LATER
    await network.publish(reply, again=True)
    assert len(ours(there)) == 1


async def test_the_same_words_of_another_day_or_place_are_not_it(bench: Bench, there: FakeReddit) -> None:
    to, network = await a_mention(bench, there)
    other = there.posts("bb", "Something else")
    there.comments("x1", "We are sorry, we look into it.", "t3_aa", by=USER, at=bench.now - timedelta(days=2))
    there.comments("x2", "We are sorry, we look into it.", other, by=USER)
    bench.time.at += LATER
    out = await network.publish(outgoing(to, bench.now - LATER), again=True)
    assert out.external_id not in ("t1_x1", "t1_x2")


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.ERROR_AFTER])
async def test_an_answer_that_is_lost_is_looked_for(bench: Bench, there: FakeReddit, fault: Fault) -> None:
    to, network = await a_mention(bench, there)
    there.faults.append(fault)
    out = await network.publish(outgoing(to, bench.now), again=False)
    assert out.external_id == "t1_ours0" and len(ours(there)) == 1


@pytest.mark.parametrize(
    "fault", [Fault.LOST_ANSWER, Fault.ERROR, Fault.NONSENSE, Fault.WRONG_SHAPE, Fault.DROPPED]
)
async def test_what_cannot_be_told_is_said_so(bench: Bench, there: FakeReddit, fault: Fault) -> None:
    to, network = await a_mention(bench, there)
    there.faults.append(fault)
    there.hides_new_from_listing = True
    with pytest.raises(MaybePublished, match="look at the post"):
        await network.publish(outgoing(to, bench.now), again=False)


async def test_while_it_cannot_look_it_sends_nothing(bench: Bench, there: FakeReddit) -> None:
    to, network = await a_mention(bench, there)
    reply = outgoing(to, bench.now)
    bench.time.at += LATER
    there.faults.extend([Fault.ERROR, Fault.BUSY])
    with pytest.raises(NetworkDown):
        await network.publish(reply, again=True)
    with pytest.raises(AskedToWait):
        await network.publish(reply, again=True)
    assert ours(there) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("DELETED_COMMENT", "was deleted"),
        ("THREAD_LOCKED", "locked"),
        ("TOO_OLD", "too old"),
        ("BANNED_FROM_SUBREDDIT", "banned"),
        ("NEW_AND_ODD", "that is not allowed here"),
    ],
)
async def test_a_refusal_is_a_sentence(bench: Bench, there: FakeReddit, code: str, said: str) -> None:
    to, network = await a_mention(bench, there)
    there.refuses = [[code, "that is not allowed here", "parent"]]
    with pytest.raises(Declined, match=said):
        await network.publish(outgoing(to, bench.now), again=False)


@pytest.mark.parametrize(
    ("wait", "said", "seconds"), [(540.0, "later", 541), (None, "try again in 9 minutes.", 541)]
)
async def test_too_much_at_once_is_asked_to_wait(
    bench: Bench, there: FakeReddit, wait: float | None, said: str, seconds: int
) -> None:
    to, network = await a_mention(bench, there)
    there.refuses, there.wait = [["RATELIMIT", f"you are doing that too much. {said}", "ratelimit"]], wait
    with pytest.raises(AskedToWait) as asked:
        await network.publish(outgoing(to, bench.now), again=False)
    assert asked.value.after == timedelta(seconds=seconds)


async def test_forbidden_and_gone_are_declined(bench: Bench, there: FakeReddit) -> None:
    to, network = await a_mention(bench, there)
    for status, said in ((403, "banned"), (404, "no such post")):
        there.forbids = status
        with pytest.raises(Declined, match=said):
            await network.publish(outgoing(to, bench.now), again=False)


async def test_a_lost_sign_in_is_renewed_once_and_then_told(bench: Bench, there: FakeReddit) -> None:
    to, network = await a_mention(bench, there)
    there.tokens.clear()
    await network.publish(outgoing(to, bench.now), again=False)
    there.tokens.clear()
    there.password = "another"
    with pytest.raises(SignInLost, match="an admin must renew"):
        await network.publish(outgoing(to, bench.now, "Another answer"), again=False)
    assert len(ours(there)) == 1


async def test_nobody_there_is_down(bench: Bench, there: FakeReddit) -> None:
    to, _ = await a_mention(bench, there)
    source = connected(bench, there)
    assert source.network is not None
    source.network._session.oauth_url = "http://127.0.0.1:1"  # type: ignore[attr-defined]
    with pytest.raises(NetworkDown, match="cannot be reached"):
        await source.network.publish(outgoing(to, bench.now), again=False)


async def test_what_is_locked_says_so_beforehand(bench: Bench, there: FakeReddit) -> None:
    to, network = await a_mention(bench, there, locked=True)
    assert to.can_reply is False
    assert network.why_not(to) == "Reddit takes no more answers there: it is locked"


async def test_without_reply_in_the_policy_nobody_answers(bench: Bench, there: FakeReddit) -> None:
    assert connected(bench, there, reply=False).network is None
