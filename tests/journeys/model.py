"""The desk of the model: it is spoken to, it dies and is opened again, and it is asked for the facts."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from bot.cards.card import Card
from bot.domain.case import Case, State
from bot.domain.events import Event
from bot.ports import CaseFilter, Origin, Place
from bot.router import Look
from storage.sql import chain
from storage.sql.codec import decode_card
from storage.sql.moments import micros, moment
from tests.desk import Story, Time, a_desk
from tests.journeys.model_rules import Facts, Timer, broken_rules

T = TypeVar("T")

_MANY: Final = 10_000
_TIMERS: Final = "SELECT key, kind, due, failures FROM jobs WHERE lane IS NULL"
_ASIDE: Final = "SELECT key FROM jobs WHERE set_aside IS NOT NULL"
_LATE: Final = """SELECT key FROM jobs WHERE lane IS NOT NULL AND due <= ?
UNION SELECT key FROM messages WHERE state = 'sending'"""
_SAID: Final = """SELECT m.key, count(*) FROM web_messages w JOIN messages m ON m.nonce = w.nonce
WHERE NOT w.deleted AND w.card IS NOT NULL GROUP BY m.key"""
_CARDS: Final = """SELECT w.card, coalesce(w.edited_at, w.at) FROM web_messages w JOIN messages m ON m.nonce = w.nonce
WHERE m.key = ? AND w.conversation = ? AND NOT w.deleted"""
_MENTIONS: Final = "SELECT case_id, count(*) FROM mentions WHERE case_id IS NOT NULL GROUP BY case_id"
_UNFILED: Final = "SELECT count(*) FROM mentions WHERE case_id IS NULL"


class Model:
    """A real desk on a database of its own, driven from outside any event loop."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="baton-model-")
        # No Runner: its handling of signals costs more than most of what is asked here.
        self._loop = asyncio.new_event_loop()
        self._numbers = itertools.count(1)
        self._time = Time()
        self._desk: AbstractAsyncContextManager[Story] | None = None
        self._checked: dict[int, int] = {}
        self._known: dict[int, tuple[Sequence[Event], int | None]] = {}
        self.settled = True
        self.open()

    # -- living ---------------------------------------------------------------------------------------

    def open(self) -> None:
        """The process starts on what the database holds, as `serve` does: nobody else works on it."""
        self._desk = a_desk(Path(self._folder.name), time=self._time)
        self.story = self.run(self._desk.__aenter__())
        self.run(self.story.desk.store.free_leases())

    def dies(self) -> None:
        """The process is gone, and all that it had only in mind."""
        if self._desk is not None:
            self.run(self._desk.__aexit__(None, None, None))
            self._desk = None
        self._checked.clear()
        self._known.clear()

    def close(self) -> None:
        self.dies()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self._folder.cleanup()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def takes_work_and_stops(self) -> None:
        """The worker takes all that is due, and does none of it."""
        store = self.story.desk.store

        async def take() -> None:
            await store.timers.take(100, timedelta(seconds=60))
            await store.lanes.take(100, timedelta(seconds=60))

        self.run(take())

    def stops_while_speaking(self) -> None:
        """The next message reaches the chat, and the process ends before it can note that."""
        log: Any = self.story.desk.store.weblog
        post = log.post

        async def last_word(*args: Any, **fields: Any) -> None:
            await post(*args, **fields)
            raise asyncio.CancelledError

        log.post = last_word
        self.settle()
        self.settled = False

    def waits(self, length: timedelta) -> None:
        """Time passes while nobody works."""
        self._time.at += length
        self.settled = False

    def settle(self) -> None:
        self.run(self.story.settles())
        self.settled = True

    def number(self) -> int:
        return next(self._numbers)

    # -- the facts -------------------------------------------------------------------------------------

    def cases(self) -> dict[int, Case]:
        async def read() -> Sequence[Case]:
            async with self.story.desk.store.work(Origin()) as work:
                return await work.cases.find(CaseFilter(states=tuple(State)), limit=_MANY)

        return {case.id: case for case in sorted(self.run(read()), key=lambda case: case.id)}

    def check(self) -> None:
        """Raises AssertionError with every rule that does not hold."""
        wrong = list(broken_rules(self._facts()))
        assert not wrong, "\n".join(wrong)

    def _facts(self) -> Facts:
        cases = self.cases()
        for case in cases.values():
            if case.id not in self._known or len(self._known[case.id][0]) != case.seq:
                self._known[case.id] = self.run(self._told(case))
        with closing(sqlite3.connect(Path(self._folder.name) / "desk.db")) as db:
            now = micros(self.story.now)
            facts = Facts(
                now=self.story.now,
                settled=self.settled,
                policy=self.story.desk.policy,
                cases=cases,
                history={number: events for number, (events, _) in self._known.items()},
                broken={number: broken for number, (_, broken) in self._known.items()},
                mentions=dict(db.execute(_MENTIONS).fetchall()),
                unfiled=db.execute(_UNFILED).fetchone()[0],
                timers=[
                    Timer(key=key, kind=kind, due=moment(due), failures=failures)
                    for key, kind, due, failures in db.execute(_TIMERS)
                ],
                set_aside=[key for (key,) in db.execute(_ASIDE)],
                late=[key for (key,) in db.execute(_LATE, (now,))],
                said=dict(db.execute(_SAID).fetchall()),
                cards=self._cards(db, cases) if self.settled else {},
            )
        return facts

    async def _told(self, case: Case) -> tuple[Sequence[Event], int | None]:
        store = self.story.desk.store
        async with store.work(Origin()) as work:
            events = await work.cases.history(case.id, limit=_MANY)
        subject = f"case:{case.id}"
        broken = await store.reader.once(lambda c: chain.broken_at(c, subject, length=case.seq))
        return events[::-1], broken

    def _cards(
        self, db: sqlite3.Connection, cases: Mapping[int, Case]
    ) -> dict[tuple[int, str], tuple[Sequence[Card], Sequence[Card]]]:
        """Of the cases that changed since they were looked at last."""
        found: dict[tuple[int, str], tuple[Sequence[Card], Sequence[Card]]] = {}
        for case in cases.values():
            if self._checked.get(case.id) == case.version:
                continue
            self._checked[case.id] = case.version
            for department in case.seen_in:
                rows = db.execute(_CARDS, (f"card:{case.id}@web:{department}", department)).fetchall()
                # A card names days as "today": it is right as it was right when it was said.
                moments = {self.story.now, *(moment(at) for _, at in rows)}
                newest = [
                    self.run(self._view(case.id, department, at)) for at in sorted(moments, reverse=True)
                ]
                found[case.id, department] = ([decode_card(card) for card, _ in rows], newest)
        return found

    async def _view(self, case_id: int, department: str, at: datetime) -> Card:
        desk = self.story.desk
        place = Place(platform="web", conversation=department, department=department)
        look = Look(place=place, now=at, policy=desk.policy, store=desk.store)
        made = await desk.router.routes.views["case"](look, str(case_id))
        assert isinstance(made, Card)
        return made
