"""Whether Meta still lets us in: asked now and then, so that a revoked token is told before a reply fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from adapters.sources.asking import Unanswered, Unasked, pausing
from adapters.sources.meta.graph import Busy, Graph, GraphError, TokenLost, Unclear
from bot.ports import Batch, SourceBusy, SourceDown, SourceShut

EVERY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class MetaWatch:
    """The Source port of something that pushes: it brings nothing, and says how it is."""

    graph: Graph
    ours: str

    async def listen(self, cursor: str | None) -> AsyncIterator[Batch]:
        while True:
            try:
                await self.graph.ask("GET", self.ours, {"fields": "id"})
            except TokenLost as error:
                raise SourceShut(str(error)) from error
            except Busy as error:
                raise SourceBusy(str(error), error.after) from error
            except (Unclear, Unasked, Unanswered) as error:
                raise SourceDown(str(error)) from error
            except GraphError as error:
                raise SourceShut(str(error)) from error
            yield Batch()
            async for batch in pausing(self.graph.clock, EVERY):
                yield batch
