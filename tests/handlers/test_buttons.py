"""Pressing says what typing says: the words of every button, with its values, are read by the grammar."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cards.card import Button, Card, Choice
from bot.cards.case import case_card
from bot.cards.home import HomeView, home_card
from bot.cards.list import CaseRow, ListView, list_card
from bot.cards.notice import NoticeView, notice_card
from bot.cards.page import PageView, page_card
from bot.cards.views import AlarmView, OfferView
from bot.domain.events import Kind
from bot.domain.parts import State
from bot.grammar.parser import Grammar
from bot.grammar.slots import Setting
from bot.ports import Place
from handlers import all_routes
from tests.bot.cards.reading import a_case, buttons
from tests.desk import MONDAY, test_policy

POLICY = test_policy()
OFFER = OfferView(to="Legal", by="Ana", until="10:20", needs_other=True, others=(("pr", "Press"),))
ALARM = AlarmView(why="x", by="Baton")
CASES: tuple[dict[str, Any], ...] = (
    {},
    {"owner": "Ana", "lease_warned": True},
    {"owner": "Ana", "alarm": ALARM},
    {"alarm": ALARM},
    {"owner": "Ana", "offer": OFFER},
    {"offer": OFFER, "holds": False, "receives": True},
    {"state": State.RESOLVED},
    {"holds": False},
)
ROW = CaseRow(number=1042, priority="P2", department="Support", claimable=True)


def cards() -> list[Card]:
    notices = [
        notice_card(NoticeView(case=a_case(**case), kind=kind, sentence="x."))
        for case in CASES
        for kind in Kind
    ]
    page = PageView(number=1042, department="Legal", priority="P1", why="x", by="Baton")
    more = list_card(
        ListView(title="x", rows=(ROW,), total=99, more="list open 2", try_next=("next", "list mine"))
    )
    return [
        *(case_card(a_case(**case)) for case in CASES),
        *notices,
        page_card(page),
        more,
        home_card(HomeView(name="x")),
    ]


def said(button: Button) -> list[str]:
    """What it says for each pick of its first choice, and without what may be left out."""
    first = [""]
    for field in button.fields:
        if isinstance(field, Choice):
            first = [f"{start} {value}" for start in first for value, _ in field.options]
        elif not field.optional:
            first = [f"{start} because of <@U1>, “quotes” and\nlines" for start in first]
    return [f"{button.words}{rest}" for rest in first]


WORDS = sorted(
    {words for card in cards() for b in buttons(card) if isinstance(b, Button) for words in said(b)}
)


@pytest.mark.parametrize("words", WORDS)
def test_the_grammar_reads_what_a_button_says(words: str) -> None:
    person = POLICY.people[next(iter(POLICY.people))]
    place = Place(platform="web", conversation="support", department="support")
    setting = Setting(policy=POLICY, person=person, place=place, now=MONDAY, zone=person.zone)
    verb, arguments = Grammar(all_routes().verbs.values()).read(words, setting)
    assert verb.name == words.split()[0]
    if "1042" in words.split():
        assert arguments[0] == 1042
