"""What a timer's handler reads from its job."""

from __future__ import annotations

from bot.router import Call


def case_of(call: Call) -> int:
    """The case a timer is about. ValueError for a job that names none."""
    number = call.job.args.get("case") if call.job else None
    if not isinstance(number, int):
        raise ValueError(f"the job of {call.verb} names no case")
    return number


def said(call: Call, name: str) -> str:
    """A text that the job carries; blank when it carries none."""
    value = call.job.args.get(name) if call.job else None
    return value if isinstance(value, str) else ""
