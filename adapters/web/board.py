"""The board as HTML: real tables, and charts that say the same in words. Pure; every string is escaped."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from adapters.web.text import line
from bot.cards.board import NOBODY, BoardView, DepartmentView, shut_words
from bot.cards.digest_parts import GoalView

_WIDE, _TALL, _FOOT = 240, 56, 2
_COLUMNS: Final = (
    ("Unclaimed", "unclaimed"),
    ("Late", "late"),
    ("Oldest wait", "oldest"),
    ("Claimed", "claimed"),
    ("Escalations", "escalated"),
    ("Handoffs to answer", "offered"),
)
_LOUD: Final = frozenset({"late", "escalated"})


def board_html(view: BoardView) -> str:
    """Two sections: the departments, and the goals of the communities where there are any."""
    if not view.departments:
        return f'<p class="nothing">{escape(NOBODY)}</p>'
    shut = f'<p class="shut">{escape(line(said))}</p>' if (said := shut_words(view)) else ""
    return _departments(view) + shut + (_goals(view.goals) if view.goals else "")


def board_state(view: BoardView) -> dict[str, Any]:
    """What changed matters enough to be read out: late cases and escalations, by department."""
    return {line(each.title): {"late": each.late, "escalated": each.escalated} for each in view.departments}


def _departments(view: BoardView) -> str:
    heads = "".join(f'<th scope="col" role="columnheader">{label}</th>' for label, _ in _COLUMNS)
    rows = "".join(_row(each, view.day) for each in view.departments)
    return (
        '<section aria-labelledby="board-now"><h2 id="board-now" class="unseen">Departments now</h2>'
        '<table class="board" role="table" aria-labelledby="board-now"><thead role="rowgroup"><tr role="row">'
        f'<th scope="col" role="columnheader">Department</th>{heads}'
        '<th scope="col" role="columnheader">On call</th>'
        f'<th scope="col" role="columnheader">Arrivals today <span class="key">against last {escape(view.day)}</span>'
        f'</th></tr></thead><tbody role="rowgroup">{rows}</tbody></table></section>'
    )


def _row(of: DepartmentView, day: str) -> str:
    cells = "".join(_cell(label, name, getattr(of, name)) for label, name in _COLUMNS)
    on_call = escape(line(of.on_call)) or '<span class="none">nobody</span>'
    loud = ' class="loud"' if of.late or of.escalated else ""
    return (
        f'<tr role="row"{loud}><th scope="row" role="rowheader" dir="auto">{escape(line(of.title))}</th>{cells}'
        f'<td role="cell" class="who" data-label="On call"><bdi>{on_call}</bdi></td>'
        f'<td role="cell" class="day" data-label="Arrivals today">{_arrivals(of, day)}</td></tr>'
    )


def _cell(label: str, name: str, value: int | str) -> str:
    said = f"{value:,}" if isinstance(value, int) else escape(value)
    kind = "none" if not value else "alarm" if name in _LOUD else "some"
    shown = said if value else ("0" if isinstance(value, int) else "–")
    return f'<td role="cell" class="{name} {kind}" data-label="{label}">{shown}</td>'


def _arrivals(of: DepartmentView, day: str) -> str:
    """Bars for today, a stepped line for the same weekday a week ago, both of 24 hours."""
    today, then = (*of.today, *(0,) * (24 - len(of.today))), of.then
    top, step = max((*today, *then, 1)), _WIDE / max(len(today), len(then), 24)
    so_far = sum(then[: len(of.today)])
    said = f"{line(of.title)}: {sum(today):,} today until now, {so_far:,} until then last {day}"
    if sum(today):
        said += f"; busiest at {today.index(max(today)):02d}:00 with {max(today):,}"
    bars = "".join(
        f'<rect class="bar" x="{hour * step + 1:.1f}" y="{_TALL - tall:.1f}" width="{step - 2:.1f}" height="{tall:.1f}"/>'
        for hour, count in enumerate(today)
        if (tall := count / top * (_TALL - 2))
    )
    points = " ".join(
        f"{x:.1f},{_TALL - count / top * (_TALL - 2):.1f}"
        for hour, count in enumerate(then)
        for x in (hour * step, (hour + 1) * step)
    )
    line_ = f'<polyline class="then" points="{points}"/>' if sum(then) else ""
    return (
        f'<svg role="img" viewBox="0 0 {_WIDE} {_TALL + _FOOT}" preserveAspectRatio="none" aria-label="{escape(said)}">'
        f'<path class="floor" d="M0 {_TALL}.5H{_WIDE}"/>{bars}{line_}</svg>'
        f'<span class="sums" aria-hidden="true"><b>{sum(today):,}</b> / {so_far:,}</span>'
    )


def _goals(goals: tuple[GoalView, ...]) -> str:
    rows = "".join(map(_goal, goals))
    return (
        '<section aria-labelledby="board-goals"><h2 id="board-goals">Goals today</h2>'
        '<table class="goals" role="table" aria-labelledby="board-goals"><thead role="rowgroup"><tr role="row">'
        '<th scope="col" role="columnheader">Community</th><th scope="col" role="columnheader">Kept</th>'
        '<th scope="col" role="columnheader">Goal</th><th scope="col" role="columnheader">Cases</th></tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table></section>'
    )


def _goal(of: GoalView) -> str:
    state = {None: "none", True: "good", False: "bad"}[of.kept]
    word = {None: "nothing decided yet", True: "kept", False: "missed"}[of.kept]
    number = f"{of.percent} %" if of.decided else "–"
    still = f", {of.open:,} still {'has' if of.open == 1 else 'have'} time" if of.open else ""
    return (
        f'<tr role="row" class="{state}"><th scope="row" role="rowheader" dir="auto">{escape(line(of.community))}</th>'
        f'<td role="cell" class="kept" data-label="Kept"><b>{number}</b> <span class="word">{word}</span>'
        f"{_gauge(of.percent, of.wanted)}</td>"
        f'<td role="cell" data-label="Goal">{of.wanted} % {escape(line(of.goal))}</td>'
        f'<td role="cell" data-label="Cases">{of.reached:,} of {of.decided:,}{still}</td></tr>'
    )


def _gauge(kept: int, wanted: int) -> str:
    """The number beside it says the same, so it is for eyes only."""
    mark = min(99, wanted)
    return (
        '<svg class="gauge" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rail" width="100" height="8" rx="2"/><rect class="kept-bar" width="{kept}" height="8" rx="2"/>'
        f'<rect class="mark" x="{mark}" width="1" height="8"/></svg>'
    )
