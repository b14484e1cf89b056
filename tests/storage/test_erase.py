"""Erasing at a customer's wish, and by age: nothing of it is left in the file, and the chains still hold."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from bot.domain.people import PersonId
from bot.ports import Incoming
from bot.wiring.running import erase_what_is_old
from storage.sql.audit import verify
from storage.sql.erasing import Outcome, erase_customer
from tests.desk import MONDAY, Story, a_desk, text_of
from tests.storage.kit import rows

ROOT = PersonId("terminal:root")
TEXT = "Your courier Zanzibar threw my parcel over the fence"
SECRETS = ("Zanzibar", "quetzal", "Quentin", "brownhouse", "example.social/1")


async def erased(desk: Story, handle: str = "@Quetzal") -> Outcome:
    outcome = await erase_customer(desk.desk.store, "x", handle, by=ROOT)
    await desk.settles()
    return outcome


async def complains(desk: Story, **fields: object) -> int:
    about = {"handle": "quetzal", "name": "Quentin", "bio": "lives in brownhouse", "external_id": "p1"}
    return await desk.mention(TEXT, **{**about, "url": "https://example.social/1", **fields})  # type: ignore[arg-type]


@pytest.fixture(autouse=True, params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every story is told on both databases."""
    monkeypatch.setenv("BATON_TEST_DATABASE", request.param)


async def left_in(desk: Story) -> list[str]:
    """Which of the secrets any table still holds."""
    every = await desk.desk.store.reader.once(
        lambda c: [row for table in SQLModel.metadata.sorted_tables for row in c.execute(select(table))]
    )
    dump = "\n".join(
        bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
        for row in every
        for value in row
    )
    return [secret for secret in SECRETS if secret in dump]


async def broken(desk: Story) -> list[str]:
    found = await desk.desk.store.reader.once(lambda c: list(verify(c)))
    return [f"{verdict.subject}: {verdict.means}" for verdict in found if verdict.broken_at is not None]


async def test_nothing_is_left_anywhere(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case = await complains(desk)
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"note {case} rang Quentin about the Zanzibar courier", from_="ana")
        await desk.hears(f"escalate {case} quetzal will sue", from_="ben")
        await desk.hears(f"handoff {case} pr please soothe Quentin", from_="ben")
        await desk.hears("list", from_="ana", in_="support")
        assert await left_in(desk)
        outcome = await erased(desk)
        assert (outcome.erased.mentions, outcome.erased.cases) == (1, (case,))
        assert await left_in(desk) == []
        assert await broken(desk) == []
        assert "erased" in text_of(await desk.card(case, "support"))
        shown = text_of(await desk.hears(f"show {case}", from_="ben"))
        assert "What a customer wrote was erased: at the author's wish." in shown
        # It is still a case that people work on.
        assert (await desk.case(case)).owner == "ben@kettle.example"
        await desk.hears(f"resolve {case} nothing-needed", from_="ben")
        assert (await desk.kinds(case))[-1] == "resolved"
        assert await broken(desk) == []


