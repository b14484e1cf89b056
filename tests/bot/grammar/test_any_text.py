"""Whatever is typed, the grammar understands it or refuses it: nothing else ever comes out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.refusals import Refusal
from bot.grammar import parse_day, parse_when
from bot.grammar.text import clean, words_of
from bot.policy.names import Spoken
from tests.bot.grammar.speech import GRAMMAR, NOW, POLICY, ROUTES, setting, typed

NAMES = Spoken(policy=POLICY, zone=POLICY.company.zone, now=NOW)
ZONES = st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
SAID = [
    "1042",
    "#7",
    "legal",
    "me",
    "@ben",
    "P1",
    "customer",
    "fixed",
    "tomorrow",
    "9:00",
    "2h",
    "14.3.",
    "in",
    "next",
    "friday",
    "to",
    "case",
    "\u200b",
    "\x00",
    "—",
    "?",
    "９",
    "it",
    "31",
    "february",
    "1e9",
    "a",
]
PIECES = st.sampled_from([*ROUTES.verbs, *SAID, "\n"])
SPEECH = st.one_of(
    st.text(), st.lists(PIECES, max_size=8).map(" ".join), st.lists(PIECES, max_size=4).map("".join)
)


def answered(text: str, thread: int | None) -> None:
    try:
        GRAMMAR.read(text, setting(thread=thread))
    except Refusal as refusal:
        assert refusal.sentence(NAMES)
        assert all(refusal.suggestions())


@settings(max_examples=400, deadline=None)
@given(SPEECH, st.sampled_from([None, 7, 1042]))
def test_any_text_is_understood_or_refused(text: str, thread: int | None) -> None:
    answered(text, thread)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(ROUTES.verbs)), SPEECH, st.sampled_from([None, 1042]))
def test_any_text_after_a_verb_is_understood_or_refused(verb: str, text: str, thread: int | None) -> None:
    answered(f"{verb} 1042 {text}", thread)
    answered(f"{verb} {text}", thread)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=300).map(lambda text: clean(text).strip()).filter(words_of))
def test_a_note_is_kept_as_it_was_typed(text: str) -> None:
    assert typed(f"note 1042 {text}") == ("note", 1042, text)


@settings(max_examples=300, deadline=None)
@given(
    SPEECH,
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    ZONES.map(ZoneInfo),
)
def test_any_moment_is_ahead_and_near_or_refused(text: str, now: datetime, zone: ZoneInfo) -> None:
    parse_day(text, now, zone)
    try:
        found = parse_when(text, now, zone)
    except Refusal as refusal:
        assert refusal.sentence(NAMES)
    else:
        assert timedelta(0) < found - now <= timedelta(days=731)
