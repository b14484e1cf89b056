"""`baton serve` as a replica to be killed: its leases are short, so that a test need not wait a minute for what it held."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta

import adapters.delivery
import adapters.saying
import adapters.worker
from adapters.logs import set_up
from bot.cli.serve import run_desk
from bot.config import read_config

LEASE = timedelta(seconds=6)
"""Longer than a lane's turn."""

if __name__ == "__main__":
    for module, name in (
        (adapters.worker, "TIMER_LEASE"),
        (adapters.worker, "LANE_LEASE"),
        (adapters.saying, "LEASE"),
        (adapters.delivery, "LEASE"),
    ):
        setattr(module, name, LEASE)
    set_up(sys.stderr, level="warning")
    asyncio.run(run_desk(read_config(os.environ)))
