"""Listening to YouTube: every comment once, what became of it, and never more than the day's quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.sources.parts import SettingMissing
from adapters.sources.youtube.session import until_midnight
from bot.ports import SourceBusy, SourceDown, SourceShut
from tests.adapters.sources.heard import Bench, told
from tests.adapters.sources.youtube.far import SECRETS, SIGN_IN, connected
from tests.fakes.far_end import Fault
from tests.fakes.youtube import KEY, OTHER, VIDEO, FakeYouTube

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


async def test_comments_and_their_answers_are_told_with_where_they_stand(
    bench: Bench, there: FakeYouTube
) -> None:
    there.comment("T1", "Mine leaks & drips\nsince May", at=bench.now - HOUR / 2)
    there.answer("T1", "a", "Mine, too")
    first, answer = told(await bench.hears(connected(bench, there)))
    assert (first.external_id, first.thread, first.in_reply_to, first.handle) == ("T1", "T1", None, "ann")
    assert first.text == "Mine leaks & drips\nsince May"
    assert first.url == f"https://www.youtube.com/watch?v={VIDEO}&lc=T1"
    assert (answer.external_id, answer.thread, answer.in_reply_to) == ("T1.a", "T1", "T1")
    assert first.extra["native"] == {"parent": "T1", "video": VIDEO, "author": "UC" + "a" * 22}
    assert first.extra["can_reply"] is True and first.edited_at is None


async def test_below_other_peoples_videos_words_are_looked_for(bench: Bench, there: FakeYouTube) -> None:
    there.comment("T1", "the kettle is bad", video=OTHER)
    there.comment("T2", "nice video", video=OTHER)
    there.comment("T3", "first!", video=OTHER)
    there.answer("T3", "a", "a Kettle would help")
    there.comment("T4", "kettle jobs", video=OTHER)
    source = connected(
        bench, there, channel="", reply=False, videos=(OTHER,), search=("kettle",), exclude=("jobs",)
    )
    assert sorted(one.external_id for one in told(await bench.hears(source))) == ["T1", "T3.a"]


async def test_many_comments_and_many_answers_come_page_by_page(bench: Bench, there: FakeYouTube) -> None:
    await bench.hears(connected(bench, there))
    for number in range(230):
        there.comment(f"T{number}", "hello", at=bench.now + number * SECOND)
    for number in range(130):
        there.answer("T7", f"a{number}", "hello")
    bench.time.at += HOUR
    heard = told(await bench.hears(connected(bench, there)))
    assert len(heard) == len({one.external_id for one in heard}) == 360
    assert len(bench.stored()) == 360


async def test_an_answer_to_a_comment_of_last_week_is_told(bench: Bench, there: FakeYouTube) -> None:
    there.comment("T1", "it leaks")
    await bench.hears(connected(bench, there), batches=2)
    bench.time.at += timedelta(days=6)
    there.answer("T1", "a", "still")
    assert [one.external_id for one in told(await bench.hears(connected(bench, there), batches=2))] == [
        "T1.a"
    ]
    assert told(await bench.hears(connected(bench, there), batches=4)) == []


async def test_edits_are_revisions_and_what_is_gone_is_hidden(bench: Bench, there: FakeYouTube) -> None:
    there.comment("T1", "it leaks")
    there.answer("T1", "a", "mine, too")
    await bench.hears(connected(bench, there), batches=2)
    bench.time.at += 3 * HOUR
    there.edit("T1", "it drips")
    (edit,) = told(await bench.hears(connected(bench, there), batches=2))
    assert (edit.external_id, edit.text, edit.edited_at) == ("T1", "it drips", edit.edited_at)
    del there.threads["T1"][1][1]
    gone = await bench.hears(connected(bench, there), batches=2)
    assert [(one.external_id, one.hide) for batch in gone for one in batch.removed] == [("T1.a", True)]
    there.hidden.add("T1")
    gone = [
        *await bench.hears(connected(bench, there), batches=2),
        *await bench.hears(connected(bench, there), batches=2),
    ]
    assert [one.external_id for batch in gone for one in batch.removed] == ["T1"]
    assert [text for _, text, _ in bench.revisions()][-1] == ""


async def test_missing_once_is_not_gone(bench: Bench, there: FakeYouTube) -> None:
    there.comment("T1", "it leaks")
    await bench.hears(connected(bench, there), batches=2)
    there.hidden.add("T1")
    assert not any(one.removed for one in await bench.hears(connected(bench, there), batches=2))
    there.hidden.clear()
    for _ in range(3):
        heard = await bench.hears(connected(bench, there), batches=2)
        assert not any(batch.removed for batch in heard)


async def test_killed_before_the_commit_it_tells_the_same_again_and_nothing_twice(
    bench: Bench, there: FakeYouTube
) -> None:
    there.comment("T1", "one")
    await bench.hears(connected(bench, there), stores=0)
    there.comment("T2", "two", at=bench.now + SECOND)
    await bench.hears(connected(bench, there))
    assert told(await bench.hears(connected(bench, there), batches=4)) == []
    assert [post for post, _ in bench.stored()] == ["T1", "T2"]


async def test_a_whole_day_stays_within_the_quota_and_leaves_some_for_answers(
    bench: Bench, there: FakeYouTube
) -> None:
    there.quota = 120
    there.comment("T1", "one")
    source = connected(bench, there, quota=120, videos=(OTHER,), every=timedelta(seconds=30))
    begun = bench.now
    while bench.now - begun < timedelta(hours=22):
        await bench.hears(source, batches=200)
    assert 80 < there.used <= 96 + 3


async def test_what_was_spent_before_it_began_anew_counts(bench: Bench, there: FakeYouTube) -> None:
    there.comment("T1", "one")
    await bench.hears(connected(bench, there), batches=20)
    spent, again = there.used, connected(bench, there)
    assert again.source is not None
    await bench.hears(again)
    assert again.source._session.quota.used == there.used > spent  # type: ignore[attr-defined]


async def test_a_spent_quota_waits_for_midnight_in_california(bench: Bench, there: FakeYouTube) -> None:
    there.used = there.quota
    with pytest.raises(SourceBusy, match="quota") as busy:
        await bench.hears(connected(bench, there))
    assert bench.now + busy.value.after == datetime(2026, 3, 3, 8, 1, tzinfo=UTC)


def test_midnight_is_right_when_clocks_change() -> None:
    assert until_midnight(datetime(2026, 3, 8, 9, 0, tzinfo=UTC)) == timedelta(hours=22, minutes=1)


async def test_a_video_without_comments_is_left_out(bench: Bench, there: FakeYouTube) -> None:
    there.comment("T1", "one")
    there.says_no[OTHER] = "commentsDisabled"
    assert len(told(await bench.hears(connected(bench, there, videos=(OTHER,))))) == 1
    with pytest.raises(SourceShut, match="none of the videos"):
        await bench.hears(connected(bench, there, channel="", reply=False, videos=(OTHER,)))


@pytest.mark.parametrize("reason", ["keyInvalid", "channelNotFound", "insufficientPermissions"])
async def test_what_a_person_must_mend_shuts_it(bench: Bench, there: FakeYouTube, reason: str) -> None:
    there.says_no["commentThreads"] = reason
    with pytest.raises(SourceShut, match=reason) as shut:
        await bench.hears(connected(bench, there))
    assert KEY not in str(shut.value)


@pytest.mark.parametrize(
    "fault", [Fault.ERROR, Fault.DROPPED, Fault.NONSENSE, Fault.WRONG_SHAPE, Fault.ENDLESS, Fault.CUT_SHORT]
)
@pytest.mark.parametrize("behind", [0, 1])
async def test_nonsense_is_said_and_nothing_is_lost(
    bench: Bench, there: FakeYouTube, fault: Fault, behind: int
) -> None:
    there.comment("T1", "one")
    await bench.hears(connected(bench, there), batches=2)
    there.comment("T2", "two", at=bench.now + SECOND)
    there.faults.extend([*[None] * behind, fault, fault])
    with pytest.raises(SourceDown):
        await bench.hears(connected(bench, there), batches=4)
    there.faults.clear()
    await bench.hears(connected(bench, there), batches=2)
    assert [post for post, _ in bench.stored()] == ["T1", "T2"]


async def test_asked_for_patience_it_says_how_long(bench: Bench, there: FakeYouTube) -> None:
    there.faults.append(Fault.BUSY)
    with pytest.raises(SourceBusy) as busy:
        await bench.hears(connected(bench, there))
    assert busy.value.after == timedelta(seconds=77)


async def test_without_a_key_the_sign_in_reads_and_is_kept(bench: Bench, there: FakeYouTube) -> None:
    for _ in range(10):
        await bench.hears(connected(bench, there, SIGN_IN))
    assert there.signed_in == 1
    there.tokens.clear()
    there.revoked = True
    with pytest.raises(SourceShut, match="REFRESH_TOKEN"):
        await bench.hears(connected(bench, there, SIGN_IN))


def test_what_is_missing_is_named(bench: Bench, there: FakeYouTube) -> None:
    with pytest.raises(SettingMissing, match="BATON_SOURCE_YOUTUBE__API_KEY"):
        connected(bench, there, {}, reply=False)
    with pytest.raises(SettingMissing, match="force-ssl"):
        connected(bench, there, {"api_key": KEY})
    with pytest.raises(SettingMissing, match="channel ="):
        connected(bench, there, SECRETS, channel="", videos=(OTHER,))
    with pytest.raises(SettingMissing, match="videos ="):
        connected(bench, there, SECRETS, channel="", reply=False)
