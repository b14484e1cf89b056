"""`baton cases`: the open cases, most urgent first."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.config import Config, read_config
from bot.domain.case import Case
from bot.domain.parts import Consult, State
from bot.policy.model import Policy
from bot.policy.names import Spoken
from bot.ports import CaseFilter, Origin
from bot.wiring import connect


@click.command()
@click.option("--department", help="Only this department's.")
@click.option("--all", "everything", is_flag=True, help="Closed cases too.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line; its fields are stable.")
def cases(department: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """List cases, most urgent first."""
    config = read_config(os.environ)
    which = CaseFilter(
        departments=(department,) if department else None,
        states=tuple(State) if everything else (State.OPEN, State.CLAIMED),
    )
    policy, found, now = asyncio.run(_found(config, which, limit))
    if department and department not in policy.departments:
        raise click.ClickException(
            f"There is no department {department}. The policy has: {', '.join(policy.departments)}."
        )
    if as_json:
        for case in found:
            click.echo(json.dumps(case_json(case)))
        return
    Console().print(_table(found, Spoken(policy=policy, zone=policy.company.zone, now=now)))


async def _found(config: Config, which: CaseFilter, limit: int) -> tuple[Policy, Sequence[Case], Any]:
    async with connect(config) as desk, desk.store.work(Origin()) as work:
        return desk.policy, await work.cases.find(which, limit=limit), desk.store.clock.now()


def case_json(case: Case) -> dict[str, Any]:
    """The stable fields of a case; times are ISO 8601, UTC."""
    return {
        "case": case.id,
        "state": case.state.value,
        "department": case.department,
        "community": case.community,
        "priority": case.priority.value,
        "marks": list(case.marks),
        "owner": case.owner,
        "offered_to": case.offer.to if case.offer else None,
        "asked": [
            {"department": each.to, "by": each.by, "until": each.until.isoformat(), **_question(case, each)}
            for each in case.consults
        ],
        "escalating": case.escalating,
        "restricted_to": list(case.restricted_to),
        "mentions": case.mentions,
        "opened_at": case.opened_at.isoformat(),
        "first_response_due": case.service.first_due.isoformat(),
        "responded_at": case.service.responded_at.isoformat() if case.service.responded_at else None,
        "resolve_due": case.service.resolve_due.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "outcome": case.outcome,
        "tags": list(case.tags),
    }


def _question(case: Case, asked: Consult) -> dict[str, str]:
    """The words of a question; of a restricted case `baton show --restricted` tells them."""
    return {} if case.restricted_to else {"question": asked.question}


def _table(found: Sequence[Case], names: Spoken) -> Table:
    table = Table("case", "state", "priority", "department", "owner", "mentions", "first response due")
    for case in found:
        due = "answered" if case.service.responded_at else names.due(case.service.first_due)
        owner = names.person(case.owner) if case.owner else ""
        table.add_row(
            str(case.id), case.state.value, case.priority.value, names.department(case.department), owner,
            str(case.mentions), due,
        )  # fmt: skip
    return table
