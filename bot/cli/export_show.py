"""What `baton export` writes: one JSON document, or a flat table. Pure; both are written case by case."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TextIO

from bot.cli.cases import case_json
from bot.domain.events import Event, Kind
from bot.domain.mention import Mention
from bot.domain.notes import standing
from storage.sql.export import Dossier, Message, Revision

Shape = Callable[[Iterable[Dossier], TextIO, Mapping[str, Any]], int]
"""Writes all cases with a head, and says how many there were."""

COLUMNS: Final = (
    "case", "item", "id", "at", "kind", "by", "department", "community", "source", "text", "url", "place",
    "details",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_json(dossiers: Iterable[Dossier], out: TextIO, head: Mapping[str, Any]) -> int:
    """One document; the cases are in it line by line."""
    out.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "cases": [')
    count = 0
    for dossier in dossiers:
        out.write(",\n" if count else "\n")
        out.write(json.dumps(_document(dossier), ensure_ascii=False))
        count += 1
    out.write("\n]}\n")
    return count


def as_csv(dossiers: Iterable[Dossier], out: TextIO, head: Mapping[str, Any]) -> int:
    """One row for each case, mention, earlier text, note, event and message. No cell is a formula."""
    table = csv.DictWriter(out, COLUMNS, restval="")
    table.writeheader()
    count = 0
    for dossier in dossiers:
        number = dossier.case.id if dossier.case else ""
        for row in _rows(dossier):
            table.writerow({name: _cell(value) for name, value in {"case": number, **row}.items()})
        count += 1
    return count


def _cell(value: Any) -> str:
    """A spreadsheet takes such a beginning for a formula; behind an apostrophe it is text."""
    said = "" if value is None else str(value)
    return f"'{said}" if said.lstrip(" ").startswith(_FORMULA) else said


def _document(dossier: Dossier) -> dict[str, Any]:
    known: dict[str, Any] = (
        case_json(dossier.case) if dossier.case else {"case": None, "mentions": len(dossier.mentions)}
    )
    if dossier.case is not None:
        known["restricted_to"] = list(dossier.case.restricted_to)
    return {
        **known,
        "posts": [_post(mention) for mention in dossier.mentions],
        "revisions": [_revision(revision) for revision in dossier.revisions],
        "notes": [_note(note) for note in _notes(dossier)],
        "events": [_event(event) for event in dossier.events],
        "messages": [_message(message) for message in dossier.messages],
    }


def _notes(dossier: Dossier) -> list[Event]:
    """Notes as they stand, oldest first."""
    stand = standing(reversed(dossier.events))
    return [event for event in reversed(stand) if event.kind is Kind.NOTED]


def _rows(dossier: Dossier) -> Iterable[dict[str, Any]]:
    case = dossier.case
    if case is not None:
        known = case_json(case)
        yield {"item": "case", "id": case.id, "at": known["opened_at"], "kind": case.state.value,
               "by": case.owner, "department": case.department, "community": case.community,
               "details": _compact(known)}  # fmt: skip
    for mention in dossier.mentions:
        post = _post(mention)
        flat = {name: post.pop(name) for name in ("id", "text", "url", "source", "community")}
        yield {"item": "mention", **flat, "at": post["created_at"], "by": post["author"]["handle"],
               "details": _compact(post)}  # fmt: skip
    for revision in dossier.revisions:
        said = _revision(revision)
        yield {"item": "revision", "id": said["mention"], "at": said["edited_at"], "text": said["text"]}
    for event in _notes(dossier):
        said = _note(event)
        yield {"item": "note", "id": said["event"], "at": said["at"], "by": said["by"], "text": said["text"]}
    for event in dossier.events:
        said = _event(event)
        yield {"item": "event", "id": event.seq, "at": said["at"], "kind": said["kind"], "by": event.by,
               "department": event.department, "place": event.place, "details": _compact(said["data"])}  # fmt: skip
    for message in dossier.messages:
        yield {"item": "message", "id": message.message, "at": _time(message.begun_at), "kind": message.state,
               "place": message.place, "details": message.key}  # fmt: skip


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _post(mention: Mention) -> dict[str, Any]:
    author = mention.author
    return {
        "mention": mention.id,
        "source": mention.source,
        "id": mention.external_id,
        "community": mention.community,
        "author": {
            "handle": author.handle, "name": author.name, "bio": author.bio, "followers": author.followers,
        },
        "text": mention.text,
        "url": mention.url,
        "lang": mention.lang,
        "brand": mention.brand,
        "in_reply_to": mention.in_reply_to,
        "thread": mention.thread,
        "created_at": _time(mention.created_at),
        "received_at": _time(mention.received_at),
        "edited_at": _time(mention.edited_at),
        "extra": dict(mention.extra),
    }  # fmt: skip


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "mention": revision.mention,
        "edited_at": _time(revision.edited_at),
        "received_at": _time(revision.received_at),
        "text": revision.text,
        "shown": revision.shown,
    }


def _note(event: Event) -> dict[str, Any]:
    text, edited = event.data.get("text"), bool(event.data.get("edited"))
    return {"event": event.seq, "at": _time(event.at), "by": event.by, "text": text, "edited": edited}


def _event(event: Event) -> dict[str, Any]:
    return {
        "event": event.seq,
        "kind": event.kind.value,
        "at": _time(event.at),
        "by": event.by,
        "department": event.department,
        "place": event.place,
        "data": dict(event.data),
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "key": message.key,
        "state": message.state,
        "place": message.place,
        "message": message.message,
        "begun_at": _time(message.begun_at),
    }
