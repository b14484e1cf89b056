"""What a timer's handler reads from its job."""

from __future__ import annotations

from bot.router import Call


def case_of(call: Call) -> int:
    """The case a timer is about. KeyError for a job that names none."""
    args = call.job.args if call.job else {}
    return int(args["case"] or 0)


def said(call: Call, name: str) -> str:
    """A text that the job carries; blank when it carries none."""
    value = call.job.args.get(name) if call.job else None
    return value if isinstance(value, str) else ""
