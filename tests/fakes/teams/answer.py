"""What our app answered to something a person did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when no answer came, and `reason` says why; `body` is JSON, text, or None when it was empty.

    `id` is the message that the person wrote, if one was, else the activity's; `seconds` how long our app took.
    """

    status: int
    body: Any = None
    reason: str = ""
    id: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def about(self, id: str) -> Answer:
        return replace(self, id=id)


NOT_HEARD = Answer(0, reason="our app is not told of this")
