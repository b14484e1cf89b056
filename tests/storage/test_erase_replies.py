"""What we wrote to one customer goes with what they wrote to us, though others of the same case stay."""

from __future__ import annotations

from pathlib import Path

from bot.domain.people import PersonId
from storage.sql.erasing import erase_customer
from tests.handlers.reply.square import a_square
from tests.storage.kit import rows


async def test_our_words_to_them_go_while_notes_of_the_case_stay(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await desk.mention("It leaks", handle="marta", external_id="p1")
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"reply {case} We are sorry about your leak.", from_="ben")
        await desk.hears(f"note {case} rang the shop", from_="ben")
        same = await desk.mention("Same here!", handle="yuki", in_reply_to="p1")
        assert same == case
        await erase_customer(desk.desk.store, "x", "marta", by=PersonId("terminal:root"))
        found = await rows(desk.desk.store, "SELECT kind, data FROM events ORDER BY seq")
        said = {row.kind: row.data for row in found}
        assert said["reply_drafted"] is None
        assert "rang the shop" in said["noted"]
