"""[escalations]: who is paged, in which order, after how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.domain.parts import Priority
from bot.domain.people import PersonId
from bot.domain.times.calendar import Span, SpanKind
from bot.policy.duty import CHAMPION, DEPUTIES, DUTY, LEAD
from bot.policy.fields import Table
from bot.policy.model import EscalationPolicy, Step

STANDARD, CALM = "standard", "calm"


def _minutes(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


_STEPS: Final[Mapping[str, tuple[Step, ...]]] = {
    STANDARD: (
        Step(page=DUTY, wait=_minutes(5)),
        Step(page=LEAD, wait=_minutes(5)),
        Step(page=CHAMPION, wait=_minutes(10)),
        Step(page=DEPUTIES, wait=_minutes(10)),
    ),
    CALM: (Step(page=DUTY, wait=_minutes(30)), Step(page=LEAD, wait=_minutes(60)), Step(page=CHAMPION)),
}
"""The steps of these two when a policy leaves `steps` out."""


def read_escalations(table: Table) -> Mapping[str, EscalationPolicy]:
    """The escalations by name. "calm", when left out, is the usual one with the fallback of "standard"."""
    found = {name: _escalation(name, inner) for name, inner in table.named_tables()}
    if CALM not in found and STANDARD in found:
        found[CALM] = EscalationPolicy(name=CALM, steps=_STEPS[CALM], fallback=found[STANDARD].fallback)
    return found


def _escalation(name: str, table: Table) -> EscalationPolicy:
    usual = _STEPS.get(name, ())
    steps = tuple(_step(inner) for inner in table.tables("steps")) if table.has("steps") else usual
    if not steps and table.lacks("steps"):
        table.missing("steps", f'write [[escalations.{name}.steps]] with page = "duty" and so on')
    fallback = table.needed("fallback", "name the person who is paged when a step finds nobody, by e-mail")
    escalation = EscalationPolicy(
        name=name,
        steps=steps,
        fallback=PersonId(fallback.lower()),
        repeat=table.whole("repeat", 1 if name == STANDARD else 0, 0, 100),
    )
    table.done()
    return escalation


def _step(table: Table) -> Step:
    page = table.needed("page", 'write "duty", "lead", "champion", "deputies" or an e-mail')
    wakes = table.choices("wakes", Priority) if table.has("wakes") else frozenset({Priority.P1})
    wait = table.parsed("wait", _wait, None)
    also = table.texts("also", one=True)
    table.done()
    return Step(page=page.lower(), wait=wait, wakes=wakes, also=also)


def _wait(text: str) -> timedelta:
    span = Span.parse(text)
    if span.kind is not SpanKind.WALL:
        raise ValueError(f'"{text}" is working time, which a page cannot wait in: write "10m" or "1h"')
    return span.elapsed
