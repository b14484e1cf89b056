"""The pulse of a process: before it takes timers it knows whether the desk was down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from adapters.metrics import Metrics
from bot.domain.alarms.outage import Outage
from bot.wiring.pulse import EVERY
from tests.desk import MONDAY, Story, Time, a_desk


async def beats(desk: Story) -> list[tuple[int, bool]]:
    """When the desk last said that it works, in seconds of the story, and whether it said goodbye."""
    read = "SELECT real_at, stopped FROM pulse"
    rows = await desk.desk.store.reader.once(lambda c: c.exec_driver_sql(read).all())
    start = round(MONDAY.timestamp() * 1_000_000)
    return [((at - start) // 1_000_000, bool(stopped)) for at, stopped in rows]


async def test_it_beats_when_it_is_time(desk: Story) -> None:
    pulse = desk.desk.pulse
    await pulse.beat()
    desk.time.at += EVERY - timedelta(seconds=1)
    await pulse.beat()
    assert await beats(desk) == [(0, False)], "a beat is a commit: not more often than needed"
    desk.time.at += timedelta(seconds=1)
    await pulse.beat()
    assert await beats(desk) == [(20, False)]
    await pulse.stop()
    assert await beats(desk) == [(20, True)]


async def test_one_that_never_worked_says_no_goodbye(desk: Story) -> None:
    await desk.desk.pulse.stop()
    assert await beats(desk) == []


async def test_the_worker_asks_it_before_it_takes_anything(desk: Story) -> None:
    await desk.desk.worker.refresh()
    desk.time.at += timedelta(hours=2)
    await desk.desk.worker.refresh()
    last = await desk.desk.store.pulse.last()
    assert last is not None
    assert last.length == timedelta(hours=2)


async def test_metrics_name_the_last_outage_also_after_a_restart(tmp_path: Path) -> None:
    time = Time()
    async with a_desk(tmp_path, time=time) as desk:
        await desk.desk.pulse.beat()
        assert b"baton_last_outage_seconds 0.0" in desk.desk.metrics.text()
    time.at += timedelta(hours=1)
    for _ in range(2):
        async with a_desk(tmp_path, time=time) as desk:
            await desk.desk.pulse.beat()
            assert b"baton_last_outage_seconds 3600.0" in desk.desk.metrics.text()


def test_the_end_of_an_outage_is_a_moment() -> None:
    metrics = Metrics(queue_depth=lambda: 0)
    found = Outage(id=1, since=MONDAY, until=MONDAY + timedelta(hours=1))
    metrics.outage(found.since, found.until)
    assert f"{found.until.timestamp():.0f}"[:6].encode() in metrics.text().replace(b".", b"")
