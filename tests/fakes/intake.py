"""An intake in memory: takes each mention once, and can be full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ports import Appended, Incoming


@dataclass
class MemoryIntake:
    """`raises` is raised by the next appends, one each; `sizes` are those of the batches that were taken."""

    taken: dict[tuple[str, str], Incoming] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    async def append(self, mentions: Sequence[Incoming]) -> Appended:
        if self.raises:
            raise self.raises.pop(0)
        self.sizes.append(len(mentions))
        new = 0
        for mention in mentions:
            key = mention.source, mention.external_id
            new += key not in self.taken
            self.taken.setdefault(key, mention)
        return Appended(accepted=new, duplicates=len(mentions) - new)

    @property
    def ids(self) -> list[str]:
        return [external_id for _, external_id in self.taken]
