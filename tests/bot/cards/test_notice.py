"""Pages, notices and notes: what somebody is told, and the steps that follow."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cards.card import Facts, Text, Tone
from bot.cards.note import NoteView, note_card
from bot.cards.notice import NoticeView, notice_card
from bot.cards.page import PageView, page_card
from bot.cards.views import AlarmView, OfferView
from bot.domain.events import Kind
from bot.domain.parts import State
from tests.bot.cards.reading import HOSTILE, a_case, a_mention, strings, words

OFFER = OfferView(to="Legal", by="Ana", until="10:20")


def a_page(**more: object) -> PageView:
    known: dict[str, object] = {
        "number": 1042,
        "department": "Legal",
        "priority": "P1",
        "why": "a lawyer wrote",
        "by": "Baton",
        "mention": a_mention(),
        "due": "09:15",
        "before": "Ana 09:00",
    }
    return PageView(**{**known, **more})  # type: ignore[arg-type]


def test_a_page_says_why_and_offers_the_answers() -> None:
    card = page_card(a_page())
    assert card.tone is Tone.ALARM
    assert words(card) == ["ack 1042", "take 1042", "pass 1042", "show 1042"]
    assert "a lawyer wrote" in card.summary
    (facts,) = [e for e in card.elements if isinstance(e, Facts)]
    assert dict(facts.rows) == {"Owner": "nobody yet", "Due": "09:15", "Paged before": "Ana 09:00"}


def test_the_last_page_cannot_be_passed_on() -> None:
    assert "pass 1042" not in words(page_card(a_page(can_pass=False)))


def test_an_answered_page_says_by_whom_and_has_no_buttons() -> None:
    card = page_card(a_page(answered="Answered by Ana at 09:14 (acknowledged)"))
    assert card.tone is Tone.DONE
    assert words(card) == []
    assert card.elements[0] == Text(text="Answered by Ana at 09:14 (acknowledged)")


def test_a_hostile_page_stays_data() -> None:
    card = page_card(a_page(why=HOSTILE, mention=a_mention(HOSTILE)))
    assert not any("\x1b" in text or "\u202e" in text for text in strings(card))


def notice(kind: Kind, *, past: bool = False, **case: Any) -> NoticeView:
    return NoticeView(case=a_case(**case), kind=kind, sentence="Something happened.", past=past)


@pytest.mark.parametrize(
    ("kind", "case", "steps"),
    [
        (Kind.TAKEN, {"owner": "Ben"}, []),
        (Kind.LAPSED, {}, ["claim 1042"]),
        (Kind.RELEASED, {}, ["claim 1042"]),
        (Kind.LEASE_WARNED, {"owner": "Ana"}, ["extend 1042", "resolve 1042", "release 1042"]),
        (Kind.OFFERED, {"offer": OFFER}, ["accept 1042", "decline 1042"]),
        (Kind.OFFER_HALFWAY, {"offer": OFFER}, ["accept 1042", "decline 1042"]),
        (Kind.OFFER_HALFWAY, {}, []),
        (Kind.DECLINED, {"owner": "Ana"}, ["handoff 1042"]),
        (Kind.OFFER_EXPIRED, {}, ["claim 1042", "handoff 1042"]),
        (Kind.WOKEN, {"owner": "Ana"}, ["resolve 1042", "release 1042"]),
        (Kind.WOKEN, {}, ["claim 1042"]),
        (Kind.ASSIGNED, {"owner": "Ana"}, ["resolve 1042", "release 1042"]),
        (Kind.SLA_WARNED, {"owner": "Ana"}, ["wait 1042", "escalate 1042"]),
        (Kind.SLA_MISSED, {}, ["claim 1042", "escalate 1042"]),
        (Kind.UNDELIVERED, {}, []),
        (Kind.ESCALATION_EXHAUSTED, {"alarm": AlarmView(why="x", by="y")}, ["ack 1042", "take 1042"]),
        (Kind.JOINED, {"owner": "Ana"}, []),
        (Kind.NOTED, {"owner": "Ana"}, []),
    ],
)
def test_each_kind_offers_its_next_step(kind: Kind, case: dict[str, Any], steps: list[str]) -> None:
    card = notice_card(notice(kind, **case))
    assert words(card) == [*steps, "show 1042"]
    assert card.summary == "1042: Something happened."


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_past_asks_for_nothing(kind: Kind) -> None:
    past = notice_card(notice(kind, past=True))
    assert words(past) == ["show 1042"]
    assert past.tone is Tone.NEUTRAL
    closed = notice_card(notice(kind, state=State.RESOLVED))
    assert words(closed) == ["show 1042"]


def test_a_reader_sees_only_the_steps_that_are_theirs() -> None:
    card = notice_card(notice(Kind.SLA_MISSED, verbs=frozenset({"escalate", "show"})))
    assert words(card) == ["escalate 1042", "show 1042"]


def test_who_cannot_be_reached_is_shown_with_other_ways() -> None:
    view = NoticeView(
        case=a_case(), kind=Kind.UNDELIVERED, sentence="x.", contacts=(("Phone", "+44 1"), ("E-mail", "d@x"))
    )
    (facts,) = [e for e in notice_card(view).elements if isinstance(e, Facts)]
    assert facts.rows == (("Phone", "+44 1"), ("E-mail", "d@x"))


def test_a_note_says_who_when_and_what() -> None:
    card = note_card(NoteView(number=1042, by="Ana", at="09:12", text="rang them\ncall back at 3"))
    assert [e.text for e in card.elements if isinstance(e, Text)] == [
        "Ana · 09:12",
        "rang them\ncall back at 3",
    ]
    assert card.summary == "Ana on 1042: rang them call back at 3"


def test_an_edited_note_says_so() -> None:
    card = note_card(NoteView(number=1042, by="Ana", at="09:12", text="rang them", edited=True))
    assert [e.text for e in card.elements if isinstance(e, Text)] == ["Ana · 09:12 · edited", "rang them"]


def test_of_a_note_that_was_taken_back_only_that_is_left() -> None:
    card = note_card(NoteView(number=1042, by="Ana", at="09:12", text=None, edited=True))
    assert [e.text for e in card.elements if isinstance(e, Text)] == ["(Ana took this note back.)"]
    assert card.summary == "(Ana took this note back.)"


def test_a_page_whose_reason_is_not_known_any_more_leaves_it_out() -> None:
    card = page_card(a_page(answered="It is over.", why=""))
    assert [e.text for e in card.elements if isinstance(e, Text)] == ["It is over."]
