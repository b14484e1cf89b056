"""What a timer's handler reads from its job."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.domain.alarms.outage import Outage
from bot.ports import Work
from bot.router import Call

_ON_TIME: Final = timedelta(seconds=1)


def case_of(call: Call) -> int:
    """The case a timer is about. KeyError for a job that names none."""
    args = call.job.args if call.job else {}
    return int(args["case"] or 0)


async def slept_through(call: Call, work: Work) -> Outage | None:
    """The outage of the desk through which this timer waited; None for one on time."""
    if call.job is None or call.now - call.job.due < _ON_TIME:
        return None
    outage = await work.outages.last()
    return outage if outage is not None and call.job.due <= outage.until else None


def said(call: Call, name: str) -> str:
    """A text that the job carries; blank when it carries none."""
    value = call.job.args.get(name) if call.job else None
    return value if isinstance(value, str) else ""
