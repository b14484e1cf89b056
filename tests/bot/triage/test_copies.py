"""Near-copies: what counts as the same words, and what an index finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.mention import Author, Mention
from bot.ports import Lead
from bot.triage.copies import ALIKE, Index, is_repost, plain, print_of, said_at, together

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DOWN = "The checkout is down again, I cannot pay for my order"


def lead(number: int, text: str = DOWN, at: datetime = AT, changed: datetime = AT) -> Lead:
    return Lead(
        mention=number,
        community="x",
        case_id=1000 + number,
        department="support",
        kind="",
        said_at=at,
        last_at=at,
        changed_at=changed,
        text=text,
    )


def mention(number: int, text: str) -> Mention:
    return Mention(
        id=number,
        source="x",
        external_id=f"m{number}",
        community="x",
        received_at=AT,
        created_at=AT,
        author=Author(handle="sally"),
        text=text,
    )


def found(index: Index, text: str, at: datetime = AT) -> list[int]:
    known = print_of(text)
    assert known is not None
    return [near.lead.mention for near in index.near(known, at, HOUR)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("RT @ana_k: It is DOWN  https://t.co/x1 @shop", "it is down"),
        ("Order 4711 is late", "order is late"),
        ("see www.shop.example/1?x=2 now", "see now"),
        ("@shop.co 12 https://x.example", ""),
        ("write to me@shop.example", "write to me"),
    ],
)
def test_what_differs_between_copies_is_gone(text: str, words: str) -> None:
    assert plain(text) == words


@given(st.text(max_size=200))
def test_plain_words_are_plain_already(text: str) -> None:
    assert not any(char.isdecimal() for char in plain(text))
    assert plain(text) == " ".join(plain(text).split())


@given(
    st.text(alphabet="abcdefghij ", min_size=12, max_size=120),
    st.integers(0, 10**9),
    st.text("xyz", min_size=1),
)
def test_links_handles_digits_and_reposts_never_matter(text: str, number: int, name: str) -> None:
    other = print_of(f"RT @{name}: {text} {number} @{name} https://{name}.example/{number}")
    mine = print_of(text)
    assert (mine is None) == (other is None)
    assert mine is None or other is None or (mine.exact == other.exact and mine.like(other) == 1.0)


@pytest.mark.parametrize("text", ["", "Thank you!", "@shop https://t.co/1 12345", "so 👍👍👍"])
def test_too_few_words_say_nothing(text: str) -> None:
    assert print_of(text) is None


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("RT @a: so true", True),
        ("“RT @a so true", True),
        ("rt @a_b.c: so true", True),
        ("@a RT this please", False),
        ("Retweet @a", False),
        ("ART @museum", False),
    ],
)
def test_a_repost_says_so_itself(text: str, shared: bool) -> None:
    assert is_repost(text) is shared


def test_near_copies_are_found_and_other_words_are_not() -> None:
    index = Index()
    index.put(lead(1))
    index.put(lead(2, "My kettle arrived broken and nobody answers the phone"))
    assert found(index, "The checkout is down AGAIN!! I can not pay for my order 7") == [1]
    assert found(index, "Where do you ship your lovely teapots to?") == []
    (near,) = index.near(print_of(DOWN), AT, HOUR)  # type: ignore[arg-type]
    assert near.exact and near.like == 1.0 >= ALIKE


def test_the_window_reaches_from_the_first_to_after_the_last() -> None:
    index = Index()
    index.put(lead(1))
    assert found(index, DOWN, AT + HOUR) == [1] == found(index, DOWN, AT - HOUR)
    assert found(index, DOWN, AT + HOUR + timedelta(seconds=1)) == []
    index.put(replace(lead(1, ""), last_at=AT + HOUR))
    assert found(index, DOWN, AT + 2 * HOUR) == [1]
    assert len(index) == 1


def test_what_is_forgotten_is_found_no_more_and_leaves_nothing() -> None:
    index = Index()
    index.put(lead(1, changed=AT))
    index.put(lead(2, changed=AT + HOUR))
    index.forget(AT + HOUR)
    assert found(index, DOWN) == [2]
    index.forget(AT + 2 * HOUR)
    assert (len(index), index._bands) == (0, {})


def test_an_index_is_bounded_and_keeps_the_newest() -> None:
    index = Index(most=10)
    for number in range(30):
        index.put(lead(number, f"{DOWN} {'abcdefghij'[number % 10] * 20}"))
    assert len(index) == 10
    assert min(found(index, DOWN)) >= 20


def test_the_first_one_said_comes_first() -> None:
    index = Index()
    index.put(lead(1, at=AT + HOUR))
    index.put(lead(2, at=AT))
    assert found(index, DOWN, AT + HOUR) == [2, 1]


def test_near_copies_of_one_batch_share_a_key() -> None:
    index = Index()
    index.put(lead(1))
    batch = [
        mention(5, DOWN),
        mention(6, "Where do you ship your teapots?"),
        mention(7, f"{DOWN} 8"),
        mention(8, "ok"),
    ]
    keys = together(batch, index, HOUR)
    assert set(keys[5]) & set(keys[7])
    assert not set(keys[6]) & set(keys[5])
    assert 8 not in keys
    assert "copies:1" in keys[5] and "copies:1" in keys[7]


def test_a_clock_that_runs_ahead_is_not_believed() -> None:
    early = mention(1, DOWN)
    assert said_at(early) == AT
    assert said_at(replace(early, created_at=AT + HOUR)) == AT
