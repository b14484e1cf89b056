"""Listening to Reddit: nothing missed, nothing twice, and nothing kept that was taken away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.fitting import each
from adapters.sources.parts import SettingMissing
from adapters.sources.reddit.place import RedditPlace
from adapters.sources.reddit.reading import is_gone, mention_of, words_of
from adapters.sources.reddit.source import queries
from bot.policy.model import SourceKind, SourcePlan
from bot.ports import SourceBusy, SourceDown, SourceShut
from tests.adapters.sources.heard import Bench, told
from tests.adapters.sources.reddit.far import SECRETS, connected
from tests.desk import MONDAY
from tests.fakes.far_end import Fault
from tests.fakes.reddit import REFRESH, FakeReddit

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


async def test_posts_that_name_us_and_what_reaches_our_inbox_are_told(
    bench: Bench, there: FakeReddit
) -> None:
    there.posts("aa", "My Kettle leaks", selftext="It **really** does &amp; how", at=bench.now - 60 * SECOND)
    there.posts("bb", "Kettles in general", at=bench.now - 50 * SECOND)
    there.comments(
        "c1", "u/KettleHelp please", "t3_bb", inbox=True, by="bob", context="/r/coffee/comments/bb/x/c1/"
    )
    del there.things["t1_c1"]["link_id"], there.things["t1_c1"]["permalink"]
    post, comment = told(await bench.hears(connected(bench, there)))
    assert (post.external_id, post.thread, post.in_reply_to) == ("t3_aa", "t3_aa", None)
    assert post.text == "My Kettle leaks\n\nIt **really** does &amp; how"
    assert post.url == "https://www.reddit.com/r/coffee/comments/aa/x/"
    assert (comment.external_id, comment.thread, comment.in_reply_to) == ("t1_c1", "t3_bb", "t3_bb")
    assert comment.url == "https://www.reddit.com/r/coffee/comments/bb/x/c1/"
    assert comment.extra["native"] == {"fullname": "t1_c1", "root": "t3_bb", "subreddit": "coffee"}
    assert comment.extra["can_reply"] is True


async def test_in_chosen_subreddits_posts_and_comments_are_sifted(bench: Bench, there: FakeReddit) -> None:
    there.posts("aa", "Anything", subreddit="tea")
    there.comments("c1", "the kettle broke", "t3_aa")
    there.comments("c2", "nothing to see", "t3_aa")
    there.comments("c3", "kettle jobs", "t3_aa")
    there.posts("bb", "kettle elsewhere", subreddit="coffee")
    source = connected(bench, there, subreddits=("tea", "pots"), exclude=("jobs",))
    assert [one.external_id for one in told(await bench.hears(source))] == ["t1_c1"]
    assert {one.path for one in there.asked} >= {"/r/tea+pots/new", "/r/tea+pots/comments"}


async def test_all_of_our_own_subreddit_is_ours(bench: Bench, there: FakeReddit) -> None:
    there.posts("aa", "Anything", subreddit="kettle")
    assert len(told(await bench.hears(connected(bench, there, subreddits=("kettle",), search=())))) == 1


async def test_the_newest_known_post_may_be_deleted_and_nothing_is_missed(
    bench: Bench, there: FakeReddit
) -> None:
    newest = there.posts("aa", "kettle 1")
    await bench.hears(connected(bench, there), batches=2)
    there.deletes(newest)
    bench.time.at += HOUR
    for number in range(250):
        there.posts(f"n{number}", f"kettle {number}", at=bench.now - HOUR + number * SECOND)
    heard = told(await bench.hears(connected(bench, there)))
    assert [one.external_id for one in heard] == [f"t3_n{number}" for number in range(250)]


async def test_killed_before_the_commit_it_tells_the_same_again_and_nothing_twice(
    bench: Bench, there: FakeReddit
) -> None:
    there.posts("aa", "kettle 1")
    await bench.hears(connected(bench, there), stores=0)
    there.posts("bb", "kettle 2", at=bench.now + SECOND)
    await bench.hears(connected(bench, there))
    assert told(await bench.hears(connected(bench, there), batches=4)) == []
    assert [post for post, _ in bench.stored()] == ["t3_aa", "t3_bb"]


@pytest.mark.parametrize("taken", ["deleted", "removed", "moderated"])
async def test_what_is_taken_away_is_hidden_here_too(bench: Bench, there: FakeReddit, taken: str) -> None:
    name = there.posts("aa", "kettle: my home address is…")
    await bench.hears(connected(bench, there))
    match taken:
        case "deleted":
            there.deletes(name)
        case "removed":
            there.things[name] |= {"selftext": "[removed]"}
        case "moderated":
            there.things[name] |= {"removed_by_category": "moderator"}
    heard = await bench.hears(connected(bench, there), batches=2)
    (removed,) = [one for batch in heard for one in batch.removed]
    assert (removed.external_id, removed.hide) == (name, True)
    assert [text for _, text, _ in bench.revisions()] == [""]
    again = await bench.hears(connected(bench, there), batches=2)
    assert told(again) == [] and not any(batch.removed for batch in again)


async def test_an_edit_long_after_is_a_revision(bench: Bench, there: FakeReddit) -> None:
    post = there.posts("aa", "kettle", selftext="good")
    await bench.hears(connected(bench, there), batches=2)
    bench.time.at += timedelta(days=3)
    there.edits(post, "bad", bench.now)
    await bench.hears(connected(bench, there), batches=2)
    await bench.hears(connected(bench, there), batches=2)
    assert [text for _, text, _ in bench.revisions()] == ["kettle\n\nbad"]


async def test_it_keeps_to_what_reddit_says_is_left(bench: Bench, there: FakeReddit) -> None:
    there.left = 7
    source = connected(bench, there, search=tuple(f"word {'x' * 200} {number}" for number in range(6)))
    begun = bench.now
    await bench.hears(source)
    assert bench.now - begun >= timedelta(seconds=there.reset)


async def test_one_sign_in_serves_many_lives(bench: Bench, there: FakeReddit) -> None:
    for _ in range(20):
        await bench.hears(connected(bench, there))
    assert there.signed_in == 1
    there.tokens.clear()
    await bench.hears(connected(bench, there))
    assert there.signed_in == 2


async def test_a_refresh_token_signs_in_too(bench: Bench, there: FakeReddit) -> None:
    secrets = {**SECRETS, "refresh_token": REFRESH}
    del secrets["password"]
    await bench.hears(connected(bench, there, secrets))
    assert there.signed_in == 1


async def test_other_secrets_sign_in_anew(bench: Bench, there: FakeReddit) -> None:
    await bench.hears(connected(bench, there))
    await bench.hears(connected(bench, there, {**SECRETS, "refresh_token": REFRESH}))
    assert there.signed_in == 2


async def test_a_changed_password_shuts_it_and_says_what_to_mend(bench: Bench, there: FakeReddit) -> None:
    await bench.hears(connected(bench, there))
    there.tokens.clear()
    there.password = "another"
    with pytest.raises(SourceShut, match="check the secrets") as shut:
        await bench.hears(connected(bench, there))
    assert "hunter2" not in str(shut.value)


@pytest.mark.parametrize(
    "fault", [Fault.ERROR, Fault.DROPPED, Fault.NONSENSE, Fault.WRONG_SHAPE, Fault.ENDLESS, Fault.CUT_SHORT]
)
@pytest.mark.parametrize("behind", [0, 3])
async def test_nonsense_is_said_and_nothing_is_lost(
    bench: Bench, there: FakeReddit, fault: Fault, behind: int
) -> None:
    there.posts("aa", "kettle 1")
    await bench.hears(connected(bench, there), batches=2)
    there.posts("bb", "kettle 2", at=bench.now + SECOND)
    source = connected(bench, there)
    there.faults.extend([*[None] * behind, fault, fault])
    with pytest.raises(SourceDown):
        await bench.hears(source, batches=4)
    there.faults.clear()
    await bench.hears(connected(bench, there), batches=2)
    assert [post for post, _ in bench.stored()] == ["t3_aa", "t3_bb"]


async def test_asked_for_patience_it_says_how_long(bench: Bench, there: FakeReddit) -> None:
    await bench.hears(connected(bench, there))
    there.faults.append(Fault.BUSY)
    with pytest.raises(SourceBusy) as busy:
        await bench.hears(connected(bench, there))
    assert busy.value.after == timedelta(seconds=77)


@pytest.mark.parametrize("missing", ["client_id", "client_secret", "password"])
def test_a_missing_secret_is_named(bench: Bench, there: FakeReddit, missing: str) -> None:
    with pytest.raises(SettingMissing, match=f"BATON_SOURCE_REDDIT__{missing.upper()}"):
        connected(bench, there, {name: one for name, one in SECRETS.items() if name != missing})


def test_words_go_together_as_far_as_a_query_holds() -> None:
    made = list(queries(["kettle & co", 'say "hi"', *(f"{'x' * 90}{number}" for number in range(9))]))
    assert made[0].startswith('"kettle & co" OR "say  hi " OR ')
    assert all(len(one) <= 512 for one in made) and len(made) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "name",
    "author",
    "body",
    "title",
    "selftext",
    "created_utc",
    "edited",
    "link_id",
    "parent_id",
    "permalink",
    "context",
    "locked",
    "archived",
    "subreddit",
    "url",
    "is_self",
    "removed_by_category",
]
GOOD = {"name": "t1_7", "author": "ann", "body": "kettle", "created_utc": 1_770_000_000.0, "edited": False}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), JSON), st.booleans())
def test_no_post_breaks_it_and_no_good_one_is_lost(strange: dict[str, Any], on_good: bool) -> None:
    plan = SourcePlan(name="reddit", kind=SourceKind.REDDIT, source="reddit")
    harmless = {name: one for name, one in strange.items() if name not in GOOD}
    is_gone(strange), words_of(strange)
    strange = {**GOOD, **harmless} if on_good else strange
    tools: Any = type("Tools", (), {"community_of": staticmethod(lambda **_: "x-kettle")})
    read = each("reddit", [strange, dict(GOOD)], lambda one: mention_of(one, plan, tools))
    assert read[-1].external_id == "t1_7" and len(read) >= 1 + on_good


@settings(max_examples=40, deadline=None)
@given(st.text() | JSON.map(repr))
def test_a_cursor_that_cannot_be_read_is_none(cursor: str) -> None:
    assert RedditPlace.of(cursor, MONDAY).watched == {}
