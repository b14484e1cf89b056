"""Posts that are gone at their network: the case says so, and where terms ask for it the words are gone here, too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.people import PersonId
from bot.ports import Batch, Removed
from storage.sql.erasing import erase_customer
from tests.desk import MONDAY, Story, a_desk, text_of
from tests.storage.kit import incoming, rows, runs

WORDS = "The quetzal kettle leaks"
HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
async def desk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Story]:
    monkeypatch.setenv("BATON_TEST_DATABASE", request.param)
    async with a_desk(tmp_path) as story:
        yield story


async def gone(desk: Story, post: str = "p1", *, hide: bool = False, settle: bool = True, **at: Any) -> int:
    removed = Removed(source="x", external_id=post, at=desk.now + timedelta(**at), hide=hide)
    known = await desk.desk.store.sources.remove([removed])
    if settle:
        await desk.settles()
    return known


async def comes(desk: Story, *posts: Any, removed: Any = ()) -> None:
    book = desk.desk.store.sources
    hold = await book.take("square", HOUR)
    assert hold is not None
    await book.append(hold, Batch(mentions=posts, removed=removed))
    await book.release(hold)


async def everywhere(desk: Story) -> str:
    """All that the database holds of texts and cards."""
    found = []
    for table, column in (
        ("mentions", "text"),
        ("mentions", "extra"),
        ("revisions", "text"),
        ("revisions", "extra"),
        ("web_messages", "card"),
        ("messages", "shown"),
        ("jobs", "args"),
        ("events", "data"),
        ("cases", "body"),
    ):
        for row in await rows(desk.desk.store, f"SELECT {column} AS held FROM {table}"):
            held = row.held
            found.append(bytes(held).decode() if isinstance(held, bytes | memoryview) else str(held))
    return "\n".join(found)


async def test_the_card_says_that_it_was_deleted_and_keeps_its_words(desk: Story) -> None:
    case = await desk.mention(WORDS, external_id="p1")
    assert await gone(desk, minutes=5) == 1
    card = text_of(await desk.card(case, "support"))
    assert WORDS in card and "deleted" in card
    assert "deleted" in await desk.says(f"show {case}", from_="ana")
    assert (await desk.kinds(case)).count("removed") == 1


async def test_what_must_be_hidden_is_nowhere_any_more(desk: Story) -> None:
    case = await desk.mention(WORDS, external_id="p1", extra={"native": {"text": "quetzal"}})
    edited = incoming("p1", text=f"{WORDS} badly", edited_at=MONDAY + HOUR)
    await desk.desk.store.intake.append([edited])
    await desk.settles()
    assert "leaks badly" in text_of(await desk.card(case, "support"))
    assert await gone(desk, hide=True, hours=2) == 1
    assert "The words are gone" in text_of(await desk.card(case, "support"))
    assert "leaks" not in await everywhere(desk)
    shown = await desk.says(f"show {case}", from_="ana")
    assert "leaks" not in shown and "deleted" in shown


async def test_alarms_and_pages_that_quoted_it_are_said_again_without_it(desk: Story) -> None:
    await desk.mention(f"{WORDS}. My lawyer will sue you", external_id="p1")
    await desk.passes(minutes=30)
    assert WORDS in await everywhere(desk)
    await gone(desk, hide=True)
    await desk.passes(minutes=1)
    assert "leaks" not in await everywhere(desk)


@pytest.mark.parametrize("hide", [False, True])
async def test_removed_before_it_was_filed(desk: Story, hide: bool) -> None:
    await comes(desk, incoming("p1", text=WORDS))
    assert await gone(desk, hide=hide, settle=False) == 1
    if hide:
        assert "leaks" not in await everywhere(desk)
    await desk.settles()
    ((case,),) = await rows(desk.desk.store, "SELECT case_id FROM mentions")
    card = text_of(await desk.card(case, "support"))
    assert "deleted" in card
    assert (WORDS in card) is not hide
    assert ("leaks" in await everywhere(desk)) is not hide


@pytest.mark.parametrize("hide", [False, True])
async def test_in_the_batch_that_brought_it(desk: Story, hide: bool) -> None:
    gone_at_once = Removed(source="x", external_id="p1", at=MONDAY, hide=hide)
    await comes(desk, incoming("p1", text=WORDS), removed=[gone_at_once])
    await desk.settles()
    ((case,),) = await rows(desk.desk.store, "SELECT case_id FROM mentions")
    assert "deleted" in text_of(await desk.card(case, "support"))
    assert ("leaks" in await everywhere(desk)) is not hide


async def test_twice_is_told_once_and_hiding_after_it_still_hides(desk: Story) -> None:
    case = await desk.mention(WORDS, external_id="p1")
    assert await gone(desk) == 1
    assert await gone(desk, minutes=1) == 0
    assert (await desk.kinds(case)).count("removed") == 1
    assert await gone(desk, hide=True, minutes=2) == 1
    assert "leaks" not in await everywhere(desk)
    assert await gone(desk, hide=True, minutes=3) == 0
    assert await gone(desk, minutes=4) == 0
    assert "The words are gone" in text_of(await desk.card(case, "support"))


@pytest.mark.parametrize("when", ["before", "behind"])
@pytest.mark.parametrize("hide", [False, True])
async def test_an_edit_that_comes_after_the_end_brings_nothing_back(
    desk: Story, hide: bool, when: str
) -> None:
    case = await desk.mention(WORDS, external_id="p1")
    await gone(desk, hide=hide, hours=1)
    at = MONDAY + (HOUR / 2 if when == "before" else 2 * HOUR)
    await comes(desk, incoming("p1", text="quetzal again", edited_at=at))
    await desk.settles()
    card = text_of(await desk.card(case, "support"))
    assert "deleted" in card
    assert "quetzal again" not in card and "quetzal again" not in await everywhere(desk)


async def test_one_that_was_set_aside_is_hidden_as_well(desk: Story) -> None:
    await comes(desk, incoming("p1", text=WORDS))
    await runs(desk.desk.store, "UPDATE mentions SET set_aside = 'KeyError'")
    assert await gone(desk, hide=True) == 1
    assert "leaks" not in await everywhere(desk)


async def test_one_that_nobody_knows_is_passed_over(desk: Story) -> None:
    assert await gone(desk, "unknown") == 0
    assert await rows(desk.desk.store, "SELECT id FROM revisions") == []


async def test_a_post_that_was_removed_and_erased_does_not_come_back(desk: Story) -> None:
    case = await desk.mention(WORDS, external_id="p1", handle="quetzal")
    await gone(desk)
    await erase_customer(desk.desk.store, "x", "quetzal", by=PersonId("terminal:root"))
    await desk.settles()
    await comes(desk, incoming("p1", text=WORDS, handle="quetzal", edited_at=MONDAY + 5 * HOUR))
    assert await gone(desk, hide=True, hours=6) == 0
    await desk.settles()
    assert "leaks" not in await everywhere(desk)
    assert len(await rows(desk.desk.store, "SELECT id FROM mentions")) == 1
    assert "leaks" not in await desk.says(f"show {case}", from_="ana")
