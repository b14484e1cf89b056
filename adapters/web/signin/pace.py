"""How often one may try: by address and by person, in a little memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Final

MOST: Final = 10_000
"""Names that are remembered; the one that tried longest ago is forgotten first."""


class Pace:
    """At most `count` tries of one name within `span`. What is guessed at has 256 bits, so this only keeps the desk
    and the provider from being kept busy: generous enough for an office behind one address at nine on Monday."""

    def __init__(self, count: int, span: timedelta) -> None:
        self._count, self._span = count, span
        self._tries: OrderedDict[str, deque[datetime]] = OrderedDict()

    def allows(self, name: str, now: datetime) -> bool:
        """Whether this try may go on; if so, it counts."""
        tries = self._tries.setdefault(name, deque(maxlen=self._count))
        self._tries.move_to_end(name)
        while len(self._tries) > MOST:
            self._tries.popitem(last=False)
        # A clock that was set back must not keep anybody out.
        if len(tries) == self._count and timedelta(0) <= now - tries[0] < self._span:
            return False
        tries.append(now)
        return True
