"""Where a delivery goes: the channel it names, or the chats in which its person can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Chat, Job, Place, Undeliverable

NO_WAY: Final = "there is no chat in which to reach them"
NOT_SPOKEN: Final = "this desk does not speak {platform}"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The chats that this desk speaks, by platform."""

    chats: Mapping[str, Chat]
    policy: Policy

    async def to(self, job: Job) -> Sequence[Place]:
        """The channel, or the person's direct conversations, the preferred one first; none when there is no way."""
        where = job.args.get("place")
        if isinstance(where, str) and where:
            return [place_of(where, job)]
        person = PersonId(str(job.args["person"]))
        known = self.policy.people.get(person)
        prefers = known.prefers if known else None
        ways = []
        for name in sorted(self.chats, key=lambda name: (name != prefers, name)):
            try:
                ways.append(await self.chats[name].direct(person))
            except Undeliverable as never:
                log.warning("no direct conversation", platform=name, person=person, reason=str(never))
        return ways

    def chat(self, platform: str) -> Chat:
        """Raises Undeliverable for one that the desk does not speak."""
        chat = self.chats.get(platform)
        if chat is None:
            raise Undeliverable(NOT_SPOKEN.format(platform=platform))
        return chat


def place_of(where: str, job: Job) -> Place:
    """The place named by a message or a job, with whose it is."""
    platform, _, conversation = where.partition(":")
    department, person = job.args.get("department"), job.args.get("person")
    return Place(
        platform=platform,
        conversation=conversation,
        department=str(department) if department else None,
        person=PersonId(str(person)) if person else None,
    )
