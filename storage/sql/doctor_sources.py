"""How the sources are, as the desk that listens to them said last."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.ports import Finding, Health, SourceState
from storage.sql.doctor_jobs import Asked, read_database
from storage.sql.moments import moment

AREA: Final = "Sources"
WELL: Final = "The source {name} is well{heard}."
HEARD: Final = "; it last brought something at {at:%Y-%m-%d %H:%M} UTC"
DOWN: Final = "The source {name} brings nothing since {since:%Y-%m-%d %H:%M} UTC: {said}"
MEND_DOWN: Final = (
    "The desk tries again by itself. If it stays, look whether this machine reaches the network."
)
SHUT: Final = "The source {name} is shut since {since:%Y-%m-%d %H:%M} UTC: {said}"
MEND_SHUT: Final = "Mend what it says; the desk tries again every ten minutes, and at its next start."
NEW: Final = "Nobody has listened to the source {name} yet."
MEND_NEW: Final = "`baton serve` does."
QUIET: Final = timedelta(minutes=5)
STILL: Final = "The desk listened to the source {name} until {until:%Y-%m-%d %H:%M} UTC, and nobody does now."
MEND_STILL: Final = "Start the desk; if it runs, its log says what stops it."

_READ: Final = "SELECT name, state, since, said, heard_at, lease_until FROM sources"


def examine_sources(url: str, names: Collection[str], now: datetime) -> Iterator[Finding]:
    """How each of these is; nothing for a database that is not at our shape. `now` is real time."""

    def read(connection: Asked) -> list[Finding]:
        rows = {row[0]: tuple(row) for row in connection.execute(_READ).fetchall()}
        return [_one(name, rows.get(name), now) for name in names]

    yield from read_database(url, read)


def _one(name: str, row: tuple[str, str, int, str, int | None, int] | None, now: datetime) -> Finding:
    if row is None or row[1] == SourceState.NEW:
        return _finding(Health.UNCHECKED, NEW.format(name=name), MEND_NEW)
    _, state, since, said, heard, until = row
    if state == SourceState.SHUT:
        return _finding(Health.BROKEN, SHUT.format(name=name, since=moment(since), said=said), MEND_SHUT)
    if state == SourceState.DOWN:
        return _finding(Health.DOUBTFUL, DOWN.format(name=name, since=moment(since), said=said), MEND_DOWN)
    held = moment(until)
    if until and held < now - QUIET:
        return _finding(Health.DOUBTFUL, STILL.format(name=name, until=held), MEND_STILL)
    at = HEARD.format(at=moment(heard).astimezone(UTC)) if heard is not None else ""
    return _finding(Health.WELL, WELL.format(name=name, heard=at))


def _finding(health: Health, says: str, mend: str = "") -> Finding:
    return Finding(area=AREA, health=health, says=says, mend=mend)
