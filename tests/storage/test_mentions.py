"""Mentions: appended once however often they come, edited, filed, set aside, and brought by people."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.domain.mention import Mention
from bot.ports import Appended, Incoming, Origin, Overloaded, Stale
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time
from tests.storage.conftest import Opener
from tests.storage.kit import a_case, incoming, mention, minutes, rows, save

X = ["x-kettle"]


async def new(store: SqlStore, communities: Sequence[str] = X, limit: int = 100) -> list[Mention]:
    async with store.work(Origin()) as work:
        return list(await work.mentions.new(communities, limit))


async def edits(store: SqlStore) -> list[Mention]:
    async with store.work(Origin()) as work:
        return list(await work.mentions.revisions(X, 100))


async def filed(store: SqlStore, post: Incoming | None = None, case_id: int = 7) -> Mention:
    await store.intake.append([post or incoming("a")])
    (arrived,) = await new(store, [(post or incoming("a")).community])
    async with store.work(Origin()) as work:
        await work.mentions.file(arrived, case_id)
    return arrived


async def of(store: SqlStore, case_id: int = 7) -> list[Mention]:
    async with store.work(Origin()) as work:
        return list(await work.mentions.of(case_id))


# -- appending ---------------------------------------------------------------------------------------


async def test_a_mention_is_kept_as_it_came(store: SqlStore, time: Time) -> None:
    post = incoming(
        "a",
        created_at=MONDAY - minutes(5),
        edited_at=MONDAY - minutes(4),
        name="Zoë 🫖",
        bio="line\nline",
        followers=3_000_000_000,
        url="https://x.example/a",
        lang="es",
        brand="Kettle & Co",
        in_reply_to="b",
        thread="c",
        extra={"likes": 3, "tags": ["x", None]},
    )
    assert await store.intake.append([post]) == Appended(accepted=1, duplicates=0)
    (kept,) = await new(store)
    for name in (
        "source",
        "external_id",
        "community",
        "created_at",
        "edited_at",
        "text",
        "url",
        "lang",
        "brand",
    ):
        assert getattr(kept, name) == getattr(post, name), name
    assert (kept.in_reply_to, kept.thread, kept.extra) == ("b", "c", {"likes": 3, "tags": ["x", None]})
    assert (kept.author.handle, kept.author.name, kept.author.bio) == (post.handle, "Zoë 🫖", "line\nline")
    assert (kept.author.followers, kept.received_at, kept.case_id) == (3_000_000_000, time.at, None)


async def test_the_same_mention_is_kept_once(store: SqlStore) -> None:
    assert await store.intake.append([incoming("a"), incoming("b"), incoming("a")]) == Appended(
        accepted=2, duplicates=1
    )
    assert await store.intake.append([incoming("a", text="other")]) == Appended(accepted=0, duplicates=1)
    assert await store.intake.append([incoming("a", source="bluesky")]) == Appended(accepted=1, duplicates=0)
    assert [(m.source, m.external_id, m.text) for m in await new(store)] == [
        ("x", "a", "words of a"),
        ("x", "b", "words of b"),
        ("bluesky", "a", "words of a"),
    ]


async def test_of_many_at_once_each_is_kept_once(store: SqlStore) -> None:
    counts = await asyncio.gather(*(store.intake.append([incoming(f"m{n % 50}")]) for n in range(500)))
    assert sum(count.accepted for count in counts) == 50 == await store.unfiled()


async def test_what_was_accepted_survives(opened: Opener) -> None:
    async with opened() as store:
        await store.intake.append([incoming("a")])
    async with opened() as store:
        assert await store.intake.append([incoming("a")]) == Appended(accepted=0, duplicates=1)
        assert len(await new(store)) == 1


async def test_arrivals_wake_the_communitys_job_and_duplicates_do_not(store: SqlStore, time: Time) -> None:
    woken: list[int] = []
    store.woken = lambda: woken.append(1)
    await store.intake.append([incoming("a"), incoming("b", community="everywhere")])
    jobs = await rows(store, "SELECT key, gen FROM jobs ORDER BY key")
    assert [(job.key, job.gen) for job in jobs] == [("receive:everywhere", 1), ("receive:x-kettle", 1)]
    assert woken
    await store.intake.append([incoming("a")])
    jobs = await rows(store, "SELECT key, gen FROM jobs ORDER BY key")
    assert [job.gen for job in jobs] == [1, 1]


async def test_one_bad_mention_does_not_fail_another_callers(store: SqlStore) -> None:
    bad = incoming("bad", text="half a \ud83d pair")
    results = await asyncio.gather(
        *(store.intake.append([post]) for post in (incoming("a"), bad, incoming("b"))), return_exceptions=True
    )
    assert [isinstance(result, Appended) for result in results] == [True, False, True]
    assert [m.external_id for m in await new(store)] == ["a", "b"]


async def test_a_full_queue_refuses(store: SqlStore) -> None:
    many = [incoming(f"m{n}") for n in range(15_000)]
    results = await asyncio.gather(*(store.intake.append(many) for _ in range(2)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Appended", "Overloaded"]
    assert any(isinstance(result, Overloaded) for result in results)


# -- edits -----------------------------------------------------------------------------------------------


def edited(text: str, after: float) -> Incoming:
    return incoming("a", text=text, edited_at=MONDAY + minutes(after))


async def test_a_later_edit_is_a_revision_and_an_older_one_a_duplicate(store: SqlStore) -> None:
    await filed(store)
    assert await store.intake.append([edited("second", 5)]) == Appended(accepted=1, duplicates=0)
    assert await store.intake.append([edited("second", 5)]) == Appended(accepted=0, duplicates=1)
    assert await store.intake.append([edited("older", 4)]) == Appended(accepted=0, duplicates=1)
    assert await store.intake.append([edited("before it was written", -1)]) == Appended(
        accepted=0, duplicates=1
    )
    assert [(m.text, m.edited_at) for m in await edits(store)] == [("second", MONDAY + minutes(5))]


async def test_a_revision_shown_stands_and_the_text_before_is_kept(store: SqlStore) -> None:
    await filed(store)
    await store.intake.append([edited("second", 5), edited("third", 6)])
    for _ in range(2):
        first, *_ = await edits(store)
        async with store.work(Origin()) as work:
            await work.mentions.revise(first)
    assert await edits(store) == []
    (now,) = await of(store)
    assert (now.text, now.edited_at) == ("third", MONDAY + minutes(6))
    kept = await rows(store, "SELECT text FROM revisions ORDER BY id")
    assert [row.text for row in kept] == ["words of a", "second"]
    assert await store.intake.append([edited("late", 5.5)]) == Appended(accepted=0, duplicates=1)


async def test_a_revision_is_shown_once(store: SqlStore) -> None:
    await filed(store)
    await store.intake.append([edited("second", 5)])
    (revision,) = await edits(store)

    async def shows() -> None:
        async with store.work(Origin()) as work:
            await work.mentions.revise(revision)

    await shows()
    with pytest.raises(Stale):
        await shows()


async def test_an_edit_that_overtakes_the_filing_waits_for_it(store: SqlStore) -> None:
    await store.intake.append([incoming("a"), edited("second", 5)])
    assert await edits(store) == []
    (arrived,) = await new(store)
    assert arrived.text == "words of a"
    async with store.work(Origin()) as work:
        await work.mentions.file(arrived, 7)
    assert [m.text for m in await edits(store)] == ["second"]


# -- filing -----------------------------------------------------------------------------------------------


async def test_a_filed_mention_is_no_longer_new(store: SqlStore) -> None:
    arrived = await filed(store)
    assert await new(store) == []
    assert await store.unfiled() == 0
    (kept,) = await of(store)
    assert (kept.id, kept.case_id) == (arrived.id, 7)


async def test_a_mention_is_filed_once(store: SqlStore) -> None:
    arrived = await filed(store)

    async def files_again() -> None:
        async with store.work(Origin()) as work:
            await work.cases.save(a_case(8))
            await work.mentions.file(arrived, 8)

    with pytest.raises(Stale):
        await files_again()
    assert (await of(store))[0].case_id == 7
    assert await store.case_count() == 0


async def test_the_oldest_arrivals_come_first(store: SqlStore) -> None:
    await store.intake.append([incoming(name) for name in "dacb"])
    assert [m.external_id for m in await new(store, limit=3)] == ["d", "a", "c"]


async def test_the_newest_of_a_case_come_first(store: SqlStore) -> None:
    await store.intake.append([incoming(name) for name in "abc"])
    async with store.work(Origin()) as work:
        for arrived in await work.mentions.new(X, 10):
            await work.mentions.file(arrived, 7)
    async with store.work(Origin()) as work:
        assert [m.external_id for m in await work.mentions.of(7, limit=2)] == ["c", "b"]


async def test_mentions_of_communities_that_the_policy_lost_are_asked_for_by_no_name(store: SqlStore) -> None:
    await store.intake.append(
        [incoming("a", community="gone"), incoming("b"), incoming("c", community="everywhere")]
    )
    assert [m.external_id for m in await new(store, ["gone"])] == ["a"]
    assert [m.external_id for m in await new(store, [""])] == ["a"]
    assert [m.external_id for m in await new(store, ["everywhere", ""])] == ["a", "c"]


async def test_a_mention_set_aside_is_told_once_and_not_new(store: SqlStore) -> None:
    await store.intake.append([incoming("a")])
    (arrived,) = await new(store)
    async with store.work(Origin()) as work:
        await work.mentions.set_aside(arrived, "ValueError: poison")
    assert (await new(store), await store.unfiled()) == ([], 0)
    async with store.work(Origin()) as work:
        await work.mentions.file(arrived, 7)
    with pytest.raises(Stale):
        async with store.work(Origin()) as work:
            await work.mentions.set_aside(arrived, "too late")


# -- by hand -------------------------------------------------------------------------------------------


async def bring(store: SqlStore, post: Mention, case_id: int) -> int:
    async with store.work(Origin()) as work:
        number = await work.mentions.add(post)
        await work.mentions.file(mention(number), case_id)
    return number


async def test_what_a_person_brings_is_filed_by_the_same_work(store: SqlStore) -> None:
    post = mention(0, external_id="hand", text="seen it", url="https://x.example/1", extra={"by": "ana"})
    number = await bring(store, post, 7)
    (kept,) = await of(store)
    assert (kept.id, kept.text, kept.author, kept.extra) == (number, "seen it", post.author, {"by": "ana"})
    assert await store.unfiled() == 0


async def test_what_is_being_brought_is_not_taken_for_new(store: SqlStore) -> None:
    async with store.work(Origin()) as work:
        number = await work.mentions.add(mention(0))
        assert (await new(store), await store.unfiled()) == ([], 0)
        assert await work.mentions.add(mention(0)) == number, "said again, it is the same"


async def test_what_arrived_already_is_not_brought_a_second_time(store: SqlStore) -> None:
    arrived = await filed(store, incoming("m5"))
    with pytest.raises(Stale):
        await bring(store, mention(0, external_id="m5"), 9)
    assert (await of(store))[0].id == arrived.id


async def test_a_case_is_found_by_the_link_of_its_mention(store: SqlStore) -> None:
    async def by_link(url: str) -> Any:
        async with store.work(Origin()) as work:
            found = await work.mentions.by_link(url)
        return found.case_id if found else None

    await store.intake.append([incoming("new", url="https://x.example/1")])
    assert await by_link("https://x.example/1") is None, "it has no case yet"
    (arrived,) = await new(store)
    async with store.work(Origin()) as work:
        await work.mentions.file(arrived, 7)
    assert await by_link("https://x.example/1") == 7
    assert await by_link("https://x.example/2") is None


async def test_a_mention_is_read_by_its_number(store: SqlStore) -> None:
    arrived = await filed(store)
    await save(store, a_case(7))
    async with store.work(Origin()) as work:
        kept = await work.mentions.get(arrived.id)
        assert kept is not None
        assert (kept.id, kept.case_id) == (arrived.id, 7)
        assert await work.mentions.get(arrived.id + 1) is None
