"""Words that cannot be read: what the desk says, and what it offers to press."""

from __future__ import annotations

import pytest

from bot.domain.parts import WaitingFor
from bot.domain.refusals import Refusal
from bot.grammar.text import LONGEST
from tests.bot.grammar.speech import refused, typed

REFUSED: list[tuple[str, str, tuple[str, ...]]] = [
    ("calim 1042", "Did you mean `claim`?", ("claim 1042", "help")),
    ("calim 1042 \n for me", "Did you mean `claim`?", ("claim 1042 \n for me", "help")),
    ("esc 1042 now", "Did you mean `escalate`?", ("escalate 1042 now", "help")),
    ("xyzzy", "`help` lists all of them", ("help",)),
    ("claim", "Which case? Say `claim <case>`, such as `claim 1042`.", ()),
    ("claim foo", '"foo" is no case.', ()),
    ("show me 1042", '"me" is no case.', ("show 1042",)),
    ("handoff legal 1042", '"legal" is no case.', ("handoff 1042 legal",)),
    ("1042 claim", "Say the command first", ("claim 1042",)),
    ("1042 handoff legal please", "Say the command first", ("handoff 1042 legal please",)),
    ("claim 1042 1043", 'what to do with "1043"', ("claim 1042",)),
    ("snooze 1042 2h please", 'what to do with "please"', ("snooze 1042 2h",)),
    (
        "handoff 1042 legl please\nsee",
        'no department "legl". Did you mean Legal? The departments are Support, Press, Legal and Sales.',
        ("handoff 1042 legal please\nsee",),
    ),
    ("handoff 1042 to legl please", "Did you mean Legal?", ("handoff 1042 legal please",)),
    (
        "handoff 1042",
        "Which department?",
        ("handoff 1042 support", "handoff 1042 pr", "handoff 1042 legal", "handoff 1042 sales"),
    ),
    (
        "handoff 1042 please take it",
        "The departments are Support, Press, Legal and Sales.",
        ("handoff 1042 support please take it", "handoff 1042 pr please take it"),
    ),
    ("oncall zzz", "The departments are", ("oncall support", "oncall pr", "oncall legal", "oncall sales")),
    ("assign 1042", "Who? Say `assign <case> <person>`", ()),
    ("assign 1042 bne", "Did you mean Ben Okafor?", ("assign 1042 ben@kettle.example",)),
    (
        "assign 1042 moss",
        '"moss" is more than one person: did you mean Eli Moss or Finn Moss?',
        ("assign 1042 eli@agency.example", "assign 1042 finn@kettle.example"),
    ),
    ("priority 1042 urgent", "say P1, P2, P3 or P4", tuple(f"priority 1042 P{n}" for n in range(1, 5))),
    ("priority 1042", "How urgent is it", tuple(f"priority 1042 P{n}" for n in range(1, 5))),
    ("snooze 1042", "Until when?", ("snooze 1042 2h", "snooze 1042 tomorrow", "snooze 1042 monday")),
    ("snooze 1042 tomorow 9:00", "Did you mean `tomorrow 9:00`?", ("snooze 1042 tomorrow 9:00",)),
    ("snooze 1042 whenever", "is no moment that I understand", ()),
    (
        "snooze 1042 next friday 9:00",
        "can mean two days",
        ("snooze 1042 2026-03-06 9:00", "snooze 1042 2026-03-13 9:00"),
    ),
    ("snooze 1042 2026-03-01", "has passed", ()),
    ("wait 1042 custmer 2d", "say customer, department or approval", ("wait 1042 customer 2d",)),
    ("wait 1042 2d", "What does it wait for", tuple(f"wait 1042 {on} 2d" for on in WaitingFor)),
    ("oncall legl", "Did you mean Legal?", ("oncall legal",)),
    ("list legl", "Did you mean Legal?", ("list legal",)),
    ("list opne", "say mine, open, stale or escalated", ("list open",)),
    ("@ben @ana", "You named somebody", ("help",)),
    ("note 1042", "What should it say?", ()),
    ("note 1042 \u200b \u2060", "What should it say?", ()),
    ("x" * 10_000, "10,000 characters; one command takes 8,000", ()),
]


@pytest.mark.parametrize(("text", "sentence", "words"), REFUSED, ids=[text[:40] for text, _, _ in REFUSED])
def test_a_mistake_is_told_with_what_to_press(text: str, sentence: str, words: tuple[str, ...]) -> None:
    said, pressed = refused(text)
    assert sentence in said
    assert pressed[: len(words)] == words
    assert bool(pressed) == bool(words)


def test_pressing_a_suggestion_is_understood_or_asks_for_the_next_thing() -> None:
    for text, _, _ in REFUSED:
        for words in refused(text)[1]:
            try:
                typed(words)
            except Refusal as again:
                assert words not in again.suggestions(), f"{words} leads to itself"


def test_words_to_press_are_never_cut() -> None:
    long = "x" * 400
    assert refused(f"calim 1042 {long}")[1] == ("help",)
    assert typed(f"note 1042 {'y' * 7_000}") == ("note", 1042, "y" * 7_000)
    assert "8,000" in refused(f"note 1042 {'y' * LONGEST}")[0]


def test_talk_in_a_thread_is_offered_as_a_note() -> None:
    _, words = refused("@Baton thanks, I am on it", thread=1042)
    assert words[0] == "note 1042 thanks, I am on it"


def test_the_thread_s_case_stays_in_the_words_to_press() -> None:
    assert refused("handoff legl soon", thread=1042)[1] == ("handoff 1042 legal soon",)
    assert refused("snooze tomorrow 3 bags", thread=1042)[1] == ("snooze 1042 tomorrow",)
