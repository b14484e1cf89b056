"""What YouTube says of a comment, whatever it says."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.fitting import each
from adapters.sources.youtube.place import YouTubePlace
from adapters.sources.youtube.reading import thread_of
from adapters.sources.youtube.session import Quota
from bot.policy.model import SourceKind, SourcePlan
from tests.desk import MONDAY

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "authorDisplayName",
    "authorChannelId",
    "textDisplay",
    "textOriginal",
    "publishedAt",
    "updatedAt",
    "videoId",
    "parentId",
]
COMMENT = {
    "id": "T7",
    "snippet": {"authorDisplayName": "@ann", "textDisplay": "x", "publishedAt": "2026-03-02T09:00:00Z"},
}
STRANGE = st.dictionaries(st.sampled_from(NAMES), JSON)


@settings(max_examples=40, deadline=None)
@given(
    STRANGE, JSON, st.lists(JSON | STRANGE.map(lambda one: {"id": "T7.a", "snippet": one}), max_size=3), JSON
)
def test_no_thread_breaks_it_and_no_good_one_is_lost(top: Any, total: Any, answers: Any, can: Any) -> None:
    plan = SourcePlan(name="youtube", kind=SourceKind.YOUTUBE, source="youtube")
    tools: Any = type("Tools", (), {"community_of": staticmethod(lambda **_: "x-kettle")})
    more = {"totalReplyCount": total, "canReply": can}
    bad = {
        "snippet": {"topLevelComment": {"id": "T1", "snippet": top}, **more},
        "replies": {"comments": answers},
    }
    good = {
        "snippet": {"topLevelComment": COMMENT, **more},
        "replies": {"comments": [*answers, {**COMMENT, "id": "T7.z"}]},
    }
    read = each("youtube", [bad, good], lambda one: thread_of(one, plan, tools))
    assert read[-1].id == "T7" and read[-1].comments[-1].external_id == "T7.z"


@settings(max_examples=40, deadline=None)
@given(st.text() | JSON.map(repr))
def test_a_cursor_that_cannot_be_read_is_none(cursor: str) -> None:
    assert YouTubePlace.of(cursor, MONDAY, Quota(1, date(2026, 3, 2))).watched == {}
