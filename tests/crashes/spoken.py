"""What stands in the fake Slack, and what the database knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, text

from bot.cards.card import Card
from storage.sql.messages import MESSAGES
from storage.sql.moments import EPOCH
from tests.crashes.town import Town
from tests.fakes.slack.reading import read
from tests.journeys.model_facts import Message

UNKNOWN: Final = "unknown:"
"""Before the nonce of a message that the database does not know."""
_BLANK: Final = Card(title="", summary="")
_BEGUN: Final = select(MESSAGES.c.key, MESSAGES.c.nonce, MESSAGES.c.begun_at)
_DIGESTS: Final = text("SELECT channel, kind, local_date FROM digests_posted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The messages as they stand there; for each delivery key when its sends began (business time); and the digests
    whose day was claimed."""

    messages: Sequence[Message]
    begun: Mapping[str, Sequence[datetime]]
    digests: Sequence[tuple[Any, ...]]

    def words(self) -> Mapping[str, str]:
        return {message.key: message.words for message in self.messages}


async def spoken(town: Town) -> Spoken:
    """Everything that was said, as it stands now."""
    rows, digests = await town.store.reader.once(_rows)
    keys = {row.nonce: row.key for row in rows}
    begun: dict[str, list[datetime]] = {}
    for row in rows:
        begun.setdefault(row.key, []).append(row.begun_at)
    standing = [
        Message(
            key=keys.get(nonce, UNKNOWN + nonce),
            conversation=where,
            # A send may begin while its answer is on the way; the rules ask for `begun` instead.
            at=EPOCH,
            edited_at=None,
            card=_BLANK,
            words=words,
        )
        for nonce, where, words in _standing(town)
    ]
    return Spoken(messages=standing, begun=begun, digests=digests)


def _rows(connection: Connection) -> tuple[Sequence[Any], Sequence[tuple[Any, ...]]]:
    return connection.execute(_BEGUN).all(), [tuple(row) for row in connection.execute(_DIGESTS)]


def _standing(town: Town) -> Iterator[tuple[str, str, str]]:
    """The nonce, the channel and the words of every message that a delivery posted."""
    for channel in town.slack.work.channels.values():
        for message in channel.messages:
            if message.ours and message.metadata and message.body.get("subtype") != "tombstone":
                nonce = str(message.metadata["event_payload"]["nonce"])
                yield nonce, channel.id, read(message.body).text
