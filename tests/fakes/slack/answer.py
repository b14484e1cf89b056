"""What our app answered to something a person did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when no answer came, and `reason` says why; over a socket an acknowledgement counts as 200.

    `body` is JSON, text, or None when it was empty. `ts` is the message that the person wrote, if one was.
    """

    status: int
    body: Any = None
    reason: str = ""
    attempts: int = 1
    ts: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def about(self, ts: str) -> Answer:
        return replace(self, ts=ts)


NOT_HEARD = Answer(0, reason="our app is not told of this")
