"""What became of messages after they were sent, for those who hear of them from their platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from bot.effects import case_of, posted_anew
from bot.policy.model import Policy
from bot.policy.places import lane_of
from bot.ports import Clock, Place, Posted
from storage.sql.messages import LOST, MESSAGES
from storage.sql.moments import EPOCH
from storage.sql.puts import LANES, put_all
from storage.sql.reader import Reader
from storage.sql.writer import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSent:
    """The Sent port over the messages of deliveries. `submit` commits, and wakes whoever delivers."""

    reader: Reader
    submit: Callable[[Sequence[Write]], Awaitable[None]]
    clock: Clock
    policy: Callable[[], Policy]

    async def case_of(self, posted: Posted) -> int | None:
        row = await self.reader.look(lambda c: c.execute(_AT, _where(posted)).first())
        return case_of(row.key) if row is not None else None

    async def gone(self, posted: Posted) -> None:
        """Told a second time, or of a message that we took away ourselves, it does nothing."""
        now = self.clock.now()

        def write(connection: Connection) -> None:
            row = connection.execute(_AT, _where(posted)).first()
            if (
                row is None
                or row.state != "sent"
                or not connection.execute(LOST, {"this_id": row.id}).rowcount
            ):
                return
            channel = _channel(self.policy(), row.place)
            puts = posted_anew(row.key, channel, now) if channel is not None else ()
            if puts:
                put_all(connection, puts)

        await self.submit([write])

    async def open_again(self, place: Place) -> None:
        lane = lane_of(place.person) if place.person is not None else str(place)
        await self.submit([lambda c: c.execute(_OPEN, {"this_lane": lane}).rowcount])


def _channel(policy: Policy, where: str) -> Place | None:
    """The department's channel that a message stood in; None where it is nobody's any more."""
    platform, _, conversation = where.partition(":")
    for name, department in policy.departments.items():
        if department.channels.get(platform) == conversation:
            return Place(platform=platform, conversation=conversation, department=name)
    return None


def _where(posted: Posted) -> dict[str, Any]:
    return {
        "this_platform": posted.platform,
        "this_conversation": posted.conversation,
        "this_message": posted.message,
    }


_AT: Final = (
    select(MESSAGES)
    .where(
        MESSAGES.c.platform == bindparam("this_platform"),
        MESSAGES.c.conversation == bindparam("this_conversation"),
        MESSAGES.c.message == bindparam("this_message"),
    )
    .order_by(MESSAGES.c.id.desc())
    .limit(1)
)
_OPEN: Final = update(LANES).where(LANES.c.lane == bindparam("this_lane")).values(next_ok=EPOCH)
