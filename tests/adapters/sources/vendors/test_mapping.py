"""What a vendor's JSON becomes: places, fallbacks, times however they are written, and nonsense that loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sources.vendors import mapper
from adapters.sources.vendors.mapping import Mapper, moment, take
from bot.policy.vendors import wanted
from tests.adapters.sources.pushing import policy_with
from tests.desk import MONDAY

SHOP = """
[sources.shop]
kind = "webhook"
exclude_authors = ["@bot"]
[sources.shop.mapping]
items = "data.list"
only = { kind = ["review", "question"], live = true }
id = "id|ref.0"
text = ["title", "body|html"]
url = "link|=https://shop.example/{shop.name}/{id}"
created_at = "at"
author.handle = "who.nick|who"
author.followers = "who.fans"
lang = "lang|=en"
"""


@pytest.fixture(scope="module")
def shop() -> Mapper:
    return read_by(SHOP)


def read_by(source: str) -> Mapper:
    plan = policy_with(source).sources["shop"]
    found = mapper(plan, lambda *, community, brand, source: "everywhere")
    assert found is not None
    return found


def item(**changed: Any) -> dict[str, Any]:
    return {
        "kind": "review",
        "live": True,
        "id": 7,
        "body": "It leaks",
        "who": {"nick": "ana"},
        "at": 1772442000,
        **changed,
    }


def test_places_fallbacks_and_words(shop: Mapper) -> None:
    body = {
        "data": {
            "list": [
                item(title="Bad", shop={"name": "de"}),
                item(id=None, ref=["r1"], who="bob", body="", html="x"),
            ]
        }
    }
    first, second = shop.read(body, MONDAY).mentions
    assert (first.external_id, first.text, first.url) == ("7", "Bad\n\nIt leaks", "https://shop.example/de/7")
    assert (first.handle, first.lang, first.source) == ("ana", "en", "shop")
    assert first.created_at == MONDAY
    assert (second.external_id, second.handle, second.text, second.url) == ("r1", "bob", "x", None)


def test_what_is_none_of_ours_is_passed_over(shop: Mapper) -> None:
    body = {"data": {"list": [item(kind="like"), item(live=False), item(who="Bot"), item()]}}
    brought = shop.read(body, MONDAY)
    assert (len(brought.mentions), brought.passed_over, brought.rejected) == (1, 3, [])


def test_one_bad_item_does_not_lose_the_good_ones(shop: Mapper) -> None:
    body = {
        "data": {"list": [7, item(id=None), item(at="soon", who={"nick": "x" * 999, "fans": "many"}), None]}
    }
    brought = shop.read(body, MONDAY)
    assert [each.index for each in brought.rejected] == [0, 1, 3]
    (one,) = brought.mentions
    assert (one.created_at, one.followers, len(one.handle)) == (MONDAY, None, 200)


def test_a_very_long_id_is_kept_as_what_stands_for_it(shop: Mapper) -> None:
    (one,) = shop.read({"data": {"list": [item(id="https://x.example/" + "a" * 500)]}}, MONDAY).mentions
    assert one.external_id.startswith("sha256:")


@pytest.mark.parametrize(
    ("said", "zone", "form", "meant"),
    [
        ("2026-03-02T09:00:00Z", "UTC", "", "2026-03-02T09:00:00"),
        ("2026-03-02T10:00:00+01:00", "UTC", "", "2026-03-02T09:00:00"),
        ("2026-03-02 10:00:00", "Europe/Warsaw", "", "2026-03-02T09:00:00"),
        ("2026-07-02 11:00:00.000", "Europe/Warsaw", "", "2026-07-02T09:00:00"),
        ("2026-03-02 09:00:00 UTC", "Europe/Warsaw", "", "2026-03-02T09:00:00"),
        ("20260302", "UTC", "", "2026-03-02T00:00:00"),
        (1772442000, "UTC", "", "2026-03-02T09:00:00"),
        ("1772442000", "UTC", "", "2026-03-02T09:00:00"),
        (1772442000000, "UTC", "", "2026-03-02T09:00:00"),
        ("1772442000000", "UTC", "", "2026-03-02T09:00:00"),
        (1772442000.5, "UTC", "", "2026-03-02T09:00:00.500000"),
        ("Mon, 02 Mar 2026 10:00:00 +0100", "UTC", "", "2026-03-02T09:00:00"),
        ("02.03.2026 10:00", "Europe/Berlin", "%d.%m.%Y %H:%M", "2026-03-02T09:00:00"),
    ],
)
def test_times_however_they_are_written(said: object, zone: str, form: str, meant: str) -> None:
    assert moment(said, ZoneInfo(zone), form) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "said", [None, True, "", "soon", {}, float("nan"), 1e300, -1e18, "9" * 400, "0001-01-01"]
)
def test_no_time_at_all(said: object) -> None:
    assert moment(said, UTC) is None


def test_a_key_may_hold_dots() -> None:
    assert take({"a.b": {"c": 1}, "hub.id": "7"}, wanted("hub.id")) == "7"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*item(), "data", "list", "nick", "fans"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=200, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    anything,
    st.dictionaries(st.sampled_from(["title", "body", "link", "at", "who", "lang", "shop"]), anything),
    anything,
)
def test_a_good_one_among_nonsense_is_never_lost(shop: Mapper, before: Any, changed: Any, body: Any) -> None:
    brought = shop.read({"data": {"list": [before, {**item(), **changed, "id": "good"}, before]}}, MONDAY)
    assert "good" in [one.external_id for one in brought.mentions]
    shop.read(body, MONDAY)
