"""What the tests of storage say often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from bot.domain import lifecycle
from bot.domain.case import Case
from bot.domain.mention import Author, Mention
from bot.domain.parts import Priority
from bot.domain.people import PersonId, Role
from bot.domain.roles import Actor
from bot.domain.terms import ServiceTerms, Terms
from bot.domain.times.calendar import Calendar, Span
from bot.ports import Incoming, Origin, Put, Rank, Thread
from storage.sql.store import SqlStore
from tests.desk import MONDAY, test_policy

HOUR = Terms(span=Span.parse("1h"), calendar=Calendar.always(test_policy().company.zone))
PROMISE = ServiceTerms(first=HOUR, resolve=Terms(span=Span.parse("8h"), calendar=HOUR.calendar))
ANA = Actor(id=PersonId("ana@kettle.example"), name="Ana Ruiz", roles={"support": frozenset({Role.LEAD})})


def incoming(post: str, **fields: Any) -> Incoming:
    return Incoming(
        **{
            "source": "x",
            "external_id": post,
            "community": "x-kettle",
            "created_at": MONDAY,
            "handle": f"by-{post}",
            "text": f"words of {post}",
            **fields,
        }
    )


def mention(number: int, **fields: Any) -> Mention:
    return Mention(
        **{
            "id": number,
            "source": "x",
            "external_id": f"m{number}",
            "community": "x-kettle",
            "received_at": MONDAY,
            "created_at": MONDAY,
            "author": Author(handle="zoe"),
            "text": "hello",
            **fields,
        }
    )


def a_case(number: int, *, at: datetime = MONDAY, department: str = "support", priority: str = "P3") -> Case:
    return lifecycle.open_case(
        number,
        mention(number, received_at=at),
        department=department,
        priority=Priority(priority),
        marks=frozenset(),
        reasons="a test",
        at=at,
        terms=PROMISE,
    )


def timer(key: str, due: datetime = MONDAY, **args: Any) -> Put:
    return Put(kind="wake", key=key, due=due, args=args)


def words(
    key: str, due: datetime = MONDAY, *, lane: str = "web:support", rank: Rank = Rank.EDIT, **args: Any
) -> Put:
    """A delivery."""
    return Put(
        kind="card", key=key, due=due, lane=lane, rank=rank, args={"view": "case", "subject": "1", **args}
    )


async def put(store: SqlStore, *wanted: Put) -> None:
    async with store.work(Origin()) as work:
        for one in wanted:
            work.jobs.put(one)


async def save(store: SqlStore, *cases: Case) -> None:
    async with store.work(Origin()) as work:
        for case in cases:
            await work.cases.save(case)


async def load(store: SqlStore, number: int) -> Case:
    async with store.work(Origin()) as work:
        return await work.cases.get(number)


async def file(store: SqlStore, case: Case, post: Incoming, key: str | None = None) -> None:
    """The post arrives and becomes the case."""
    await store.intake.append([post])
    async with store.work(Origin()) as work:
        (new,) = [
            m for m in await work.mentions.new([post.community], 500) if m.external_id == post.external_id
        ]
        await work.cases.save(case)
        await work.mentions.file(new, case.id)
        if key:
            await work.cases.link([Thread(key=key, case_id=case.id, last_at=MONDAY)])


async def rows(store: SqlStore, sql: str, **values: Any) -> list[Any]:
    return await store.reader.once(lambda c: list(c.execute(text(sql), values).all()))


async def does(store: SqlStore, write: Callable[[Connection], Any]) -> Any:
    (done,) = await store.writer.submit([write])
    return done


async def runs(store: SqlStore, sql: str, **values: Any) -> None:
    await does(store, lambda c: c.execute(text(sql), values).rowcount)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
