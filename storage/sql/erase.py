"""Erasing: what a customer wrote, and what colleagues wrote about it, everywhere and for good.

What stays is that something happened: counts, clocks, who claimed and handed over. The chain still verifies.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, select, update

from bot.domain.events import Event, Kind
from bot.domain.parts import State
from bot.domain.people import PersonId
from bot.domain.roles import DESK
from bot.policy.model import Policy
from storage.sql import chain
from storage.sql.audit import AUDIT
from storage.sql.cases import CASES, MENTIONS, THREADS, subject
from storage.sql.chain import EVENTS
from storage.sql.erase_shown import Traces, say_again, traces
from storage.sql.export import written_by
from storage.sql.mentions import ERASED, REVISIONS
from storage.sql.puts import insert_into
from storage.sql.tombstones import ERASED_CASES, bury_author, bury_post, shut

AT_THEIR_WISH: Final = "at the author's wish"
TOO_OLD: Final = "it is older than this desk keeps"

WORDS: Final = frozenset({"text", "why", "note", "reason", "question", "answer", "which"})
"""What events and cases call the words that people wrote; `which` is what an export was asked for."""

CLOSED: Final = (State.RESOLVED.value, State.DISMISSED.value)

DESKS_OWN: Final = frozenset({Kind.OPENED.value, Kind.JOINED.value, Kind.WOKEN.value, Kind.ERASED.value})
"""Kinds whose words are the desk's: they go only where they repeat the customer's."""


TO_CUSTOMERS: Final = frozenset({Kind.REPLY_DRAFTED.value, Kind.PUBLISHED.value})
"""Kinds that hold what we said to one customer: it goes with what they said to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased. `cases` are the cases it was erased from, `alone` those of them in which
    nobody else wrote, `shown` the messages that are corrected now."""

    mentions: int = 0
    revisions: int = 0
    events: int = 0
    cases: tuple[int, ...] = ()
    alone: tuple[int, ...] = ()
    shown: int = 0
    traces: Traces | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """Erases in one transaction. `why` is told in each case's history; `by` is who asked."""

    policy: Policy
    now: datetime
    why: str
    by: PersonId = DESK.id

    def customer(self, connection: Connection, network: str, handle: str) -> Erased:
        """All that this author wrote until now, and never again what is older than this moment."""
        shut(connection)
        rows = written_by(connection, network, handle)
        bury_author(connection, network, handle, self.now)
        return self._erase(
            connection, [row.id for row in rows], {r.case_id for r in rows if r.case_id}, handle
        )

    def cases(self, connection: Connection, numbers: Sequence[int]) -> Erased:
        """All mentions and words of these cases, whoever wrote them; of those that are open again, or that another
        replica erased meanwhile, nothing."""
        shut(connection)
        numbers = connection.execute(_STILL, {"these": list(numbers)}).scalars().all()
        ids = connection.execute(select(MENTIONS.c.id).where(MENTIONS.c.case_id.in_(numbers))).scalars().all()
        erased = self._erase(connection, ids, set(numbers))
        for number in numbers:
            done = insert_into(connection, ERASED_CASES).values(case_id=number, at=self.now)
            connection.execute(done.on_conflict_do_nothing())
        return erased

    def _erase(
        self, connection: Connection, mentions: Sequence[int], cases: set[int], *handles: str
    ) -> Erased:
        if connection.dialect.name == "sqlite":
            # What is erased is overwritten in the file, not only unlinked.
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
        posts = [connection.execute(_POST, {"this_id": one}).one() for one in mentions]
        left = traces(connection, posts, *handles)
        revisions = sum(_forget(connection, post) for post in posts)
        shown, events = 0, _blank(connection, AUDIT, left.found_in, alone=False)
        alone = [n for n in sorted(cases) if not connection.execute(_OTHERS, {"this_case": n}).first()]
        for number in sorted(cases):
            shown += say_again(connection, number, self.policy, self.now)
            events += _blank(
                connection, subject(number), left.found_in, alone=number in alone, gone=set(mentions)
            )
            self._case(connection, number, left.found_in, alone=number in alone, gone=set(mentions))
        connection.execute(delete(THREADS).where(THREADS.c.case_id.in_(alone)))
        return Erased(
            mentions=len(posts),
            revisions=revisions,
            events=events,
            cases=tuple(sorted(cases)),
            alone=tuple(alone),
            shown=shown,
            traces=left,
        )

    def _case(
        self,
        connection: Connection,
        number: int,
        found: Callable[[str], bool],
        *,
        alone: bool,
        gone: Collection[int],
    ) -> None:
        row = connection.execute(_CASE, {"this_case": number}).first()
        if row is None:
            return
        body = _without_words(msgspec.json.decode(row.body), found, alone=alone)
        reply = body.get("reply")
        # What we were about to say to them goes too, and no word that stands for another may ever be published.
        if reply is not None and (reply["text"] == ERASED or reply["mention"] in gone):
            body["reply"] = None
        seq = body["seq"] + 1
        body |= {"seq": seq, "version": row.version + 1}
        told = Event(
            kind=Kind.ERASED,
            at=self.now,
            by=self.by,
            department=row.department,
            data={"why": self.why},
            seq=seq,
        )
        chain.append(connection, subject(number), [told], place="", salts=[secrets.token_bytes(16)])
        saved = {"this_id": number, "version": row.version + 1, "body": msgspec.json.encode(body)}
        connection.execute(_SAVE, saved)


