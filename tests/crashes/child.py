"""The process that gets killed: `serve` itself, only with everything that takes its time shortened alike.

A desk in the field holds what it took for a minute, speaks for five seconds and waits ten for Slack. Here all of that
is a tenth or less, in the same order of size, and Slack's clock runs ten times as fast: so a seed takes seconds.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import adapters.delivery
import adapters.saying
import adapters.slack.api
import adapters.slack.inbound
import adapters.slack.outbound
import adapters.slack.pace
import adapters.slack.workspace
import adapters.worker
import bot.wiring.pulse
from adapters.logs import set_up
from bot.cli.serve import run_desk
from bot.config import read_config
from bot.ports import Rate

QUICKER: Final = 10
"""So many times faster than in the field Slack's clock runs, for the desk and for the fake Slack alike."""
LEASE: Final = timedelta(seconds=5)
TURN: Final = timedelta(milliseconds=500)
ANSWERS_WITHIN: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """With which settings a process starts. `real` leases are the field's own."""

    env: tuple[tuple[str, str], ...]
    log: Path
    real: bool = False


def live(life: Life) -> None:
    """What the process does until somebody ends it."""
    os.dup2(os.open(life.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
    if not life.real:
        _hurry()
    _speak_quickly()
    set_up(sys.stderr, level="warning")
    asyncio.run(run_desk(read_config(dict(life.env))))


def _hurry() -> None:
    for module, name, value in (
        (adapters.worker, "TIMER_LEASE", LEASE),
        (adapters.worker, "LANE_LEASE", LEASE),
        (adapters.saying, "LEASE", LEASE),
        (adapters.delivery, "LEASE", LEASE),
        (adapters.delivery, "TURN", TURN),
        (adapters.delivery, "_FIRST_BACK_OFF", timedelta(milliseconds=200)),
        (adapters.slack.outbound, "STILL_COMING", timedelta(seconds=1.2)),
        (adapters.worker, "FLOOR", timedelta(milliseconds=100)),
        (bot.wiring.pulse, "EVERY", timedelta(seconds=2)),
    ):
        _set(module, name, value)
    # A default is bound when the function is made.
    defaults = adapters.slack.api.SlackApi.__init__.__kwdefaults__
    assert defaults and "timeout" in defaults
    defaults["timeout"] = ANSWERS_WITHIN


def _speak_quickly() -> None:
    pace = adapters.slack.pace
    _set(pace, "CHANNEL", _quicker(pace.CHANNEL))
    _set(pace, "BUDGETS", {method: _quicker(rate) for method, rate in pace.BUDGETS.items()})


def _quicker(rate: Rate) -> Rate:
    return Rate(rate.burst, rate.each / QUICKER, reserve=rate.reserve)


def _set(module: Any, name: str, value: Any) -> None:
    assert hasattr(module, name), f"{module.__name__} has no {name}"
    setattr(module, name, value)
