"""What we know of the messages that deliveries began: sending, sent, lost or failed."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.ports import Job, Message, Place, Posted, Put, Rank
from storage.sql.puts import JOBS, put
from storage.sql.tables import DigestRow, MessageRow, WebMessageRow

MESSAGES: Any = MessageRow.__table__  # type: ignore[attr-defined]
WEB: Any = WebMessageRow.__table__  # type: ignore[attr-defined]
DIGESTS: Any = DigestRow.__table__  # type: ignore[attr-defined]


def digest_is_new(connection: Connection, job: Job, place: Place) -> bool:
    """Claims the digest's date for this channel with the send that is about to begin."""
    kind, day = job.args.get("digest"), job.args.get("date")
    if not isinstance(kind, str) or not isinstance(day, str):
        return True
    row = {"channel": str(place), "kind": kind, "local_date": date.fromisoformat(day)}
    there = select(DIGESTS.c.kind).filter_by(**row)
    if connection.execute(there).first() is not None:
        # An earlier try of this very delivery claimed it; anything else is a second digest for the same date.
        if connection.execute(select(MESSAGES.c.id).where(MESSAGES.c.key == job.key)).first() is not None:
            return True
        connection.execute(delete(JOBS).where(JOBS.c.id == job.id))
        return False
    connection.execute(insert(DIGESTS).values(**row))
    return True


def record(connection: Connection, message: Message, posted: Posted, shown: str) -> bool:
    """False when whoever sent it took it back meanwhile: then it has to be said anew."""
    values = {
        "this_id": message.id,
        "state": "sent",
        "platform": posted.platform,
        "conversation": posted.conversation,
        "message": posted.message,
        "shown": shown,
    }
    return bool(connection.execute(_RECORD, values).rowcount)


def is_lost(connection: Connection, message: Message) -> bool:
    """Marks it as not posted. False for one that came into our own chat just now, which is to be found there."""
    if message.posted is None:
        connection.execute(FATE, {"this_nonce": message.nonce})
        if connection.execute(_IN_OUR_OWN_CHAT, {"this_nonce": message.nonce}).first() is not None:
            return False
    return bool(connection.execute(LOST, {"this_id": message.id}).rowcount)


def too_late(connection: Connection, job: Job, message: Message | None) -> bool:
    """Another worker took the lane over while this one was speaking. Whether what it posted stands all the same."""
    if message is None:
        return False
    mine = {"this_id": message.id}
    if message.posted is None:
        if connection.execute(_TAKEN_BACK, mine).rowcount:
            return False
        # Found by its nonce, it was recorded by the new holder.
        return bool(connection.execute(_STATE, mine).scalar() == "sent")
    # This edit may have covered a newer one: what is there now is unknown, and the newest is shown again.
    connection.execute(_CHANGE, {**mine, "shown": ""})
    rank = Rank(job.rank)
    put(
        connection,
        Put(kind=job.kind, key=job.key, due=job.due, args=job.args, lane=job.lane, rank=rank),
    )
    return False


_CHANGE: Final = update(MESSAGES).where(MESSAGES.c.id == bindparam("this_id"))
_RECORD: Final = _CHANGE.where(MESSAGES.c.state != "lost")
_TAKEN_BACK: Final = _CHANGE.where(MESSAGES.c.state == "sending").values(state="lost")
_STATE: Final = select(MESSAGES.c.state).where(MESSAGES.c.id == bindparam("this_id"))
_OF_KEY: Final = MESSAGES.c.key == bindparam("this_key")
FATE: Final = select(MESSAGES.c.state).where(MESSAGES.c.nonce == bindparam("this_nonce")).with_for_update()
_IN_OUR_OWN_CHAT: Final = select(WEB.c.id).where(
    WEB.c.nonce == bindparam("this_nonce"), WEB.c.deleted.is_(False)
)
BEGIN: Final = insert(MESSAGES).returning(MESSAGES.c.id)
LOST: Final = _RECORD.values(state="lost")
GIVEN_UP: Final = update(MESSAGES).where(_OF_KEY, MESSAGES.c.state == "sending").values(state="failed")
THERE: Final = (
    select(MESSAGES).where(_OF_KEY, MESSAGES.c.state.in_(("sending", "sent"))).order_by(MESSAGES.c.id.desc())
)


def as_message(row: Any, attempts: int) -> Message:
    posted = None
    if row.state == "sent":
        posted = Posted(platform=row.platform, conversation=row.conversation, message=row.message)
    return Message(
        id=row.id,
        key=row.key,
        nonce=row.nonce,
        place=row.place,
        posted=posted,
        shown=row.shown,
        attempts=attempts,
    )
