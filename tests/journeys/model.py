"""The desk of the model: it is spoken to, it dies and is opened again, and it is asked for the facts."""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
from collections.abc import Coroutine, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from bot.cards.card import Card
from bot.domain.case import Case
from bot.domain.sight_refusals import Restricted
from bot.policy.model import Policy
from bot.ports import Place
from bot.router import Look, Shown
from storage.sql.migrate import upgrade
from tests.desk import Story, Time, a_desk
from tests.journeys.model_facts import Facts, Memory, away_in, cases_in, rows_in
from tests.journeys.model_people import Rights, policy_without
from tests.journeys.model_rules import broken_rules

T = TypeVar("T")

_MOST: Final = timedelta(minutes=1)
"""So long the worker may have what it took."""


class Model:
    """A real desk on a database of its own, driven from outside any event loop."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="baton-model-")
        if os.environ.get("BATON_TEST_DATABASE") != "postgresql":
            (Path(self._folder.name) / "desk.db").write_bytes(_empty())
        # No Runner: its handling of signals costs more than most of what is asked here.
        self._loop = asyncio.new_event_loop()
        self._numbers = itertools.count(1)
        self._time = Time()
        self._desk: AbstractAsyncContextManager[Story] | None = None
        self._checked: dict[int, int] = {}
        self._memory = Memory()
        self.gone: frozenset[str] = frozenset()
        self.ever_gone: frozenset[str] = frozenset()
        self.settled = True
        self.open()

    # -- living ---------------------------------------------------------------------------------------

    def open(self, gone: Set[str] = frozenset()) -> None:
        """The process starts on what the database holds, as `serve` does: nobody else works on it. The policy is read
        anew, perhaps without some people."""
        self.gone, self.ever_gone = frozenset(gone), self.ever_gone | gone
        self._desk = a_desk(Path(self._folder.name), time=self._time, policy=policy_without(self.gone))
        self.story = self.run(self._desk.__aenter__())
        self.run(self.story.desk.store.free_leases())

    def dies(self) -> None:
        """The process is gone, and all that it had only in mind."""
        if self._desk is not None:
            self.run(self._desk.__aexit__(None, None, None))
            self._desk = None
        self._checked.clear()
        self._memory = Memory()

    def beats(self) -> None:
        """The desk says that it works, and notices when it did not."""
        self.run(self.story.desk.pulse.beat())

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
            await store.timers.take(100, _MOST)
            await store.lanes.take(100, _MOST)

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

    def passes(self, minutes: int) -> None:
        """Time passes, and every clock strikes on the way."""
        self.run(self.story.passes(timedelta(minutes=minutes)))
        self.settled = True

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

    @property
    def policy(self) -> Policy:
        return self.story.desk.policy

    def cases(self) -> dict[int, Case]:
        return self.run(self.story.desk.store.reader.once(cases_in))

    def rights(self) -> Rights:
        away = self.run(self.story.desk.store.reader.once(away_in))
        return Rights(at=self.story.now, away=away)

    def check(self) -> None:
        """Raises AssertionError with every rule that does not hold."""
        wrong = list(broken_rules(self.facts()))
        assert not wrong, "\n".join(wrong)

    def facts(self) -> Facts:
        now, memory = self.story.now, self._memory
        rows = self.run(self.story.desk.store.reader.once(lambda db: rows_in(db, now, memory)))
        return Facts(
            now=now,
            settled=self.settled,
            people=frozenset(self.policy.people),
            gone=frozenset(f"{name}@kettle.example" for name in self.ever_gone),
            cases=rows.cases,
            history=memory.history,
            broken=memory.broken,
            posts=rows.posts,
            timers=rows.timers,
            away=rows.away,
            set_aside=rows.set_aside,
            late=rows.late,
            soon=rows.soon,
            messages=list(memory.messages.values()),
            cards=self._cards(rows.cases) if self.settled else {},
        )

    def _cards(
        self, cases: Mapping[int, Case]
    ) -> dict[tuple[int, str], tuple[Sequence[Card], Sequence[Card] | None]]:
        """Of the cases that changed since they were looked at last."""
        found: dict[tuple[int, str], tuple[Sequence[Card], Sequence[Card] | None]] = {}
        said = list(self._memory.messages.values())
        for case in cases.values():
            if self._checked.get(case.id) == case.version:
                continue
            self._checked[case.id] = case.version
            for department in case.seen_in:
                key = f"card:{case.id}@web:{department}"
                shown = [m for m in said if m.key == key and m.conversation == department]
                # A card names days as "today": it is right as it was right when it was said.
                moments = {self.story.now, *(m.edited_at or m.at for m in shown)}
                newest = [
                    self.run(self._view(case.id, department, at)) for at in sorted(moments, reverse=True)
                ]
                cards = None if None in newest else [card for card in newest if card is not None]
                found[case.id, department] = ([m.card for m in shown], cards)
        return found

    async def _view(self, case_id: int, department: str, at: datetime) -> Card | None:
        """The card as it would be made for that channel; None where it would not be posted."""
        desk = self.story.desk
        place = Place(platform="web", conversation=department, department=department)
        look = Look(place=place, now=at, policy=desk.policy, store=desk.store)
        try:
            made = await desk.router.routes.views["case"](look, str(case_id))
        except Restricted:
            return None
        if isinstance(made, Shown):
            return None if made.only_edit else made.card
        return made


@cache
def _empty() -> bytes:
    """An empty database at this program's shape: migrating takes longer than most of what is asked here."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        upgrade(f"sqlite:///{file}")
        return file.read_bytes()
