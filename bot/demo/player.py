"""Plays the day: the public's posts at their moments, and what the company's people say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.demo.network import Network
from bot.demo.story import Act
from bot.domain.people import PersonId
from bot.grammar import Heard
from bot.ports import Origin, Place
from bot.wiring import Desk

PATIENCE = timedelta(seconds=10)
"""Real time that an act waits for its post to be filed."""


@dataclass(slots=True)
class Player:
    """Business time decides when; `tell` shows a line to who watches the terminal."""

    desk: Desk
    network: Network
    tell: Callable[[str], None]
    sources: dict[str, str] = field(default_factory=dict)

    async def posts(self, mentions: Sequence[Mapping[str, Any]]) -> None:
        """Every post at its own moment."""
        for mention in mentions:
            await self._until(moment_of(mention))
            self.sources[str(mention["id"])] = str(mention["source"])
            await self.network.post(mention)

    async def people(self, acts: Sequence[Act], start: datetime) -> None:
        """Every act at its own moment; one that waits for its post holds up nobody else."""
        async with asyncio.TaskGroup() as group:
            for act in acts:
                await self._until(start + act.after)
                group.create_task(self._act(act))

    async def _act(self, act: Act) -> None:
        words = await self._spoken(act)
        person = self.desk.policy.people[PersonId(act.person)]
        if words is None:
            self.tell(f"{person.name} waits for a post that never came: {act.words}")
            return
        place = (
            Place(platform="web", conversation=f"@{person.id}", person=person.id)
            if act.place == "dm"
            else Place(platform="web", conversation=act.place, department=act.place)
        )
        clock = self.desk.store.clock.now().astimezone(self.desk.policy.company.zone)
        self.tell(f"{clock:%H:%M} {person.name}: {words}")
        answer = await self.desk.listener.hear(Heard(id=None, words=words, person=person, place=place))
        if answer is not None and answer.refused:
            self.tell(f"      Baton, to {person.name} alone: {answer.summary}")

    async def _spoken(self, act: Act) -> str | None:
        clock = self.desk.store.clock
        deadline = clock.real() + PATIENCE
        while (words := await act.spoken(self._case_of)) is None and clock.real() < deadline:
            await clock.sleep(timedelta(milliseconds=50))
        return words

    async def _case_of(self, mention: str) -> int | None:
        key = f"post:{self.sources.get(mention)}:{mention}"
        async with self.desk.store.work(Origin()) as work:
            found = await work.cases.threads([key])
        return found[key].case_id if key in found else None

    async def _until(self, moment: datetime) -> None:
        clock = self.desk.store.clock
        while (delay := clock.real_delay(moment)) > timedelta(0):
            await clock.sleep(min(delay, timedelta(seconds=1)))


class NotPlayable(ValueError):
    """The file holds a line that cannot be played; the sentence says which and why."""


def read_mentions(path: Path) -> Iterator[Mapping[str, Any]]:
    """The posts of a JSONL file, one per line, in its order. Raises NotPlayable."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                post = json.loads(line)
                moment_of(post)
                yield {
                    **post,
                    "id": str(post["id"]),
                    "source": str(post["source"]),
                    "text": str(post["text"]),
                }
            except (ValueError, TypeError, KeyError) as error:
                raise NotPlayable(
                    f"{path.name}, line {number}: every line must be a mention with source, id, text and "
                    f"created_at (with its zone). {type(error).__name__}: {error}"
                ) from error


def moment_of(post: Mapping[str, Any]) -> datetime:
    """When it was written, UTC. Raises ValueError for a time without a zone."""
    at = datetime.fromisoformat(str(post["created_at"]).replace("Z", "+00:00"))
    if at.tzinfo is None:
        raise ValueError("created_at has no zone")
    return at
