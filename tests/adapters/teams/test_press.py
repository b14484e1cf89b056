"""What a button carries, and what is made of data that comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.press import MOST_DATA, MOST_WORDS, Pressed, pack, read, size
from bot.cards.buttons import DeskWords
from bot.cards.card import Button, Choice, Input


def departments(count: int) -> tuple[tuple[str, str], ...]:
    return tuple((f"department-{n}", f"The department for matter {n * 7919}") for n in range(count))


@pytest.mark.parametrize("count", [1, 5, 60])
def test_a_button_comes_back_as_it_was(count: int) -> None:
    words = DeskWords(1042)
    made = [
        words.claim(),
        words.handoff(departments(count)),
        words.decline(True, departments(count)),
        words.escalate(),
        words.snooze(),
        words.resolve(),
        words.note(),
    ]
    for button in made:
        data = json.loads(json.dumps(pack(button)))
        assert size(data) <= MOST_DATA
        assert read(data) == Pressed(button.words, button.label, button.fields)


def test_what_teams_adds_is_left_alone() -> None:
    data = {**pack(Button(label="Claim", words="claim 1")), "msteams": {"type": "task/fetch"}, "field0": "x"}
    assert read(data) == Pressed("claim 1", "Claim")


def test_a_list_that_takes_too_much_room_is_typed() -> None:
    options = tuple((chr(0x4E00 + n) * 9, chr(0x5E00 + 7 * n) * 30) for n in range(400))
    few = Choice(name="on", label="On?", options=(("a", "A"),))
    note = Input(name="note", label="Note?", optional=True, long=True)
    button = Button(
        label="Hand off",
        words="handoff 1",
        fields=(few, Choice(name="d", label="To?", options=options), note),
    )
    first, second, third = read(pack(button)).fields
    assert (first, third) == (few, note)
    assert isinstance(second, Input) and (second.name, second.label, second.optional) == ("d", "To?", False)
    assert options[0][0] in second.hint
    assert all(isinstance(field, Input) for field in read(pack(button, most=1)).fields)


def test_words_too_long_for_a_button_are_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        pack(Button(label="Again", words="ü" * MOST_WORDS))


def test_a_long_label_is_cut() -> None:
    assert len(read(pack(Button(label="x" * 9_000, words="help"))).label) <= 151


_texts = st.text(max_size=100)
_fields = st.one_of(
    st.builds(Input, name=_texts, label=_texts, optional=st.booleans(), long=st.booleans(), hint=_texts),
    st.builds(
        Choice, name=_texts, label=_texts, options=st.lists(st.tuples(_texts, _texts), max_size=5).map(tuple)
    ),
)


@given(st.builds(Pressed, _texts, st.just("label"), st.lists(_fields, max_size=2).map(tuple)))
def test_anything_comes_back_but_what_nothing_can_hold(pressed: Pressed) -> None:
    data = pack(pressed)
    json.dumps(data, ensure_ascii=False).encode()
    again = read(data)
    assert again.words == pressed.words.replace("\x00", "") and len(again.fields) == len(pressed.fields)
    assert pack(again) == data


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"w": "claim 1"},
        {"w": 1, "l": "x"},
        {"w": None, "l": "x"},
        {"w": "x" * 9_000, "l": "x"},
        {"w": "claim\x00 1", "l": "x"},
        {"w": "claim\ud800 1", "l": "x"},
        {"w": "claim 1", "l": "x", "f": {}},
        {"w": "claim 1", "l": "x", "f": [{}]},
        {"w": "claim 1", "l": "x", "f": ["n"]},
        {"w": "claim 1", "l": "x", "f": [{"n": "a", "l": "b"}] * 11},
        {"w": "claim 1", "l": "x", "f": [{"n": "a", "l": "b", "o": [["a"]]}]},
        {"w": "claim 1", "l": "x", "f": [{"n": "a", "l": "b", "o": [[1, 2]]}]},
        {"w": "claim 1", "l": "x", "f": [{"n": "a", "l": "b", "o": ["ab"]}]},
        {"w": "claim 1", "l": "x", "f": [{"n": "a", "l": "b", "o": [["a", "A"]] * 1_001}]},
        {"w": "claim 1", "l": "x", "f": [{"n": "a", "l": "b", "h": 1}]},
    ],
)
def test_what_no_button_of_ours_carries_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no data"):
        read(data)


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("nlohw?"), inner)),
    max_leaves=9,
)


@given(st.fixed_dictionaries({"w": _json, "l": _json, "f": _json}))
def test_nothing_else_is_raised(data: dict[str, Any]) -> None:
    try:
        read(data)
    except ValueError:
        return
