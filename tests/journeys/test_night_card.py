"""What was acknowledged at night climbs in the morning, and the card says so."""

from __future__ import annotations

from pathlib import Path

from tests.desk import a_desk, text_of


async def test_the_card_names_the_moment_at_which_it_climbs_again(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case = await desk.mention("My parcel never came.")
        await desk.passes(hours=15)
        await desk.hears(f"escalate {case} it burns", from_="ana")
        await desk.hears(f"ack {case}", from_="ana")
        assert "climbs again at 00:30" in text_of(await desk.card(case, "support"))
        await desk.passes(hours=1)
        assert "climbs again at 00:30" not in text_of(await desk.card(case, "support"))
