"""Triage of a file of mentions on paper: what would go where, and why. Nothing is stored or sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from bot.domain.mention import Author, Mention
from bot.policy.model import Policy
from bot.triage.rules import Triage, community_of, triage

Line: TypeAlias = Mention | str
"""One line of the file: the mention (`community` as the line names it, else ""), or why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mention with its community, and what triage says of it."""

    mention: Mention
    triage: Triage


@dataclass(slots=True)
class Trial:
    """What happened to a file: outcomes in its order, the lines that could not be read, and counts."""

    outcomes: list[Outcome] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    departments: Counter[str] = field(default_factory=Counter)
    priorities: Counter[str] = field(default_factory=Counter)
    communities: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    escalated: int = 0


def run(policy: Policy, lines: Iterable[Line]) -> Trial:
    """Triage of every line. Rules, departments and communities that got nothing count 0."""
    trial = Trial()
    trial.departments.update(dict.fromkeys(policy.departments, 0))
    trial.communities.update(dict.fromkeys(policy.communities, 0))
    trial.rules.update(dict.fromkeys((rule.name for rule in policy.rules), 0))
    for line in lines:
        if isinstance(line, str):
            trial.unread.append(line)
            continue
        home = community_of(policy, community=line.community or None, brand=line.brand, source=line.source)
        mention = replace(line, community=home)
        _note(trial, Outcome(mention, triage(policy, mention)))
    return trial


def _note(trial: Trial, outcome: Outcome) -> None:
    found = outcome.triage
    trial.outcomes.append(outcome)
    trial.departments[found.department] += 1
    trial.priorities[found.priority] += 1
    trial.communities[outcome.mention.community] += 1
    trial.rules.update(found.rules)
    trial.marks.update(found.marks)
    trial.escalated += found.escalate


def read_plainly(path: Path) -> Iterator[Line]:
    """The mentions of a JSON lines file, in either form of the contract, as far as triage needs them."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _read(number, line)


def _read(number: int, line: str) -> Line:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return f"line {number} is not JSON"
    if not isinstance(raw, dict):
        return f"line {number} is not a JSON object"
    text, source = raw.get("text"), raw.get("source")
    if not isinstance(text, str) or not isinstance(source, str):
        return f'line {number} has no "text" or no "source"'
    return Mention(
        id=number,
        source=source,
        external_id=str(raw.get("id", number)),
        community=_text(raw, "community") or "",
        received_at=datetime.now(UTC),
        created_at=datetime.now(UTC),
        author=_author(raw.get("author")),
        text=text,
        lang=_text(raw, "lang"),
        brand=_text(raw, "brand"),
    )


def _author(raw: object) -> Author:
    if not isinstance(raw, dict):
        return Author(handle=raw if isinstance(raw, str) else "")
    followers = raw.get("followers")
    return Author(
        handle=_text(raw, "handle") or "",
        name=_text(raw, "name"),
        bio=_text(raw, "bio"),
        followers=followers if isinstance(followers, int) else None,
    )


def _text(raw: Mapping[str, object], key: str) -> str | None:
    value = raw.get(key)
    return value if isinstance(value, str) else None
