"""The demo's script: what its people say during the day, read from story.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
_CASE_OF: Final = re.compile(r"\{case:([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line that one person types, `after` the start of the day (business time)."""

    after: timedelta
    person: str
    place: str
    words: str

    @property
    def mentions(self) -> Sequence[str]:
        """The posts whose case numbers the words need."""
        return _CASE_OF.findall(self.words)

    async def spoken(self, case_of: Callable[[str], Awaitable[int | None]]) -> str | None:
        """The words with their case numbers; None while one of the posts is not filed."""
        words = self.words
        for mention in self.mentions:
            number = await case_of(mention)
            if number is None:
                return None
            words = words.replace(f"{{case:{mention}}}", str(number))
        return words


def acts() -> Sequence[Act]:
    """The whole day, in order."""
    raw = tomllib.loads((HERE / "story.toml").read_text(encoding="utf-8"))["acts"]
    read = [
        Act(
            after=timedelta(minutes=act["after_minutes"]), person=act["as"], place=act["in"], words=act["say"]
        )
        for act in raw
    ]
    return sorted(read, key=lambda act: act.after)
