"""The board as HTML: everything escaped, numbers in real tables, charts in words too."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from adapters.web.board import board_html, board_state
from bot.cards.board import BoardView, DepartmentView
from bot.cards.digest_parts import GoalView

SUPPORT = DepartmentView(
    name="support",
    title="<b>Support</b> & co",
    unclaimed=1_204,
    late=3,
    oldest="2 h 5 min",
    on_call="Ana <Ruiz>",
    today=(0, 2, 5),
    then=(1, 1, 1, *(4,) * 21),
)
GOAL = GoalView(
    community="X <3",
    goal="first response within 1 hour",
    wanted=90,
    percent=80,
    reached=4,
    decided=5,
    kept=False,
    open=1,
)
VIEW = BoardView(departments=(SUPPORT,), goals=(GOAL,), at="09:00", day="Monday")


def texts(view: BoardView) -> str:
    """All text of it; ParseError when it is not well formed."""
    return " ".join(" ".join(ElementTree.fromstring(f"<main>{board_html(view)}</main>").itertext()).split())


def test_strangers_words_and_ours_are_only_text() -> None:
    said = texts(VIEW)
    assert "<b>Support</b> & co" in said
    assert "Ana <Ruiz>" in said
    assert "X <3" in said


def test_the_chart_says_the_same_in_words() -> None:
    assert "7 today until now, 3 until then last Monday; busiest at 02:00 with 5" in board_html(VIEW)
    assert "1,204" in texts(VIEW)
    assert "80 % missed" in texts(VIEW)
    assert "4 of 5, 1 still has time" in texts(VIEW)


def test_a_quiet_night_is_drawn_too() -> None:
    quiet = replace(SUPPORT, unclaimed=0, late=0, oldest="", on_call="", today=(0,), then=(0,) * 24)
    view = BoardView(departments=(quiet,), goals=(replace(GOAL, kept=None, decided=0),), day="Monday")
    assert "nobody" in texts(view)
    assert "nothing decided yet" in texts(view)
    assert 'class="loud"' not in board_html(view)


def test_what_got_worse_can_be_told() -> None:
    assert board_state(VIEW) == {"<b>Support</b> & co": {"late": 3, "escalated": 0}}
