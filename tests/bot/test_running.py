"""A desk at work keeps its house, whatever happens to one round of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.config import Config
from bot.wiring import running
from storage.sql.clock import SqlClock
from storage.sql.store import SqlStore
from tests.desk import MONDAY, Time, test_policy


async def test_a_surprise_in_one_round_does_not_end_housekeeping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[int] = []
    again = asyncio.Event()

    async def fails_once(store: SqlStore) -> None:
        rounds.append(len(rounds))
        if len(rounds) > 1:
            again.set()
            await asyncio.Event().wait()  # until the desk is closed
        raise OSError("the disk is full")

    monkeypatch.setattr(SqlStore, "forget_seen", fails_once)
    time = Time()
    clock = SqlClock(real=time.real, sleep=time.sleep)
    config = Config(database_url=f"sqlite:///{tmp_path / 'desk.db'}", web_chat="local")
    async with running(config, policy=test_policy(), clock=clock):
        await asyncio.wait_for(again.wait(), 60)
    assert len(rounds) > 1
    assert time.at > MONDAY
