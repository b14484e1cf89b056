"""Where a delivery goes: the channel it names, or the chats in which its person can be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.outages import Outages
from bot.domain.people import PersonId
from bot.policy.model import Policy
from bot.ports import Chat, Down, Job, Place, Rank, Undeliverable

NO_WAY: Final = "there is no chat in which to reach them"
NOT_SPOKEN: Final = "this desk does not speak {platform}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The chats that this desk speaks, by platform; `pagers` are spoken only where a job names them."""

    chats: Mapping[str, Chat]
    policy: Policy
    outages: Outages
    pagers: Mapping[str, Chat] = field(default_factory=dict)

    def to(self, job: Job) -> Sequence[str]:
        """The platforms on which the job's person may be reached, the preferred one first.

        One that is out of order comes last: for a page at once, for other words when that is known to last.
        """
        known = self.policy.people.get(PersonId(str(job.args["person"])))
        prefers = known.prefers if known else None
        out = self.outages.is_out if job.rank == Rank.PAGE else self.outages.known
        return sorted(self.chats, key=lambda name: (bool(out(name)), name != prefers, name))

    async def direct(self, platform: str, job: Job) -> Place:
        """The direct conversation with the job's person there. Raises ChatErrors."""
        self.outages.admit(platform, str(job.lane))
        try:
            return await self.chat(platform).direct(PersonId(str(job.args["person"])))
        except Down as down:
            raise self.outages.failed(platform, str(job.lane), down) from down

    def chat(self, platform: str) -> Chat:
        """Raises Undeliverable for one that the desk does not speak."""
        chat = self.chats.get(platform) or self.pagers.get(platform)
        if chat is None:
            raise Undeliverable(NOT_SPOKEN.format(platform=platform))
        return chat


def channel_of(job: Job) -> Place | None:
    """The channel that the job names; None for words to a person."""
    where = job.args.get("place")
    return place_of(where, job) if isinstance(where, str) and where else None


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
