"""What a button carries, and what is made of a value that comes back."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.press import MOST_VALUE, Pressed, decode, encode, pack
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
        value = encode(button)
        assert len(value) <= MOST_VALUE and value.isascii() and not set("&<>") & set(value)
        assert decode(value) == Pressed(button.words, button.label, button.fields)


def test_a_list_that_fits_no_value_is_typed() -> None:
    options = tuple((chr(0x4E00 + n) * 9, chr(0x5E00 + 7 * n) * 30 + str(n * n)) for n in range(400))
    note = Input(name="note", label="Note?", optional=True, long=True)
    few = Choice(name="on", label="On?", options=(("a", "A"),))
    button = Button(
        label="Hand off",
        words="handoff 1",
        fields=(few, Choice(name="d", label="To?", options=options), note),
    )
    first, second, third = decode(encode(button)).fields
    assert (first, third) == (few, note)
    assert isinstance(second, Input) and (second.name, second.label, second.optional) == ("d", "To?", False)
    assert options[0][0] in second.hint


def test_words_that_fit_no_value_are_refused() -> None:
    words = "".join(chr(0x4E00 + n) for n in range(3_000))
    with pytest.raises(ValueError, match="too long"):
        encode(Button(label="Again", words=words))


def test_long_words_of_a_person_fit() -> None:
    words = "handoff 1042 legal " + "please look at this, it is about the contract of last spring. " * 40
    assert decode(encode(Button(label="x", words=words))).words == words


def test_a_long_label_is_cut() -> None:
    assert len(decode(encode(Button(label="x" * 9_000, words="help"))).label) <= 151


_texts = st.text(max_size=300)
_fields = st.one_of(
    st.builds(Input, name=_texts, label=_texts, optional=st.booleans(), long=st.booleans(), hint=_texts),
    st.builds(
        Choice, name=_texts, label=_texts, options=st.lists(st.tuples(_texts, _texts), max_size=5).map(tuple)
    ),
)


@given(st.builds(Pressed, _texts, st.just("label"), st.lists(_fields, max_size=2).map(tuple)))
def test_anything_that_fits_comes_back(pressed: Pressed) -> None:
    try:
        value = pack(pressed)
    except ValueError:
        return
    again = decode(value)
    assert len(value) <= MOST_VALUE and (again.words, again.label) == (pressed.words, pressed.label)
    assert pack(again) == value


def _packed(text: bytes) -> str:
    return "z" + base64.urlsafe_b64encode(zlib.compress(text)).decode()


@pytest.mark.parametrize(
    "value",
    [
        "",
        "claim 1042",
        "null",
        "[]",
        "{}",
        '{"w":"claim 1"}',
        '{"w":1,"l":"x"}',
        '{"w":"claim 1","l":"x","f":{}}',
        '{"w":"claim 1","l":"x","f":[{}]}',
        '{"w":"claim 1","l":"x","f":["n"]}',
        '{"w":"claim 1","l":"x","f":[{"n":"a","l":"b","o":[["a"]]}]}',
        '{"w":"claim 1","l":"x","f":[{"n":"a","l":"b","o":[[1,2]]}]}',
        '{"w":"claim 1","l":"x","f":[{"n":"a","l":"b","h":1}]}',
        "z",
        "z!!!",
        "zAAAA",
        "zü",
        _packed(b"\xff\xfe"),
        _packed(b"[" * 100_000),
        _packed(json.dumps({"w": "x" * 10_000_000, "l": "x"}).encode()),
        _packed(b'{"w":"claim 1","l":"x"}')[:-6],
    ],
)
def test_what_no_button_of_ours_carries_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="no value"):
        decode(value)


@given(st.text(max_size=200))
def test_nothing_else_is_raised(value: str) -> None:
    for each in (value, f"z{value}", f'{{"w":{value}'):
        try:
            decode(each)
        except ValueError:
            continue
