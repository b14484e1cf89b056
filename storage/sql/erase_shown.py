"""What was shown of a case: said again so that it reads "erased", and wiped out of the web chat's memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.effects.away import champions_page, summaries
from bot.effects.cards import args_of, card_key, card_put
from bot.effects.handovers import handover_put
from bot.policy.model import Policy
from bot.policy.places import lane_of
from bot.ports import Place, Put, Rank
from storage.sql.cases import CASES, subject
from storage.sql.chain import EVENTS
from storage.sql.codec import decode_case
from storage.sql.export import messages_about
from storage.sql.mentions import ERASED, REVISIONS
from storage.sql.messages import MESSAGES
from storage.sql.puts import JOBS, put_all
from storage.sql.turns import take_turns
from storage.sql.weblog import WEB

_BEGINNING: Final = 24
"""Cards shorten what was written; so much of its beginning tells it from other words."""
_SHORTEST: Final = 3
_NO_WORDS: Final = frozenset({"is", "tone", "style", "words", "value", "fields", "name", "priority"})
"""Parts of a card that the desk itself reads: never a customer's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """By what the erased words are known where somebody repeated them. `since` is when the first of them came."""

    pattern: re.Pattern[str] | None
    since: datetime | None

    def found_in(self, said: str) -> bool:
        return self.pattern is not None and self.pattern.search(" ".join(said.split())) is not None


def traces(connection: Connection, posts: Sequence[Any], *handles: str) -> Traces:
    """The authors' names, the links and the beginnings of all texts of these mentions, before they are erased."""
    names, others = {handle.strip().removeprefix("@") for handle in handles}, set[str]()
    for post in posts:
        names |= {post.handle.strip().removeprefix("@"), post.name or ""}
        texts = connection.execute(_TEXTS, {"this_mention": post.id}).scalars()
        others |= {post.url or "", *(" ".join(text.split())[:_BEGINNING] for text in (post.text, *texts))}
    whole = [re.escape(n) for n in names if len(n) >= _SHORTEST and n.casefold() not in (ERASED, "unknown")]
    parts = [re.escape(part) for part in others if len(part) > _SHORTEST and part != ERASED]
    # A name is not found inside of other words.
    either = [rf"(?<!\w)(?:{'|'.join(whole)})(?!\w)"] if whole else []
    since = min((post.received_at for post in posts), default=None)
    pattern = re.compile("|".join([*either, *parts]), re.IGNORECASE) if whole or parts else None
    return Traces(pattern=pattern, since=since)


_TEXTS: Final = select(REVISIONS.c.text).where(REVISIONS.c.mention_id == bindparam("this_mention"))


def say_again(
    connection: Connection, number: int, policy: Policy, now: datetime, *, anew: bool = True
) -> int:
    """Every message about the case is delivered again, though nothing else of it changed. How many.

    Without `anew`, one that says the same as before is left alone.
    """
    rows = [
        row for row in connection.execute(messages_about(number)).all() if row.state in ("sent", "sending")
    ]
    paged = _paged(connection, number)
    wanted = {put.key: put for row in rows if (put := _put(row.key, number, policy, paged, now)) is not None}
    wanted |= {put.key: put for put in _among_others(connection, number, policy, now)}
    if anew:
        connection.execute(
            update(MESSAGES).where(MESSAGES.c.id.in_([row.id for row in rows])).values(shown="")
        )
    if wanted:
        put_all(connection, list(wanted.values()))
    return len(wanted)


def _among_others(connection: Connection, number: int, policy: Policy, now: datetime) -> Iterator[Put]:
    """Messages that tell of the case among others, and look for themselves when they are said."""
    body = connection.execute(_BODY, {"this_case": number}).scalar()
    if body is None:
        return
    case = decode_case(body)
    if case.handover is not None and case.handover.to in policy.people:
        yield handover_put(case.handover, now)
    yield from summaries(case, policy, now)
    yield from champions_page(case, policy, now)


_BODY: Final = select(CASES.c.body).where(CASES.c.id == bindparam("this_case"))


def _paged(connection: Connection, number: int) -> dict[tuple[int, str], str]:
    """Who was paged by number, per start of the escalation: (start, number) -> person, the newest of that number."""
    people, start = {}, 0
    for row in connection.execute(_PAGES, {"this_subject": subject(number)}):
        if row.kind == Kind.ESCALATED.value:
            start = int(row.at.timestamp())
        elif row.data is not None:
            data = msgspec.json.decode(row.data)
            people[start, str(data.get("number"))] = str(data.get("person"))
    return people


_PAGES: Final = (
    select(EVENTS.c.kind, EVENTS.c.at, EVENTS.c.data)
    .where(
        EVENTS.c.subject == bindparam("this_subject"),
        EVENTS.c.kind.in_([Kind.ESCALATED.value, Kind.PAGED.value]),
    )
    .order_by(EVENTS.c.seq)
)


