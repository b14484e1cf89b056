"""What the desk promises whatever breaks: read from the database and from what stands in Slack, never asked of the desk.

At any moment, also while every process is dead, the rules of the desk hold of what is committed: one owner per case, an
offer in somebody's hands with its clock, an escalation that climbs, whole chains. Once the desk is back and has settled,
nothing waits, nothing is late, nothing was lost, and nothing stands in Slack twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text

from bot.domain.case import Case
from bot.domain.events import Event, Kind
from storage.sql.moments import EPOCH, micros
from tests.crashes.spoken import UNKNOWN, Spoken, spoken
from tests.crashes.town import Town, until
from tests.journeys.model_facts import Facts, Memory, rows_in
from tests.journeys.model_rules import broken_rules

_AHEAD: Final = timedelta(hours=3)
"""Replicas look at the clock several times a second, a busy machine's seldom; meanwhile they run on, ten minutes in a
second, and what they put then must be due all the same."""
_ASKED_AGAIN: Final = (Kind.CLIMBED, Kind.PASSED, Kind.UNDONE)
_DIGEST: Final = re.compile(r"digest:(?!skipped:)[^:]+:[^:]+:[\d-]+@slack:")
_RESTLESS: Final = text(
    """SELECT (SELECT count(*) FROM jobs WHERE set_aside IS NULL AND due <= :now)
    + (SELECT count(*) FROM messages WHERE state = 'sending')
    + (SELECT count(*) FROM mentions WHERE case_id IS NULL AND set_aside IS NULL)"""
)
_WAITING: Final = text("SELECT key, due, failures FROM jobs WHERE set_aside IS NULL AND due <= :now LIMIT 20")


async def rests(town: Town) -> None:
    """The business clock stands still, and everything that is due gets done."""
    await goes_on(town, 0, to=await town.now() + _AHEAD)
    now = {"now": micros(town.store.clock.now())}

    async def restless() -> int:
        return int(await town.store.reader.once(lambda c: c.execute(_RESTLESS, now).scalar_one()))

    try:
        await until(restless, 0)
    except AssertionError as stuck:
        left = await town.store.reader.once(lambda c: [tuple(row) for row in c.execute(_WAITING, now)])
        raise AssertionError(f"{stuck}; still due: {left}") from None
    await town.slack.settle()


async def goes_on(town: Town, rate: float, *, to: datetime | None = None) -> None:
    """The business clock runs at this rate from here on, or from `to`."""
    now = await town.now()
    await town.store.clock.move(town.store.writer, to=to or now, rate=rate)


async def holds_now(town: Town) -> None:
    """What must hold of whatever is committed, at any moment."""
    facts = await _facts(town, Spoken(messages=(), begun={}, digests=()), settled=False)
    broken = list(broken_rules(facts))
    assert not broken, "\n".join(broken)


async def holds_in_the_end(town: Town) -> None:
    """What must hold once the desk has settled; what it said is looked up in Slack."""
    said = await spoken(town)
    facts = await _facts(town, said, settled=True)
    broken = [
        *broken_rules(facts),
        *_nothing_is_lost(town, facts),
        *_each_channel_shows_it_once(town, facts, said),
        *_nobody_is_paged_after_the_answer(town, facts, said),
        *_each_digest_stands_there_once(said),
    ]
    assert not broken, "\n".join(broken)


async def _facts(town: Town, said: Spoken, *, settled: bool) -> Facts:
    now, memory = await town.now(), Memory()
    # Everything from one snapshot: the desk may be at work.
    snapshot = await town.store.reader.snapshot()
    try:
        rows = await snapshot.run(lambda db: rows_in(db, now, memory))
    finally:
        await snapshot.close()
    return Facts(
        now=now,
        settled=settled,
        people=frozenset(town.policy.people),
        gone=frozenset(),
        cases=rows.cases,
        history={case: list(_in_order(events)) for case, events in memory.history.items()},
        broken=memory.broken,
        posts=rows.posts,
        # While the database is away a job may fail, and is tried again.
        timers=rows.timers if settled else [replace(timer, failures=0) for timer in rows.timers],
        away=rows.away,
        set_aside=rows.set_aside,
        late=rows.late,
        soon=rows.soon,
        messages=said.messages,
        cards={},
    )


def _in_order(events: Sequence[Event]) -> Iterator[Event]:
    """Two who act at once look at the clock before one of them is first, and a replica may not know yet that the clock
    was moved: the times of their events may be out of order, which the rules are not asked about here."""
    latest = EPOCH
    for event in events:
        latest = max(latest, event.at)
        yield replace(event, at=latest)


def _nothing_is_lost(town: Town, facts: Facts) -> Iterator[str]:
    stored = Counter(post.external_id for post in facts.posts)
    lost, twice = town.accepted - stored.keys(), [post for post, times in stored.items() if times > 1]
    if lost or twice:
        yield f"Every accepted post is stored once. But lost: {lost}, twice: {twice}"
    events = [event for history in facts.history.values() for event in history]
    noted = Counter(str(event.data.get("text")) for event in events if event.kind is Kind.NOTED)
    for remark in town.remarks - noted.keys():
        yield f"A note that was answered is kept. But {remark!r} is not"
    for remark, times in noted.items():
        if times > 1:
            yield f"A command has one effect. But {remark!r} is there {times} times"
    for message in facts.messages:
        if message.key.startswith(UNKNOWN):
            yield f"Nothing stands in Slack that the desk does not know. But there is {message}"


def _each_channel_shows_it_once(town: Town, facts: Facts, said: Spoken) -> Iterator[str]:
    words = said.words()
    for case in facts.cases.values():
        for department in case.seen_in:
            key = f"card:{case.id}@slack:{town.policy.departments[department].channels['slack']}"
            if key not in words:
                yield f"Every channel that sees a case shows its card. But {key} is not there"
            elif (
                case.owner
                and case.merged_into is None
                and town.policy.people[case.owner].name not in words[key]
            ):
                yield f"A card names who has the case. But {key} does not name {case.owner}: {words[key]}"


def _nobody_is_paged_after_the_answer(town: Town, facts: Facts, said: Spoken) -> Iterator[str]:
    for case_id, answered in town.acked:
        events = facts.history[case_id]
        seen = max(e.seq for e in events if e.kind is Kind.ACKNOWLEDGED and e.at <= answered)
        # An answer that no work followed is none any more, and one that was passed on neither.
        again = min(
            (e.at for e in events if e.seq > seen and e.kind in _ASKED_AGAIN), default=answered + _AHEAD
        )
        for key in _pages_before(facts.cases[case_id], answered):
            late = [at for at in said.begun.get(key, ()) if answered < at < again]
            if late:
                since = [(e.seq, e.kind.value, f"{e.at:%H:%M:%S}", e.by) for e in events if e.seq >= seen]
                yield f"No send begins after the answer. But {key} began at {late}, answered {answered}; {since}"


def _pages_before(case: Case, answered: datetime) -> Iterator[str]:
    """The keys of the case's pages that had been due by then."""
    escalation = case.escalation
    if escalation is not None and escalation.started_at <= answered:
        start = int(escalation.started_at.timestamp())
        yield from (
            f"page:{case.id}:{start}:{page.number}" for page in escalation.pages if page.at < answered
        )


def _each_digest_stands_there_once(said: Spoken) -> Iterator[str]:
    """The day of a digest is claimed with its first send; one that came to nothing for 24 hours is skipped, and told."""
    posted = [m.key for m in said.messages if _DIGEST.match(m.key)]
    claimed = {f"{kind}:{day}@{channel}" for channel, kind, day in said.digests}
    for key in posted:
        if key.split(":", 2)[2] not in claimed:
            yield f"A digest is posted for a day that is its own. But {key} is not among {claimed}"
