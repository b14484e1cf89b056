"""Answering on YouTube: once, and whatever it says comes back as a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.mention import Mention
from bot.ports import AskedToWait, Declined, MaybePublished, Network, NetworkDown, SignInLost
from tests.adapters.sources.heard import Bench, as_mention, outgoing, told
from tests.adapters.sources.youtube.far import connected
from tests.fakes.far_end import Fault
from tests.fakes.youtube import CHANNEL, VIDEO, FakeYouTube

LATER = timedelta(minutes=3)


def ours(there: FakeYouTube) -> list[str]:
    return [one.text for _, comments in there.threads.values() for one in comments if one.channel == CHANNEL]


async def a_mention(bench: Bench, there: FakeYouTube) -> tuple[Mention, Network]:
    there.comment("T1", "Mine leaks")
    there.answer("T1", "a", "Mine, too")
    source = connected(bench, there)
    assert source.network is not None
    return as_mention(told(await bench.hears(source))[1]), source.network


async def test_an_answer_stands_in_the_thread_of_what_it_answers(bench: Bench, there: FakeYouTube) -> None:
    to, network = await a_mention(bench, there)
    before = there.used
    out = await network.publish(outgoing(to, bench.now), again=False)
    assert (out.external_id, out.url) == ("T1.ours2", f"https://www.youtube.com/watch?v={VIDEO}&lc=T1.ours2")
    assert ours(there) == ["We are sorry, we look into it."] and there.used - before == 50
    assert there.asked[-1].headers["Authorization"] == "Bearer ya29.1"


async def test_what_was_sent_before_the_crash_is_found_and_not_sent_again(
    bench: Bench, there: FakeYouTube
) -> None:
    to, network = await a_mention(bench, there)
    reply = outgoing(to, bench.now)
    first = await network.publish(reply, again=False)
    for number in range(150):
        there.answer("T1", f"more{number}", "We are sorry, we look into it.")
    after_the_crash = connected(bench, there).network
    assert after_the_crash is not None
    assert await after_the_crash.publish(reply, again=True) == first
    assert len(ours(there)) == 1


async def test_what_never_left_is_sent_once_it_cannot_be_on_its_way_any_more(
    bench: Bench, there: FakeYouTube
) -> None:
    to, network = await a_mention(bench, there)
    reply = outgoing(to, bench.now)
    with pytest.raises(AskedToWait):
        await network.publish(reply, again=True)
    assert ours(there) == []
    bench.time.at += LATER
    await network.publish(reply, again=True)
    assert len(ours(there)) == 1


async def test_the_same_words_of_another_day_are_not_it(bench: Bench, there: FakeYouTube) -> None:
    to, network = await a_mention(bench, there)
    there.answer("T1", "old", "We are sorry, we look into it.", by="@kettle", channel=CHANNEL)
    bench.time.at += timedelta(days=2)
    reply = outgoing(to, bench.now)
    bench.time.at += LATER
    assert (await network.publish(reply, again=True)).external_id != "T1.old"
    assert len(ours(there)) == 2


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.ERROR_AFTER])
async def test_an_answer_that_is_lost_is_looked_for(bench: Bench, there: FakeYouTube, fault: Fault) -> None:
    to, network = await a_mention(bench, there)
    await network.publish(outgoing(to, bench.now, "Before"), again=False)
    there.faults.append(fault)
    out = await network.publish(outgoing(to, bench.now), again=False)
    assert out.external_id == "T1.ours3" and len(ours(there)) == 2


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.NONSENSE, Fault.WRONG_SHAPE, Fault.DROPPED])
async def test_what_cannot_be_told_is_said_so(bench: Bench, there: FakeYouTube, fault: Fault) -> None:
    to, network = await a_mention(bench, there)
    await network.publish(outgoing(to, bench.now, "Before"), again=False)
    there.faults.append(fault)
    with pytest.raises(MaybePublished, match="look at the video"):
        await network.publish(outgoing(to, bench.now), again=False)


async def test_while_it_cannot_look_it_sends_nothing(bench: Bench, there: FakeYouTube) -> None:
    to, network = await a_mention(bench, there)
    reply = outgoing(to, bench.now)
    bench.time.at += LATER
    there.faults.append(Fault.ERROR)
    with pytest.raises(NetworkDown):
        await network.publish(reply, again=True)
    assert ours(there) == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("commentsDisabled", "no comments any more"),
        ("parentCommentNotFound", "was deleted"),
        ("processingFailure", "change its words"),
        ("newAndOdd", "It is newAndOdd"),
    ],
)
async def test_a_refusal_is_a_sentence(bench: Bench, there: FakeYouTube, reason: str, said: str) -> None:
    to, network = await a_mention(bench, there)
    there.says_no["insert"] = reason
    with pytest.raises(Declined, match=said):
        await network.publish(outgoing(to, bench.now), again=False)


async def test_a_spent_quota_and_too_much_at_once_wait(bench: Bench, there: FakeYouTube) -> None:
    to, network = await a_mention(bench, there)
    there.used = there.quota - 49
    with pytest.raises(AskedToWait, match="midnight") as wait:
        await network.publish(outgoing(to, bench.now), again=False)
    assert bench.now + wait.value.after == datetime(2026, 3, 3, 8, 1, tzinfo=UTC)
    there.used, there.says_no["insert"] = 0, "rateLimitExceeded"
    with pytest.raises(AskedToWait):
        await network.publish(outgoing(to, bench.now), again=False)


async def test_a_lost_sign_in_is_renewed_once_and_then_told(bench: Bench, there: FakeYouTube) -> None:
    to, network = await a_mention(bench, there)
    await network.publish(outgoing(to, bench.now), again=False)
    there.tokens.clear()
    await network.publish(outgoing(to, bench.now, "More"), again=False)
    there.tokens.clear()
    there.revoked = True
    with pytest.raises(SignInLost, match="an admin must renew"):
        await network.publish(outgoing(to, bench.now, "Even more"), again=False)
    there.says_no["insert"], there.revoked = "insufficientPermissions", False
    with pytest.raises(SignInLost, match="force-ssl"):
        await network.publish(outgoing(to, bench.now, "Even more"), again=False)
    assert len(ours(there)) == 2


async def test_what_nobody_can_answer_says_so_beforehand(bench: Bench, there: FakeYouTube) -> None:
    there.closed.add("T1")
    to, network = await a_mention(bench, there)
    assert to.can_reply is False
    assert network.why_not(to) == "nobody can answer this comment on YouTube"
