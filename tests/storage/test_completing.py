"""Words that come later than their post: the case is as if they had come with it, and nobody edited anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.people import PersonId
from bot.ports import Origin, Removed
from storage.sql.erasing import erase_customer
from tests.desk import MONDAY, Story, a_desk
from tests.storage.kit import incoming

LEGAL = "My lawyer will sue you"


@pytest.fixture(params=["sqlite", "postgresql"])
async def desk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Story]:
    monkeypatch.setenv("BATON_TEST_DATABASE", request.param)
    async with a_desk(tmp_path) as story:
        yield story


async def comes_without_words(desk: Story) -> int:
    return await desk.mention("", external_id="p1", handle="unknown", extra={"incomplete": True})


async def words(desk: Story, text: str = LEGAL, **more: Any) -> int:
    about = {"text": text, "handle": "quetzal", "name": "Quentin", "url": "https://x.com/quetzal/status/1"}
    known = await desk.desk.store.sources.complete([incoming("p1", **{**about, **more})])
    await desk.settles()
    return known


async def card(desk: Story, case: int, from_: str = "ana") -> str:
    return await desk.says(f"show {case}", from_=from_)


async def test_the_rules_judge_the_words_when_they_come(desk: Story) -> None:
    case = await comes_without_words(desk)
    assert "P4" in await card(desk, case)
    assert await words(desk) == 1
    shown = await card(desk, case)
    assert LEGAL in shown
    assert "Quentin (quetzal)" in shown
    assert "P1" in shown
    assert "edited" not in shown
    async with desk.desk.store.work(Origin()) as work:
        found = await work.cases.get(case)
    assert "legal" in found.marks
    assert found.escalation is not None


async def test_an_edit_after_them_is_an_edit(desk: Story) -> None:
    case = await comes_without_words(desk)
    await words(desk, "It leaks")
    later = incoming("p1", text="It leaks a lot", edited_at=MONDAY + timedelta(hours=1))
    await desk.desk.store.intake.append([later])
    await desk.settles()
    shown = await card(desk, case)
    assert "It leaks a lot" in shown
    assert "edited since" in shown
    assert "Quentin" in shown


async def test_they_come_once_and_only_where_they_are_missing(desk: Story) -> None:
    case = await comes_without_words(desk)
    assert await words(desk, "It leaks") == 1
    assert await words(desk, "Something else") == 0
    assert await desk.desk.store.sources.complete([incoming("unknown")]) == 0
    other = await desk.mention("Whole from the start", external_id="p2")
    assert await desk.desk.store.sources.complete([incoming("p2", text="changed")]) == 0
    await desk.settles()
    assert "It leaks" in await card(desk, case)
    assert "Whole from the start" in await card(desk, other)


async def test_a_post_that_was_deleted_meanwhile_stays_gone(desk: Story) -> None:
    case = await comes_without_words(desk)
    await desk.desk.store.sources.remove([Removed(source="x", external_id="p1", at=MONDAY, hide=True)])
    await desk.settles()
    assert await words(desk, "It leaks") == 0
    assert "It leaks" not in await card(desk, case)


async def test_an_erased_author_does_not_come_back(desk: Story) -> None:
    case = await comes_without_words(desk)
    await desk.mention("Before", external_id="p0", handle="quetzal", created_at=MONDAY)
    await erase_customer(desk.desk.store, "x", "quetzal", by=PersonId("terminal:root"))
    await desk.settles()
    assert await words(desk) == 0
    assert "Quentin" not in await card(desk, case)
