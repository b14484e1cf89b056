"""How a trial reads: as text with tables, or as one JSON document."""

from __future__ import annotations

import json
from collections import Counter

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli.policy_trial import Outcome, Trial
from bot.policy.problems import short

_MOST_UNREAD = 10


def show_text(trial: Trial) -> None:
    """Each mention in two lines, then how many went where."""
    for outcome in trial.outcomes:
        found = outcome.triage
        text = short(" ".join(outcome.mention.text.split()), 90)
        click.echo(
            f"{found.priority} {found.department:<12} {short(outcome.mention.external_id, 24)}  {text}"
        )
        click.echo("".join(f"      {short(reason, 200)}\n" for reason in found.reasons), nl=False)
    console = Console(soft_wrap=True, highlight=False)
    total = len(trial.outcomes)
    console.print(
        f"\n{total:,} mentions, {trial.escalated:,} of them would start an escalation.", style="bold"
    )
    for title, counts in _counts(trial).items():
        if counts:
            console.print(_table(title, counts, total))
    for reason in trial.unread[:_MOST_UNREAD]:
        click.echo(f"not read: {short(reason, 200)}")
    if len(trial.unread) > _MOST_UNREAD:
        click.echo(f"not read: {len(trial.unread) - _MOST_UNREAD} more lines")


def show_json(trial: Trial) -> None:
    """{"mentions": [...], "unread": [...], "summary": {...}}; the keys are stable."""
    summary: dict[str, object] = {
        "mentions": len(trial.outcomes),
        "unread": len(trial.unread),
        "escalated": trial.escalated,
        "departments": dict(trial.departments),
        "priorities": dict(trial.priorities),
        "communities": dict(trial.communities),
        "rules": dict(trial.rules),
        "marks": dict(trial.marks),
    }
    mentions = [_as_json(outcome) for outcome in trial.outcomes]
    click.echo(json.dumps({"mentions": mentions, "unread": trial.unread, "summary": summary}, indent=2))


def _as_json(outcome: Outcome) -> dict[str, object]:
    mention, found = outcome.mention, outcome.triage
    return {
        "id": mention.external_id,
        "source": mention.source,
        "community": mention.community,
        "department": found.department,
        "priority": found.priority,
        "marks": sorted(found.marks),
        "escalate": found.escalate,
        "rules": list(found.rules),
        "reasons": list(found.reasons),
    }


def _counts(trial: Trial) -> dict[str, list[tuple[str, int]]]:
    """Rules in the order of the policy, priorities by urgency, the rest by number."""
    return {
        "Department": _most(trial.departments),
        "Priority": sorted(trial.priorities.items()),
        "Community": _most(trial.communities),
        "Rule that held": list(trial.rules.items()),
        "Mark": _most(trial.marks),
    }


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return counts.most_common()


def _table(title: str, counts: list[tuple[str, int]], total: int) -> Table:
    table = Table(title, box=SIMPLE_HEAD, title_justify="left")
    table.add_column("Mentions", justify="right")
    table.add_column("Share", justify="right")
    for name, number in counts:
        style = None if number else "dim"
        table.add_row(escape(short(name)), f"{number:,}", _share(number, total), style=style)
    return table


def _share(number: int, total: int) -> str:
    """In per cent; something is never shown as nothing."""
    return "<0.1%" if 0 < number < total / 1000 else f"{number / (total or 1):.1%}"