def _put(
    key: str, number: int, policy: Policy, paged: dict[tuple[int, str], str], now: datetime
) -> Put | None:
    """The delivery that said it, as effects puts it; None for words that hold nothing of the customer."""
    kind, _, about = key.partition(":")
    what, _, where = about.partition("@")
    if kind == "card":
        return card_put(number, _place(where, policy), now, Rank.EDIT)
    if kind == "note":
        place = _place(where, policy)
        args = {**args_of("note", what, place), "below": card_key(number, place)}
        return Put(kind=kind, key=key, due=now, lane=where, rank=Rank.EDIT, args=args)
    parts = about.split(":", 2)
    if kind == "page" and len(parts) == 3:
        return _to_person("page", key, about, paged.get((int(parts[1]), parts[2])), now)
    # A channel has its platform before it; an e-mail, which has an @ too, has no colon.
    if kind == "notice" and ":" in where:
        place = _place(where, policy)
        args = args_of("notice", f"{what}:#{place.department or ''}", place)
        return Put(kind=kind, key=key, due=now, lane=where, rank=Rank.EDIT, args=args)
    if kind == "notice" and len(parts) == 3:
        return _to_person("notice", key, about, parts[2], now)
    return None


def _to_person(kind: str, key: str, about: str, person: str | None, now: datetime) -> Put | None:
    if person is None:
        return None
    args = {"view": kind, "subject": about, "person": person}
    return Put(kind=kind, key=key, due=now, lane=lane_of(PersonId(person)), rank=Rank.EDIT, args=args)


def _place(where: str, policy: Policy) -> Place:
    platform, _, conversation = where.partition(":")
    whose = (
        name for name, known in policy.departments.items() if known.channels.get(platform) == conversation
    )
    return Place(platform=platform, conversation=conversation, department=next(whose, None))


def wiped(connection: Connection, left: Traces, alone: Sequence[int]) -> list[dict[str, Any]]:
    """The web chat's messages that repeat what was erased, and all that people wrote below the cards of the cases
    `alone`, as they are to be: for `wipe`."""
    if left.since is None:
        return []
    below = _cards(connection, alone)
    columns = (WEB.c.id, WEB.c.card, WEB.c.text, WEB.c.reply_to)
    wanted = select(*columns).where(WEB.c.at >= left.since, WEB.c.deleted.is_(False))
    found = []
    for row in connection.execute(wanted):
        card = msgspec.json.decode(row.card) if row.card is not None else None
        clean = _clean(card, left)
        repeats = row.text is not None and (row.reply_to in below or left.found_in(row.text))
        text = ERASED if repeats else row.text
        if clean != card or text != row.text:
            said = msgspec.json.encode(clean) if card is not None else None
            found.append({"this_id": row.id, "card": said, "text": text, "was": row.card})
    return found


def _cards(connection: Connection, cases: Sequence[int]) -> frozenset[int]:
    """The web chat's messages that are about these cases."""
    rows = (row for number in cases for row in connection.execute(messages_about(number)))
    return frozenset(int(row.message) for row in rows if row.platform == "web" and row.message)


def _clean(value: Any, left: Traces) -> Any:
    """A card's data in which every text that repeats it reads "erased"."""
    if isinstance(value, str):
        return ERASED if left.found_in(value) else value
    if isinstance(value, list):
        return [_clean(one, left) for one in value]
    if isinstance(value, dict):
        return {name: said if name in _NO_WORDS else _clean(said, left) for name, said in value.items()}
    return value


def wipe(connection: Connection, found: Sequence[dict[str, Any]]) -> int:
    """Writes them, unless they were said anew meanwhile; how many. Comes last in its transaction."""
    take_turns(connection)
    return sum(connection.execute(_WIPE, row).rowcount for row in found)


_OTHER: Any = WEB.alias("other")
_WIPE: Final = (
    update(WEB)
    .where(WEB.c.id == bindparam("this_id"), WEB.c.card.is_not_distinct_from(bindparam("was")))
    .values(change=select(func.coalesce(func.max(_OTHER.c.change), 0) + 1).scalar_subquery())
)


def unsaid(connection: Connection, left: Traces) -> int:
    """Drops sentences that wait to be said and repeat what was erased; a card looks for itself when it is said."""
    jobs = connection.execute(select(JOBS.c.id, JOBS.c.args)).all()
    gone = [row.id for row in jobs if _repeats(msgspec.json.decode(row.args), left)]
    if gone:
        connection.execute(JOBS.delete().where(JOBS.c.id.in_(gone)))
    return len(gone)


def _repeats(args: dict[str, Any], left: Traces) -> bool:
    return args.get("view") == "sentence" and left.found_in(str(args.get("subject")))
