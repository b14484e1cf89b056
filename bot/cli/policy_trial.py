"""Triage of a file of mentions on paper: what would go where, and why. Nothing is stored or sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from adapters.sources.mention_file import lines_of
from adapters.sources.mention_json import MentionReader, decode
from adapters.sources.storable import BadMention
from adapters.sources.vendors import mapper
from bot.domain.mention import Author, Mention
from bot.policy.model import Policy
from bot.ports import Incoming
from bot.triage.rules import Triage, community_of, triage

Line: TypeAlias = Mention | str
"""One line of the file: the mention, or why it cannot be read."""


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
        _note(trial, Outcome(line, triage(policy, line)))
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


def lines_to_try(policy: Policy, path: Path) -> Iterator[Line]:
    """The mentions of a JSON lines file, read exactly as intake reads them. Raises OSError."""
    for line in lines_of(path, MentionReader(partial(community_of, policy))):
        if line.mention is None:
            yield f"line {line.number}: {line.reason}"
        else:
            yield _as_mention(line.number, line.mention)


def payloads_to_try(policy: Policy, path: Path, source: str) -> Iterator[Line]:
    """The mentions in what the vendor of that source sends: one JSON document, or one on each line. Raises OSError, and
    KeyError where the policy has no such source or no mapping for it."""
    read = mapper(policy.sources[source], partial(community_of, policy))
    if read is None:
        raise KeyError(source)
    number = 0
    for where, body in _documents(path.read_bytes()):
        try:
            value, _ = decode(body)
        except BadMention as bad:
            yield f"{where}: {bad.reason}"
            continue
        brought = read.read(value, datetime.now(UTC))
        yield from (f"{where}, item {each.index + 1}: {each.reason}" for each in brought.rejected)
        yield from (f"{where}: the post {gone.external_id} is deleted" for gone in brought.removed)
        if brought.passed_over:
            yield f"{where}: {brought.passed_over} none of ours, by `only` or what is excluded"
        for mention in brought.mentions:
            number += 1
            yield _as_mention(number, mention)


def _documents(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The whole, or, where that is no JSON, each line."""
    try:
        decode(content)
    except BadMention:
        for number, line in enumerate(content.split(b"\n"), 1):
            if line.strip():
                yield f"line {number}", line
    else:
        yield "the file", content


def _as_mention(number: int, new: Incoming) -> Mention:
    return Mention(
        id=number,
        source=new.source,
        external_id=new.external_id,
        community=new.community,
        received_at=new.created_at,
        created_at=new.created_at,
        author=Author(handle=new.handle, name=new.name, bio=new.bio, followers=new.followers),
        text=new.text,
        url=new.url,
        lang=new.lang,
        brand=new.brand,
    )
