"""The alarm in a department's channel, once the ladder is at its end, is hidden with its case."""

from __future__ import annotations

from pathlib import Path

from tests.desk import a_desk, text_of


async def test_the_alarm_is_corrected_when_its_channel_may_not_see_the_case_any_more(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        case = await desk.mention("My lawyer will hear of the kettle that burns.")
        await desk.passes(hours=2)
        assert "Nobody on the ladder answered" in text_of((await desk.channel("legal"))[-1])
        await desk.hears(f"handoff {case} support paging yours", from_="cleo")
        await desk.hears(f"accept {case}", from_="ana")
        await desk.hears(f"restrict {case} to support", from_="ana")
        card, alarm = await desk.channel("legal")
        assert text_of(card) == text_of(alarm) == f"{case}, restricted, ask Support"
