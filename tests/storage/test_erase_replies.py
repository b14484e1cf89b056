"""What we wrote to one customer goes with what they wrote to us, though others of the same case stay."""

from __future__ import annotations

from pathlib import Path

from bot.domain.people import PersonId
from storage.sql.erasing import erase_customer
from tests.handlers.reply.square import a_square
from tests.storage.kit import rows


async def test_our_words_to_them_go_while_those_to_others_stay(tmp_path: Path) -> None:
    async with a_square(tmp_path) as (desk, _):
        case = await desk.mention("It leaks", handle="marta", external_id="p1")
        await desk.hears(f"claim {case}", from_="ben")
        await desk.hears(f"reply {case} We are sorry about your leak.", from_="ben")
        await desk.hears(f"publish {case}", from_="ben")
        same = await desk.mention("Same here!", handle="yuki", in_reply_to="p1")
        assert same == case
        await desk.hears(f"reply {case} You are next.", from_="ben")
        await erase_customer(desk.desk.store, "x", "marta", by=PersonId("terminal:root"))
        found = await rows(
            desk.desk.store, "SELECT data FROM events WHERE kind = 'reply_drafted' ORDER BY seq"
        )
        assert found[0].data is None
        assert "You are next." in found[-1].data
