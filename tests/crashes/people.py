"""The public writes and people work, until it is over: each insists until somebody answers, as networks and people do."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from standardwebhooks import Webhook

from tests.contracts.slack_room import CHANNELS
from tests.crashes.town import AWAY, SECRET, WITHIN, Town
from tests.fakes.slack.payloads import slash_command

THINGS: Final = (
    "parcel",
    "kettle",
    "teapot",
    "invoice",
    "voucher",
    "basket",
    "toaster",
    "letter",
    "lamp",
    "chair",
)
TEXTS: Final = (
    "My {thing} never came, and nobody at the {other} counter answers",
    "What is the price of that {thing} beside the {other}?",
    "Nice shop window with the {thing}, I bought a {other} at once",
    "The whole checkout says error E17 and keeps my money, please help",
)
GRAVE: Final = (
    "I will call my lawyer about this {thing} and the {other}",
    "urgent: the {thing} set fire to my {other}",
)
"""Each gets a case of its own: what is marked stands alone."""
WORDS: Final = (
    ("BEN", "claim {case}"),
    ("HANA", "claim {case}"),
    ("ANA", "take {case} my turn"),
    ("BEN", "release {case}"),
    ("ANA", "handoff {case} legal anyway"),
    ("BEN", "handoff {case} sales anyway"),
    ("CLEO", "accept {case}"),
    ("FINN", "accept {case}"),
    ("CLEO", "decline {case} to support not ours"),
    ("CLEO", "claim {case}"),
    ("FINN", "claim {case}"),
    ("ANA", "escalate {case} it burns"),
    ("CLEO", "escalate {case} it burns"),
    ("ANA", "ack {case}"),
    ("CLEO", "ack {case}"),
    ("DANA", "ack {case}"),
    ("ANA", "pass {case} not mine"),
    ("BEN", "extend {case}"),
    ("ANA", "consult {case} legal may we say that"),
    ("BEN", "wait {case} customer 3h"),
    ("ANA", "merge {case} into {other}"),
    ("ANA", "undo {case}"),
    ("BEN", "resolve {case} told them"),
    ("ANA", "reopen {case}"),
    ("ANA", "priority {case} P1 it spreads"),
)


def a_post(number: int, chance: random.Random, before: list[dict[str, Any]]) -> dict[str, Any]:
    """A post of its own, an answer in a thread, the same author again, or the copy of a surge."""
    grave = chance.random() < 0.2
    words = chance.choice(GRAVE if grave else TEXTS)
    post: dict[str, Any] = {
        "source": "x",
        "id": f"m{number}",
        "created_at": "2026-03-02T08:39:00Z",
        "author": {"handle": f"author{number}"},
        "text": words.format(thing=chance.choice(THINGS), other=chance.choice(THINGS)),
    }
    if grave:
        return post
    if before and chance.random() < 0.2:
        post["in_reply_to"] = chance.choice(before)["id"]
    elif before and chance.random() < 0.15:
        post["author"] = chance.choice(before)["author"]
    before.append(post)
    return post


async def the_public_writes(town: Town, end: int, *, first: int = 0, pause: float = 0.15) -> None:
    """The posts from number `first` to `end` in small batches, some of them delivered twice."""
    chance = random.Random(f"{town.seed} posts from {first}")
    before: list[dict[str, Any]] = []
    number = first
    while number < end:
        size = min(chance.choice((1, 1, 2, 4, 8)), end - number)
        batch = [a_post(number + each, chance, before) for each in range(size)]
        number += size
        await deliver(town, batch)
        if chance.random() < 0.2:
            await deliver(town, batch)
        await asyncio.sleep(chance.uniform(0, pause))


async def deliver(town: Town, batch: list[dict[str, Any]]) -> None:
    """To any replica, until one says that it is safe. Whoever cannot take it says why, and when to come again."""
    async with asyncio.timeout(WITHIN):
        while True:
            try:
                status, said = await offer(town, batch)
                if status == 202:
                    town.accepted |= {post["id"] for post in batch}
                    return
                assert status == 503 and "again in" in said, (status, said)
            except AWAY:
                pass
            await asyncio.sleep(0.05)


async def offer(town: Town, batch: list[dict[str, Any]]) -> tuple[int, str]:
    """Signed, once: the status, and the sentence for who has to come again. Raises one of AWAY."""
    at, body, id = datetime.now(UTC), json.dumps(batch), f"msg_{uuid.uuid4().hex}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(id, at, body),
    }
    where = f"{town.anyone().address}/mentions"
    async with town.client.post(where, data=body, headers=headers) as response:
        said = await response.json()
        assert response.status != 503 or int(response.headers["Retry-After"]) > 0, said
        return response.status, str(said.get("error", ""))


async def somebody_works(town: Town, number: int, over: asyncio.Event) -> None:
    """One person after the other says something about some case, until it is over."""
    chance = random.Random(f"{town.seed} person {number}")
    count = 0
    while not over.is_set():
        count += 1
        cases = await _cases(town)
        if cases:
            case, other = chance.choice(cases), chance.choice(cases)
            if chance.random() < 0.3:
                await remarks(town, case, f"remark {number}-{count}.", chance)
            else:
                who, words = chance.choice(WORDS)
                await says(town, who, words.format(case=case, other=other), chance, case=case)
        await asyncio.sleep(chance.uniform(0, 0.08))


async def remarks(town: Town, case: int, remark: str, chance: random.Random) -> None:
    """A note; once it was answered as done it counts as said."""
    answer = await says(town, "ANA", f"note {case} {remark}", chance)
    if _done(answer, case):
        town.remarks.add(remark)


async def says(town: Town, who: str, words: str, chance: random.Random, *, case: int = 0) -> str:
    """The answer's words to a command, which is delivered until somebody takes it, and sometimes twice at once."""
    slack, user = town.slack, f"U0{who}"
    place = slack.work.channels[CHANNELS["support"]]
    form = slash_command(slack.work, user, place, "/baton", words)
    form |= {"response_url": slack.addresses.give(place.id, user), "trigger_id": slack.triggers.give(user)}
    async with asyncio.timeout(WITHIN):
        while True:
            tries = [_once(town, form) for _ in range(2 if chance.random() < 0.15 else 1)]
            heard = [answer for answer in await asyncio.gather(*tries) if answer.ok]
            said = " ".join(
                str(answer.body.get("text", "")) for answer in heard if isinstance(answer.body, dict)
            )
            if heard and "nothing was saved" not in said:
                break
            await asyncio.sleep(0.05)
    if case and words.startswith("ack") and _done(said, case):
        town.acked.append((case, await town.now()))
    return said


async def _once(town: Town, form: dict[str, Any]) -> Any:
    town.slack.request_url = f"{town.anyone().address}/slack/events"
    return await town.slack.delivery.attempt("slash_commands", form)


def _done(said: str, case: int) -> bool:
    """Whoever succeeded is shown the case."""
    return said.startswith(f"{case} · ")


async def _cases(town: Town) -> list[int]:
    try:
        return await town.store.reader.once(
            lambda c: [row[0] for row in c.exec_driver_sql("SELECT id FROM cases ORDER BY id")]
        )
    except Exception:  # the database may be away: then nobody finds a case to speak about
        return []
