"""[communities]: who interacts, who pays, who champions, and the goal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.domain.times.calendar import Span
from bot.policy.fields import Table
from bot.policy.model import Community, Goal, Measure, Publish

_GOAL: Final = Goal(measure=Measure.FIRST_RESPONSE_WITHIN, target=Span.parse("1h"), share=0.9)
_GOAL_HELP: Final = 'write goal = { measure = "first_response_within", target = "1h", share = 0.9 }'


def read_communities(table: Table) -> Mapping[str, Community]:
    if not table.raw:
        table.problems.mistake((), "there are no communities: write [communities.everywhere] and so on")
    return {name: _community(name, inner) for name, inner in table.named_tables()}


def _community(name: str, table: Table) -> Community:
    champion = table.needed("champion", "name the executive who stands up for this community, by e-mail")
    community = Community(
        name=name,
        title=table.text("title", name),
        interacts=_interacts(table),
        pays=_pays(table),
        champion=PersonId(champion.lower()),
        goal=_goal(table),
        deputies=table.people("deputies"),
        brands=table.texts("brands"),
        sources=table.texts("sources"),
        publish=_publish(table.table("publish")),
    )
    table.done()
    return community


def _interacts(table: Table) -> tuple[str, ...]:
    interacts = table.texts("interacts")
    if table.lacks("interacts"):
        table.missing("interacts", 'name the departments that answer here, as in interacts = ["support"]')
    return interacts


def _pays(table: Table) -> Mapping[str, int]:
    """Department to its share in percent; together 100."""
    inner = table.table("pays")
    pays = {name: inner.whole(name, 0, 1, 100) for name in inner.raw}
    total = sum(pays.values())
    if table.lacks("pays"):
        table.missing("pays", "say who pays, in percent, as in pays = { support = 60, marketing = 40 }")
    elif pays and all(pays.values()) and total != 100:
        table.problems.mistake(table.at("pays"), f"the shares add up to {total}: make them add up to 100")
    return pays


def _goal(table: Table) -> Goal:
    inner = table.table("goal")
    if table.lacks("goal"):
        table.missing("goal", f"a community needs one: {_GOAL_HELP}")
    if not inner.raw:
        return _GOAL
    for key in ("measure", "target", "share"):
        if not inner.has(key):
            inner.missing(key, _GOAL_HELP)
    goal = Goal(
        measure=inner.choice("measure", Measure) or _GOAL.measure,
        target=inner.span("target", _GOAL.target),
        share=inner.share("share", _GOAL.share),
    )
    inner.done()
    return goal


def _publish(table: Table) -> Publish:
    topics = table.table("topics")
    publish = Publish(
        alone=table.choices("alone", Priority),
        approver=table.text("approver", "lead").lower(),
        topics={name.casefold(): topics.text(name).lower() for name in topics.raw},
    )
    table.done()
    return publish
