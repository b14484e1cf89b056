"""A length of time as people write it: elapsed time, working hours or working days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

_DAY = 86_400
_LONGEST = 100 * 365 * _DAY


class SpanKind(StrEnum):
    """WALL is elapsed time; HOURS counts only open time; DAYS counts working days."""

    WALL = "wall"
    HOURS = "hours"
    DAYS = "days"


_UNITS: dict[str, tuple[SpanKind, int]] = {
    "y": (SpanKind.WALL, 365 * _DAY),
    "w": (SpanKind.WALL, 7 * _DAY),
    "d": (SpanKind.WALL, _DAY),
    "h": (SpanKind.WALL, 3600),
    "m": (SpanKind.WALL, 60),
    "s": (SpanKind.WALL, 1),
    "wd": (SpanKind.DAYS, _DAY),
    "wh": (SpanKind.HOURS, 3600),
    "wm": (SpanKind.HOURS, 60),
    "ws": (SpanKind.HOURS, 1),
}
_PRINTED = ("y", "d", "h", "m", "s", "wd", "wh", "wm", "ws")
_FORM = re.compile(r"\s*([0-9]{1,12})\s*([a-z]+)\s*", re.IGNORECASE)
_HELP = 'write a number and a unit, such as "15m", "4h", "1d", "4wh" (working hours) or "1wd" (working days)'


@dataclass(frozen=True, slots=True)
class Span:
    """`seconds` of elapsed time (WALL) or of open time (HOURS); for DAYS, working days x 86400.

    Raises ValueError for a negative span and for a part of a working day.
    """

    seconds: int
    kind: SpanKind = SpanKind.WALL

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= _LONGEST:
            raise ValueError("a duration lies between 0 and 100 years")
        if self.kind is SpanKind.DAYS and self.seconds % _DAY:
            raise ValueError("working days are counted whole; use working hours for parts of a day")

    @classmethod
    def parse(cls, text: str) -> Span:
        """The span that `text` says; ValueError, with a sentence a person can act on, when it says none.

        Units: s, m, h, d, w, y (365 days) elapsed; ws, wm, wh working time; wd working days.
        """
        form = _FORM.fullmatch(text)
        if form is None or form[2].lower() not in _UNITS:
            raise ValueError(f'"{text[:40]}" is not a duration: {_HELP}')
        kind, unit = _UNITS[form[2].lower()]
        return cls(int(form[1]) * unit, kind)

    @classmethod
    def of_seconds(cls, seconds: int) -> Span:
        """So many seconds of elapsed time."""
        return cls(seconds)

    @property
    def days(self) -> int:
        """Whole days of 86400 s: the number of working days when the kind is DAYS."""
        return self.seconds // _DAY

    @property
    def elapsed(self) -> timedelta:
        """The length of a WALL span. ValueError for working time, whose length depends on a calendar."""
        if self.kind is not SpanKind.WALL:
            raise ValueError(f'"{self}" is working time: a calendar is needed to say how long that is')
        return timedelta(seconds=self.seconds)

    def __str__(self) -> str:
        """The shortest text that parses back to this span: 3600 s is "1h"."""
        smallest = ""
        for name in _PRINTED:
            kind, unit = _UNITS[name]
            if kind is self.kind:
                if self.seconds and self.seconds % unit == 0:
                    return f"{self.seconds // unit}{name}"
                smallest = name
        return f"{self.seconds}{smallest}"
