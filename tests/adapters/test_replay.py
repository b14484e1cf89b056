"""A file of mentions comes in at its pace, goes on where it was, and gives an account."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.replay import BATCH, Progress, Replay
from adapters.sources.mention_json import MentionReader
from bot.ports import Appended, Overloaded, Stale
from tests.fakes.intake import MemoryIntake

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Pace:
    """Time passes only in sleep, and a little with every look at the clock."""

    at: datetime = NINE
    slept: list[timedelta] = field(default_factory=list)
    look: timedelta = timedelta(0)

    def real(self) -> datetime:
        self.at += self.look
        return self.at

    async def sleep(self, delay: timedelta) -> None:
        self.slept.append(delay)
        self.at += delay
        await asyncio.sleep(0)


@dataclass
class Marks:
    marks: dict[str, int] = field(default_factory=dict)
    sets: int = 0

    async def bookmark(self, name: str) -> int | None:
        return self.marks.get(name)

    async def set_bookmark(self, name: str, value: int) -> None:
        self.sets += 1
        self.marks[name] = value


@dataclass
class Run:
    """One store, several runs of the same file."""

    file: Path
    intake: MemoryIntake = field(default_factory=MemoryIntake)
    marks: Marks = field(default_factory=Marks)
    pace: Pace = field(default_factory=Pace)
    told: list[int] = field(default_factory=list)

    def replay(self, **options: Any) -> Replay:
        return Replay(
            file=self.file,
            reader=MentionReader(lambda *, community, brand, source: "everywhere"),
            intake=options.pop("intake", self.intake),
            bookmarks=self.marks,
            pace=self.pace,
            tell=lambda progress: self.told.append(progress.position),
            **options,
        )

    async def __call__(self, **options: Any) -> Progress:
        return await self.replay(**options).run()


def line(number: int, after: float = 0, **changed: Any) -> str:
    at = NINE.replace(year=2015) + timedelta(seconds=after)
    return json.dumps(
        {
            "source": "x",
            "id": str(number),
            "created_at": at.isoformat(),
            "author": "a",
            "text": "hi",
            **changed,
        }
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "mentions.jsonl")


def write(run: Run, *lines: str) -> None:
    run.file.write_text("\n".join(lines) + "\n", encoding="utf-8")


# -- pace -------------------------------------------------------------------------------------


async def test_real_time_keeps_the_gaps(run: Run) -> None:
    write(run, line(1), line(2, 60), line(3, 60.01), line(4, 90))
    await run()
    assert run.pace.slept == [timedelta(seconds=60), timedelta(seconds=30)]
    assert run.intake.sizes == [1, 2, 1]


async def test_ten_times_as_fast(run: Run) -> None:
    write(run, line(1), line(2, 60), line(3, 90))
    await run(speed=10.0)
    assert run.pace.slept == [timedelta(seconds=6), timedelta(seconds=3)]


async def test_as_fast_as_it_goes_never_sleeps_and_sends_batches(run: Run) -> None:
    write(run, *(line(number, number * 3600) for number in range(BATCH + 10)))
    progress = await run(speed=None)
    assert (run.pace.slept, run.intake.sizes, progress.accepted) == ([], [BATCH, 10], BATCH + 10)


async def test_what_is_late_or_out_of_order_goes_at_once(run: Run) -> None:
    write(run, line(1, 100), line(2, 0), line(3, 130))
    await run()
    assert run.pace.slept == [timedelta(seconds=30)]


async def test_a_full_desk_is_given_time(run: Run) -> None:
    write(run, line(1))
    run.intake.raises = [Overloaded(3), Stale()]
    progress = await run(speed=None)
    assert (progress.accepted, run.pace.slept) == (1, [timedelta(seconds=3), timedelta(milliseconds=200)])


# -- account ----------------------------------------------------------------------------------------


async def test_the_account_names_the_first_bad_lines(run: Run) -> None:
    bad = [line(number, source="") for number in range(10, 18)]
    write(run, line(1), "", line(1), *bad)
    progress = await run(speed=None)
    assert (progress.read, progress.accepted, progress.duplicates, progress.rejected) == (10, 1, 1, 8)
    assert progress.first_reasons == [(number, "source: is empty") for number in range(4, 9)]
    assert progress.position == progress.size == run.file.stat().st_size


async def test_the_rate_counts_real_time(run: Run) -> None:
    write(run, line(1), line(2, 4))
    progress = await run()
    assert (progress.seconds, progress.rate) == (4.0, 0.5)


async def test_the_limit_counts_from_the_start_of_the_file(run: Run) -> None:
    write(run, *(line(number) for number in range(6)))
    assert (await run(speed=None, limit=2)).read == 2
    assert (await run(speed=None, limit=2)).read == 0
    assert (await run(speed=None, limit=5)).read == 3
    assert run.intake.ids == ["0", "1", "2", "3", "4"]


# -- going on ---------------------------------------------------------------------------------------


async def test_a_finished_file_has_nothing_left_unless_asked_again(run: Run) -> None:
    write(run, line(1), line(2))
    await run(speed=None)
    rest = await run(speed=None)
    assert (rest.read, rest.resumed_at) == (0, rest.size)
    whole = await run(speed=None, again=True)
    assert (whole.read, whole.duplicates, whole.resumed_at) == (2, 2, 0)


async def test_interrupted_it_goes_on_where_it_was(run: Run) -> None:
    write(run, line(1), line(2), line(3, 3600), line(4, 3600))
    replaying = asyncio.create_task(run.replay(intake=run.intake).run())
    blocked = asyncio.Event()

    async def never(delay: timedelta) -> None:
        blocked.set()
        await asyncio.Event().wait()

    run.pace.sleep = never  # type: ignore[method-assign]
    await blocked.wait()
    # Before a long wait it is written down already: a kill would find it there.
    assert list(run.marks.marks.values()) == [run.told[-1]]
    replaying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await replaying
    assert run.intake.ids == ["1", "2"]
    progress = await run(speed=None)
    assert (progress.read, progress.accepted, progress.duplicates) == (2, 2, 0)


async def test_killed_before_a_bookmark_it_repeats_and_nothing_is_lost_or_doubled(run: Run) -> None:
    write(run, *(line(number) for number in range(BATCH * 3)))

    class Killed(BaseException):
        """As kill -9: not even the last bookmark is written."""

    class Dying(MemoryIntake):
        async def append(self, mentions: Any) -> Appended:
            if len(self.sizes) == 2:
                raise Killed
            return await super().append(mentions)

    dying = Dying(taken=run.intake.taken)
    with pytest.raises(Killed):
        await run(speed=None, intake=dying)
    run.marks.marks.clear()
    progress = await run(speed=None)
    assert (progress.duplicates, progress.accepted) == (BATCH * 2, BATCH)
    assert run.intake.ids == [str(number) for number in range(BATCH * 3)]


async def test_what_was_never_stored_has_no_bookmark(run: Run) -> None:
    write(run, line(1))
    run.intake.raises = [OSError("the disk is full")]
    with pytest.raises(OSError, match="full"):
        await run(speed=None)
    assert (await run(speed=None)).accepted == 1


async def test_a_bookmark_never_runs_ahead_of_what_is_stored(run: Run) -> None:
    write(run, *(line(number) for number in range(50)))
    run.pace.look = timedelta(milliseconds=300)
    ends = [0]
    for each in run.file.read_bytes().splitlines(keepends=True):
        ends.append(ends[-1] + len(each))
    stored: list[int] = []

    async def checked(name: str, value: int) -> None:
        stored.append(value)
        assert ends.index(value) == len(run.intake.taken)

    run.marks.set_bookmark = checked  # type: ignore[method-assign]
    await run(speed=None)
    assert len(stored) > 3 and stored == sorted(stored)


async def test_a_file_that_changed_is_read_from_its_start(run: Run) -> None:
    write(run, line(1), line(2))
    await run(speed=None)
    write(run, line(3), line(1), line(2))
    progress = await run(speed=None)
    assert (progress.read, progress.accepted, progress.duplicates) == (3, 1, 2)


async def test_it_waits_until_the_desk_has_filed_them_all(run: Run) -> None:
    write(run, line(1))
    replay = run.replay(speed=None)
    progress = await replay.run()
    left = [3, 1, 0]

    async def unfiled() -> int:
        return left.pop(0)

    await replay.wait_until_filed(unfiled, progress)
    assert (left, progress.unfiled, progress.seconds, progress.filed_after) == ([], 0, 0.0, 0.4)
    assert run.pace.slept == [timedelta(milliseconds=200)] * 2


async def test_a_file_that_is_not_there(run: Run) -> None:
    with pytest.raises(FileNotFoundError):
        await run()
