"""`baton export`: what the desk knows of a case, a colleague, a customer or a time."""

from __future__ import annotations

import asyncio
import getpass
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO
from zoneinfo import ZoneInfo

import click

from bot.cli.export_show import Shape, as_csv, as_json
from bot.config import Config, read_config
from bot.domain.events import Kind
from bot.domain.people import PersonId
from bot.domain.refusals import NoSuchCase
from bot.wiring import Desk, connect
from storage.sql.audit import record
from storage.sql.export import Dossier, Wanted, dossiers
from storage.sql.reader import at_one_moment

_WHICH: Final = (
    "Say which: --case N, --person EMAIL, --handle NETWORK:HANDLE, or --since D with --until D; one of them."
)
_BOTH: Final = "A time needs its two ends: --since D and --until D, the later day included."
_ORDER: Final = "--until is before --since."
_HANDLE: Final = (
    'A handle is written NETWORK:HANDLE, such as x:zoe or mastodon:zoe@example.social; "{said}" is not.'
)
_NOTHING: Final = "Nothing is known of {which}."
_RESTRICTED: Final = (
    "Case {case} is restricted to {whom}; --restricted writes it all the same, and the audit will say so."
)
_LEFT_OUT: Final = "{count} left out, being restricted; --restricted writes them too."
_DONE: Final = "{count} written to {file}."
_SHAPES: Final[dict[str, Shape]] = {"json": as_json, "csv": as_csv}


@click.command()
@click.option("--case", "case", type=int, metavar="N", help="This case.")
@click.option("--person", metavar="EMAIL", help="Cases that this colleague owns or did something in.")
@click.option("--handle", metavar="NETWORK:HANDLE", help="Cases that this customer wrote in.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), metavar="D", help="Cases opened on this day or later,"
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="D", help="to this day, in the company's zone."
)
@click.option("--restricted", is_flag=True, help="Restricted cases too.")
@click.option("--format", "shape", type=click.Choice(sorted(_SHAPES)), default="json", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Instead of the screen."
)
def export(shape: str, out: Path | None, restricted: bool, **which: Any) -> None:
    """Write out what the desk knows: of a case, a colleague, a customer, or a time.

    Cases with their posts, earlier texts, notes, events, and where messages about them are. The fields of the JSON
    and the columns of the CSV are stable. Every export is recorded for the audit before its first line is written.
    """
    asked = _Asked(shape=shape, out=out, restricted=restricted, **which)
    asyncio.run(_export(read_config(os.environ), asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the command line says."""

    shape: str
    out: Path | None
    restricted: bool
    case: int | None
    person: str | None
    handle: str | None
    since: datetime | None
    until: datetime | None

    def wanted(self, zone: ZoneInfo) -> tuple[Wanted, str]:
        """Which cases, and how the audit calls them."""
        period = self.since is not None or self.until is not None
        if sum((self.case is not None, self.person is not None, self.handle is not None, period)) != 1:
            raise click.UsageError(_WHICH)
        if self.case is not None:
            return Wanted(case=self.case), f"case {self.case}"
        if self.person is not None:
            email = self.person.strip().lower()
            return Wanted(person=email), f"person {email}"
        if self.handle is not None:
            return Wanted(handle=read_handle(self.handle)), f"handle {self.handle}"
        return self._period(zone)

    def _period(self, zone: ZoneInfo) -> tuple[Wanted, str]:
        if self.since is None or self.until is None:
            raise click.UsageError(_BOTH)
        first, last = self.since.date(), self.until.date()
        if last < first:
            raise click.UsageError(_ORDER)
        opened = (_midnight(first, zone), _midnight(last + timedelta(days=1), zone))
        return Wanted(opened=opened), f"{first} to {last}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def read_handle(said: str) -> tuple[str, str]:
    """(network, handle). Raises a sentence for whoever wrote it in another way."""
    network, _, handle = said.strip().partition(":")
    if not network or not handle.strip().removeprefix("@"):
        raise click.UsageError(_HANDLE.format(said=said))
    return network.strip().lower(), handle


def operator() -> PersonId:
    """Who sits at the terminal, as this machine calls them; such a name is no person of the policy."""
    try:
        return PersonId(f"terminal:{getpass.getuser()}")
    except (KeyError, OSError):
        # Containers may run users without a name.
        return PersonId(f"terminal:{os.getuid()}")


@dataclass(slots=True)
class _Gate:
    """Lets through what may be written, and counts what not."""

    restricted: bool
    left_out: list[int] = field(default_factory=list)

    def __call__(self, found: Iterable[Dossier]) -> Iterator[Dossier]:
        for dossier in found:
            case = dossier.case
            if case is not None and case.restricted_to and not self.restricted:
                self.left_out.append(case.id)
            else:
                yield dossier


async def _export(config: Config, asked: _Asked) -> None:
    async with connect(config) as desk:
        wanted, which = asked.wanted(desk.policy.company.zone)
        if asked.case is not None:
            await _must_be_open_to_us(desk, asked.case, asked.restricted)
        now = desk.store.clock.now()
        note = partial(record, kind=Kind.EXPORTED, by=operator(), at=now, which=which, format=asked.shape,
                       restricted=asked.restricted)  # fmt: skip
        await desk.store.submit([lambda c: note(c)])
        head = {"exported_at": now.isoformat(), "which": which}
        gate = _Gate(asked.restricted)
        with _opened(asked.out) as out:
            write = _SHAPES[asked.shape]
            count = await at_one_moment(
                desk.store.reader, lambda c: write(gate(dossiers(c, wanted)), out, head)
            )
    if not count and not gate.left_out:
        click.echo(_NOTHING.format(which=which), err=True)
    if gate.left_out:
        click.echo(_LEFT_OUT.format(count=_cases(len(gate.left_out))), err=True)
    if asked.out is not None:
        click.echo(_DONE.format(count=_cases(count), file=asked.out), err=True)


async def _must_be_open_to_us(desk: Desk, number: int, restricted: bool) -> None:
    found = await desk.store.reader.once(lambda c: list(dossiers(c, Wanted(case=number))))
    if not found:
        raise NoSuchCase(number)
    case = found[0].case
    if case is not None and case.restricted_to and not restricted:
        raise click.ClickException(_RESTRICTED.format(case=number, whom=", ".join(case.restricted_to)))


@contextmanager
def _opened(file: Path | None) -> Iterator[TextIO]:
    """The screen, or a file that only its owner reads and that is there only when it is whole."""
    if file is None:
        yield sys.stdout
        return
    part = file.with_name(f"{file.name}.part")
    with open(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    ) as out:
        yield out
    part.replace(file)


def _cases(count: int) -> str:
    return f"{count:,} case{'' if count == 1 else 's'}"
