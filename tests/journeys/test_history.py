"""The history checker tells what one order explains from what none does."""

from __future__ import annotations

import pytest

from tests.journeys.history import Act, State, explained


def act(words: str, begun: float, ended: float, done: bool | None = True) -> Act:
    who, verb = words.split()
    return Act(who=who, verb=verb, begun=begun, ended=ended, done=done)


@pytest.mark.parametrize(
    ("acts", "good"),
    [
        ([act("ben claim", 0, 2), act("hana claim", 1, 3, False)], True),
        ([act("ben claim", 0, 2, False), act("hana claim", 1, 3)], True),
        ([act("ben claim", 0, 2), act("hana claim", 1, 3)], False),
        ([act("ben claim", 0, 2, False), act("hana claim", 3, 4)], False),
        ([act("ben claim", 0, 1), act("ben release", 2, 3), act("hana claim", 0, 9)], True),
        ([act("ben claim", 0, 1), act("hana claim", 2, 3), act("ben release", 4, 5)], False),
        ([act("ben claim", 0, 1, None), act("hana claim", 2, 3, False)], True),
        ([act("ben claim", 0, 1, None), act("hana claim", 2, 3)], True),
        ([act("ben claim", 0, 1), act("ben handoff", 2, 3), act("cleo accept", 2, 4)], True),
        ([act("ben claim", 0, 1), act("cleo accept", 2, 4)], False),
        ([act("ben claim", 0, 1), act("ben handoff", 2, 5), act("hana take", 3, 5), act("cleo accept", 6, 7)], False),
        ([act("ben claim", 0, 1), act("ben handoff", 2, 3), act("hana take", 4, 5), act("cleo accept", 6, 7)], False),
    ],
)  # fmt: skip
def test_what_one_order_explains(acts: list[Act], good: bool) -> None:
    assert explained(acts, start=State()) is good


def test_the_end_has_to_be_explained_too() -> None:
    acts = [act("ben claim", 0, 2), act("hana take", 1, 3)]
    assert explained(acts, start=State(), end=State(owner="hana"))
    assert not explained(acts, start=State(), end=State(owner=None))


def test_many_acts_at_once_are_searched_quickly() -> None:
    acts = [
        act(f"{who} {verb}", 0, 9, None)
        for who in ("ben", "hana")
        for verb in ("take", "release", "claim") * 3
    ]
    assert not explained(acts, start=State(), end=State(owner="cleo"))