def _forget(connection: Connection, post: Any) -> int:
    """The mention without its author and words; how many other texts of it went too. It is never taken in again."""
    bury_post(connection, post.source, post.external_id)
    keys = [f"post:{post.source}:{post.external_id}"]
    handle = post.handle.strip().removeprefix("@").casefold()
    keys.append(f"author:{post.community}:{post.source}:{handle}")
    connection.execute(delete(THREADS).where(THREADS.c.key.in_(keys)))
    aside = {} if post.case_id is not None else {"set_aside": ERASED}
    connection.execute(
        update(MENTIONS).where(MENTIONS.c.id == post.id).values(
            external_id=f"{ERASED}:{post.id}", handle=ERASED, name=None, bio=None, followers=None, text=ERASED,
            url=None, in_reply_to=None, thread=None, extra="{}", **aside,
        )
    )  # fmt: skip
    other = update(REVISIONS).where(REVISIONS.c.mention_id == post.id)
    return int(connection.execute(other.values(text=ERASED, extra="{}", shown=True)).rowcount)


def _blank(
    connection: Connection,
    whose: str,
    found: Callable[[str], bool],
    *,
    alone: bool,
    gone: Collection[int] = (),
) -> int:
    """Takes the personal part of those events that hold words; digest and hash stay. How many."""
    blank = []
    for row in connection.execute(_EVENTS, {"this_subject": whose}).all():
        data = msgspec.json.decode(row.data)
        said = [value for name, value in data.items() if name in WORDS and isinstance(value, str) and value]
        to_them = row.kind in TO_CUSTOMERS and data.get("mention") in gone
        if (alone and said and row.kind not in DESKS_OWN) or to_them or any(found(value) for value in said):
            blank.append(row.id)
    if blank:
        connection.execute(
            update(EVENTS).where(EVENTS.c.id.in_(blank)).values(actor=None, place=None, data=None, salt=None)
        )
    return len(blank)


def _without_words(value: Any, found: Callable[[str], bool], *, alone: bool) -> Any:
    """A case's body without what people wrote, wherever it stands."""
    if isinstance(value, Mapping):
        return {
            name: ERASED
            if name in WORDS and isinstance(said, str) and said and (alone or found(said))
            else _without_words(said, found, alone=alone)
            for name, said in value.items()
        }
    if isinstance(value, list):
        return [_without_words(one, found, alone=alone) for one in value]
    return value


_STILL: Final = (
    select(CASES.c.id)
    .where(
        CASES.c.id.in_(bindparam("these", expanding=True)),
        CASES.c.state.in_(CLOSED),
        ~exists().where(ERASED_CASES.c.case_id == CASES.c.id),
    )
    .order_by(CASES.c.id)
    .with_for_update()
)
_POST: Final = select(MENTIONS).where(MENTIONS.c.id == bindparam("this_id"))
_OTHERS: Final = (
    select(MENTIONS.c.id)
    .where(MENTIONS.c.case_id == bindparam("this_case"), MENTIONS.c.external_id.not_like(f"{ERASED}:%"))
    .limit(1)
)
"""Whether somebody else wrote in this case too, or what they wrote is there still."""
_CASE: Final = (
    select(CASES.c.body, CASES.c.version, CASES.c.department)
    .where(CASES.c.id == bindparam("this_case"))
    .with_for_update()
)
"""Nobody saves the case until it is erased; whoever read it before comes too late."""
_SAVE: Final = update(CASES).where(CASES.c.id == bindparam("this_id"))
_EVENTS: Final = select(EVENTS.c.id, EVENTS.c.kind, EVENTS.c.data).where(
    EVENTS.c.subject == bindparam("this_subject"), EVENTS.c.data.is_not(None)
)
