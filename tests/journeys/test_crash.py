"""kill -9 at random moments while mentions arrive and people work: nothing is lost, and nothing is said twice."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.case import Case
from bot.domain.parts import State
from bot.effects import CLOCKS
from bot.ports import CaseFilter, Origin
from storage.sql import chain
from storage.sql.store import SqlStore
from tests.desk import MONDAY, test_policy
from tests.journeys.replay_runner import AT_WORK, DONE

KILLS = 12
MENTIONS = 800
_TEXTS = (
    "My parcel {n} never came",
    "I will call my lawyer about order {n}",
    "urgent: kettle {n} is on fire",
    "What is the price of model {n}?",
    "Nice shop window, number {n}",
)


def write_mentions(path: Path, chance: random.Random) -> dict[str, dict[str, Any]]:
    """A file with threads, authors who write again, repetitions and edits; each mention as it has to end up."""
    newest: dict[str, dict[str, Any]] = {}
    lines: list[dict[str, Any]] = []
    for n in range(MENTIONS):
        post: dict[str, Any] = {
            "source": "x",
            "id": f"m{n}",
            "created_at": (MONDAY + timedelta(milliseconds=12 * n)).isoformat(),
            "author": {"handle": f"author{n}"},
            "text": chance.choice(_TEXTS).format(n=n),
        }
        if newest and chance.random() < 0.3:
            other = chance.choice(list(newest.values())[-40:])
            post["in_reply_to"] = other["id"]
        elif newest and chance.random() < 0.1:
            post["author"] = chance.choice(list(newest.values())[-40:])["author"]
        newest[post["id"]] = post
        lines.append(post)
        if chance.random() < 0.2:
            lines.append(chance.choice(lines[-30:]))
        if chance.random() < 0.15:
            old = chance.choice(list(newest.values())[-20:])
            edits = old.get("edits", 0) + 1
            at = (MONDAY + timedelta(hours=edits)).isoformat()
            edited = {**old, "edited_at": at, "text": f"{old['text']}, edit {edits}", "edits": edits}
            newest[old["id"]] = edited
            lines.append(edited)
    path.write_text(
        "".join(json.dumps({k: v for k, v in line.items() if k != "edits"}) + "\n" for line in lines)
    )
    return newest


@contextmanager
def desk(file: Path, database: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.journeys.replay_runner", str(file), str(database)]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def kill_at_random(file: Path, database: Path, chance: random.Random) -> None:
    with desk(file, database) as process:
        assert process.stdout is not None
        if chance.random() < 0.85:
            assert process.stdout.readline().strip() == AT_WORK, process.communicate()
            time.sleep(chance.uniform(0, 0.7))
        else:
            time.sleep(chance.uniform(0.3, 1.5))
        os.kill(process.pid, signal.SIGKILL)


def finish(file: Path, database: Path) -> None:
    with desk(file, database) as process:
        said, complained = process.communicate(timeout=90)
    assert said.split("\n")[:2] == [AT_WORK, DONE], complained[-3000:]


@pytest.mark.parametrize("seed", [20260302])
async def test_killed_again_and_again_nothing_is_lost_and_nothing_is_said_twice(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    file, database = tmp_path / "mentions.jsonl", tmp_path / "desk.db"
    expected = write_mentions(file, chance)
    for _ in range(KILLS):
        kill_at_random(file, database, chance)
    before = unfiled_and_filed(database)
    finish(file, database)
    print(f"seed {seed}; before the last run: {before}")
    with sqlite3.connect(database) as connection:
        connection.row_factory = sqlite3.Row
        every_mention_is_filed_once(connection, expected)
        every_edit_is_shown_once(connection, expected)
        nothing_is_shown_twice(connection)
    store = SqlStore(f"sqlite:///{database}", test_policy())
    try:
        cases = await all_cases(store)
        for case in cases:
            await case_is_whole(store, case)
    finally:
        await store.close()
    with sqlite3.connect(database) as connection:
        for case in cases:
            every_channel_shows_it_once(connection, case)
            its_clocks_run(connection, case)


def unfiled_and_filed(database: Path) -> tuple[int, int]:
    with sqlite3.connect(database) as connection:
        count = connection.execute(
            "SELECT count(*) - count(case_id), count(case_id) FROM mentions"
        ).fetchone()
    return int(count[0]), int(count[1])


# -- what must hold -------------------------------------------------------------------------------------


def every_mention_is_filed_once(connection: sqlite3.Connection, expected: dict[str, dict[str, Any]]) -> None:
    rows = connection.execute("SELECT * FROM mentions").fetchall()
    assert Counter(row["external_id"] for row in rows) == dict.fromkeys(expected, 1)
    assert [row["external_id"] for row in rows if row["case_id"] is None or row["set_aside"]] == []
    filed = connection.execute(
        "SELECT subject, data FROM events WHERE kind IN ('opened', 'joined')"
    ).fetchall()
    by_event = {(f"case:{row['case_id']}", row["id"]) for row in rows}
    assert Counter((row["subject"], json.loads(row["data"])["mention"]) for row in filed) == dict.fromkeys(
        by_event, 1
    )
    case_of = {row["external_id"]: row["case_id"] for row in rows}
    apart = [
        post
        for post, m in expected.items()
        if "in_reply_to" in m and case_of[post] != case_of[m["in_reply_to"]]
    ]
    assert apart == [], "answers stand in the case of what they answer"


def every_edit_is_shown_once(connection: sqlite3.Connection, expected: dict[str, dict[str, Any]]) -> None:
    rows = connection.execute("SELECT external_id, text FROM mentions").fetchall()
    assert {row["external_id"]: row["text"] for row in rows} == {
        post: m["text"] for post, m in expected.items()
    }
    assert connection.execute("SELECT count(*) FROM revisions WHERE NOT shown").fetchone()[0] == 0
    shown = connection.execute("SELECT count(*) FROM events WHERE kind = 'revised'").fetchone()[0]
    assert shown == connection.execute("SELECT count(*) FROM revisions").fetchone()[0]


def nothing_is_shown_twice(connection: sqlite3.Connection) -> None:
    said = """SELECT m.key, count(*) AS times FROM web_messages w LEFT JOIN messages m ON m.nonce = w.nonce
    WHERE NOT w.deleted AND w.card IS NOT NULL GROUP BY m.key"""
    twice = [tuple(row) for row in connection.execute(said) if row["times"] != 1 or row["key"] is None]
    assert twice == []
    assert connection.execute("SELECT count(*) FROM messages WHERE state = 'sending'").fetchone()[0] == 0
    assert connection.execute("SELECT count(*) FROM jobs WHERE lane IS NOT NULL").fetchone()[0] == 0
    assert connection.execute("SELECT count(*) FROM jobs WHERE set_aside IS NOT NULL").fetchone()[0] == 0


async def all_cases(store: SqlStore) -> list[Case]:
    async with store.work(Origin()) as work:
        return list(await work.cases.find(CaseFilter(states=tuple(State)), limit=10_000))


async def case_is_whole(store: SqlStore, case: Case) -> None:
    def broken(connection: Any) -> int | None:
        return chain.broken_at(connection, f"case:{case.id}", length=case.seq)

    assert await store.reader.once(broken) is None, f"the chain of case {case.id}"
    async with store.work(Origin()) as work:
        assert len(await work.mentions.of(case.id, limit=1000)) == case.mentions


def every_channel_shows_it_once(connection: sqlite3.Connection, case: Case) -> None:
    said = """SELECT count(*) FROM web_messages w JOIN messages m ON m.nonce = w.nonce
    WHERE m.key = ? AND m.state = 'sent' AND w.conversation = ? AND NOT w.deleted"""
    for department in case.seen_in:
        key = f"card:{case.id}@web:{department}"
        assert connection.execute(said, (key, department)).fetchone()[0] == 1, key


def its_clocks_run(connection: sqlite3.Connection, case: Case) -> None:
    """For each of the case's clocks there is one job, due when the case says; and none for what does not run."""
    jobs = dict(
        connection.execute("SELECT kind, due FROM jobs WHERE key LIKE '%:' || ?", (case.id,)).fetchall()
    )
    wanted = {kind: moment(case) for kind, moment in CLOCKS.items()}
    expected = {kind: round(at.timestamp() * 1_000_000) for kind, at in wanted.items() if at is not None}
    assert jobs == expected, f"the clocks of case {case.id}"