async def test_what_colleagues_wrote_below_the_card_goes_too(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case, other = await complains(desk), await desk.mention("Nice kettle!")
        log = desk.desk.store.weblog
        page = await log.page("support")
        for number in (case, other):
            (card,) = [message for message in page if message.case_id == number]
            await log.post("support", nonce=f"n{number}", by=ROOT, reply_to=card.id, text="is this him?")
        await erased(desk)
        said = await rows(desk.desk.store, "SELECT text FROM web_messages WHERE text IS NOT NULL ORDER BY id")
        assert said == [("erased",), ("is this him?",)]


async def test_what_was_shown_is_said_again_without_the_words(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case = await complains(desk)
        await desk.hears(f"note {case} ask the neighbour", from_="ana")
        page = await desk.desk.store.weblog.page("support")
        (root,) = [message.id for message in page if message.case_id == case]
        assert "neighbour" in text_of((await desk.channel("support", thread=root))[0])
        assert (await erased(desk)).erased.shown
        (note,) = await desk.channel("support", thread=root)
        assert "neighbour" not in text_of(note)


async def test_who_acted_stays(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case = await complains(desk)
        await desk.hears(f"claim {case}", from_="ben")
        await erased(desk)
        acts = await rows(desk.desk.store, "SELECT kind, actor FROM events WHERE kind = 'claimed'")
        assert acts == [("claimed", "ben@kettle.example")]


async def test_others_in_the_same_case_keep_their_words(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case = await complains(desk)
        same = await desk.mention("Same here!", handle="yuki", in_reply_to="p1")
        assert same == case
        await desk.hears(f"note {case} rang both", from_="ben")
        await desk.hears(f"note {case} Quentin is angry", from_="ben")
        await erased(desk)
        found = await rows(desk.desk.store, "SELECT handle, text FROM mentions ORDER BY id")
        assert found == [("erased", "erased"), ("yuki", "Same here!")]
        noted = await rows(desk.desk.store, "SELECT data FROM events WHERE kind = 'noted' ORDER BY seq")
        assert "rang both" in noted[0].data
        assert noted[1].data is None
        assert await broken(desk) == []


async def test_an_edit_that_nobody_saw_yet_goes_too(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await complains(desk)
        await complains_again(desk, text="Zanzibar again", edited_at=MONDAY + timedelta(minutes=3))
        outcome = await erased(desk)
        assert outcome.erased.revisions == 1
        assert await left_in(desk) == []


async def complains_again(desk: Story, **fields: object) -> tuple[int, int]:
    about = {"source": "x", "external_id": "p1", "community": "x-kettle", "created_at": MONDAY}
    post = Incoming(**{**about, "handle": "quetzal", "text": TEXT, **fields})  # type: ignore[arg-type]
    done = await desk.desk.store.intake.append([post])
    return done.accepted, done.duplicates


@pytest.mark.parametrize(
    ("fields", "taken"),
    [
        ({}, 0),
        ({"edited_at": MONDAY + timedelta(days=3)}, 0),
        ({"external_id": "p0", "created_at": MONDAY - timedelta(days=300)}, 0),
        ({"external_id": "p0", "handle": "@QUETZAL"}, 0),
        ({"external_id": "p2", "created_at": MONDAY + timedelta(days=3)}, 1),
        ({"external_id": "p2", "handle": "yuki"}, 1),
        ({"source": "bluesky"}, 1),
    ],
)
async def test_what_was_erased_does_not_come_back(
    tmp_path: Path, fields: dict[str, object], taken: int
) -> None:
    async with a_desk(tmp_path) as desk:
        await complains(desk)
        await erased(desk)
        assert await complains_again(desk, **fields) == (taken, 1 - taken)


async def test_nobody_reads_from_a_tombstone_whose_it_is(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        await erased(desk, "quetzal")
        (mine,) = await rows(desk.desk.store, "SELECT mark FROM tombstones")
    async with a_desk(tmp_path, database="other.db") as desk:
        await erased(desk, "quetzal")
        (theirs,) = await rows(desk.desk.store, "SELECT mark FROM tombstones")
    assert mine != theirs


async def test_what_is_older_than_the_policy_keeps_goes(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        old = await complains(desk)
        await desk.hears(f"dismiss {old} not for us, Quentin", from_="ben")
        waits = await desk.mention("I still wait.", handle="yuki")
        desk.time.at += timedelta(days=731)
        new = await desk.mention("Hello again", handle="otto")
        await desk.hears(f"dismiss {new} spam", from_="ben")
        for _ in range(2):
            await erase_what_is_old(desk.desk)
            await desk.settles()
        assert await left_in(desk) == []
        found = await rows(desk.desk.store, "SELECT case_id, handle FROM mentions ORDER BY id")
        assert found == [(old, "erased"), (waits, "yuki"), (new, "otto")]
        assert (await desk.kinds(old)).count("erased") == 1
        assert await complains_again(desk) == (0, 1)
        assert await broken(desk) == []


async def test_a_handover_that_waits_is_said_anew_without_the_words(tmp_path: Path) -> None:
    """Chats that we cannot wipe show the newer message, too."""
    async with a_desk(tmp_path) as desk:
        case = await complains(desk)
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears("handover hana the Zanzibar matter", from_="ben")
        assert "Zanzibar" in text_of((await desk.direct("hana"))[-1])
        await erase_customer(desk.desk.store, "x", "@Quetzal", by=ROOT)
        waiting = await rows(desk.desk.store, "SELECT key FROM jobs WHERE key LIKE 'handover:%@%'")
        assert len(waiting) == 1
        await desk.settles()
        assert not [secret for secret in SECRETS if secret in text_of((await desk.direct("hana"))[-1])]
