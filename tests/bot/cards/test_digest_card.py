"""The digest: numbers with their change, a chart with its sentence, one line for a quiet day."""

from __future__ import annotations

from typing import Any

from bot.cards.card import Chart, Facts, Rows, Text
from bot.cards.digest import DigestView, Numbers, digest_card
from bot.cards.list import CaseRow

NOW = Numbers(
    opened=45, responded=41, in_time=38, resolved=30, missed=3, handed_in=2, handed_out=5, escalations=1
)
THEN = Numbers(opened=41, responded=40, in_time=40, resolved=33, missed=0, handed_in=2, handed_out=1)
LONG = CaseRow(number=1042, priority="P2", department="Support", said="My parcel")


def view(**more: Any) -> DigestView:
    known: dict[str, Any] = {
        "title": "Support · daily digest · Mon 2 Mar 2026",
        "period": "Fri 27 Feb 08:45 to Mon 2 Mar 08:45",
        "now": NOW,
        "then": THEN,
        "before": "Fri 20 Feb 08:45 to Mon 23 Feb 08:45",
        "bars": (("Fri 27 Feb", 10), ("Sat 28 Feb", 20), ("Sun 1 Mar", 15)),
    }
    return DigestView(**{**known, **more})


def facts(made: DigestView) -> dict[str, str]:
    found = [e for e in digest_card(made).elements if isinstance(e, Facts)]
    return dict(found[0].rows) if found else {}


def test_every_number_stands_beside_its_change() -> None:
    assert facts(view()) == {
        "Opened": "45 (+4)",
        "Answered in time": "38 of 41 (92 %) (-8 points)",
        "Resolved": "30 (-3)",
        "Dismissed": "0 (±0)",
        "Missed": "3 (+3)",
        "Handed over": "2 in, 5 out (±0, +4)",
        "Escalations": "1 (+1)",
    }


def test_no_answers_are_no_percentage() -> None:
    assert facts(view(now=Numbers(opened=1)))["Answered in time"] == "no answers"
    assert facts(view(then=Numbers()))["Answered in time"] == "38 of 41 (92 %)"


def test_the_chart_says_itself_in_a_sentence() -> None:
    (chart,) = [e for e in digest_card(view()).elements if isinstance(e, Chart)]
    assert chart.alt == "Busiest: Sat 28 Feb, with 20 of 45 cases opened."
    assert [(bar.label, bar.value, bar.strong) for bar in chart.bars] == [
        ("Fri 27 Feb", 10, False),
        ("Sat 28 Feb", 20, True),
        ("Sun 1 Mar", 15, False),
    ]


def test_a_quiet_time_takes_one_line() -> None:
    card = digest_card(view(now=Numbers(), bars=(("Mon", 0),)))
    assert [type(e) for e in card.elements] == [Text, Text]
    assert "A quiet time: nothing came in and nothing was missed." in card.summary


def test_a_quiet_time_still_says_who_waits() -> None:
    card = digest_card(view(now=Numbers(), waiting=(LONG,), waiting_total=12))
    said = [e.text for e in card.elements if isinstance(e, Text)]
    assert "A quiet time: nothing came in." in said
    assert "Waiting longest (12 cases without an answer)" in said
    assert [e for e in card.elements if isinstance(e, Rows)]


def test_a_page_over_several_departments_has_a_line_for_each() -> None:
    card = digest_card(view(parts=(("Support", NOW), ("Press", Numbers()))))
    rows = [e.rows for e in card.elements if isinstance(e, Facts)][1]
    assert rows == (
        ("Support", "45 opened, 38 of 41 (92 %) in time, 3 missed, 1 escalation"),
        ("Press", "quiet"),
    )


def test_the_summary_stands_alone() -> None:
    assert digest_card(view()).summary == (
        "Support · daily digest · Mon 2 Mar 2026: 45 opened, 38 of 41 (92 %) answered in time, 3 missed"
    )
