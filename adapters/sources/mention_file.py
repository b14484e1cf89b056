"""Mentions from a file, one JSON object on each line. Files of any size are read a line at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from adapters.sources.mention_json import MentionReader
from adapters.sources.storable import BadMention
from bot.ports import Incoming

LONG_LINE: Final = "is longer than 1 MiB"
A_LIST: Final = (
    "opens a list; write one mention on each line instead, without brackets and commas between them"
)

LINE_BYTES: Final = 1024 * 1024
_SAMPLE: Final = 64 * 1024
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: its mention, or the reason why there is none.

    `number` counts all lines from 1, `place` those that are not blank from 1; `end` is the byte after it.
    """

    number: int
    place: int
    end: int
    mention: Incoming | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileSize:
    """How long a file is, and a print of it that differs when its content or its moment of change does."""

    bytes: int
    fingerprint: str


def lines_of(path: Path, reader: MentionReader, *, start: int = 0) -> Iterator[Line]:
    """The lines after byte `start`, which must be the end of one; earlier ones are counted but not read.

    Raises OSError when the file cannot be read, and nothing for what stands in it.
    """
    with path.open("rb") as file:
        place = end = 0
        for number, (raw, size) in enumerate(_raw_lines(file), 1):
            end += size
            if raw is not None and not raw.strip():
                continue
            place += 1
            if end > start:
                yield _line(number, place, end, raw, reader)


def measure(path: Path) -> FileSize:
    """The file's size and fingerprint, from its ends and its time of change. Raises OSError."""
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        head = file.read(_SAMPLE)
        file.seek(max(0, status.st_size - _SAMPLE))
        tail = file.read(_SAMPLE)
    seen = sha256(f"{status.st_size}:{status.st_mtime_ns}:".encode())
    seen.update(head)
    seen.update(tail)
    return FileSize(status.st_size, seen.hexdigest()[:32])


def _raw_lines(file: BinaryIO) -> Iterator[tuple[bytes | None, int]]:
    """(the line, or None when it is too long to hold; its size in bytes)."""
    while raw := file.readline(LINE_BYTES):
        size = len(raw)
        whole = raw.endswith(b"\n") or size < LINE_BYTES
        while not raw.endswith(b"\n") and (raw_rest := file.readline(LINE_BYTES)):
            whole = False
            size += len(raw_rest)
            raw = raw_rest
        yield raw if whole else None, size


def _line(number: int, place: int, end: int, raw: bytes | None, reader: MentionReader) -> Line:
    if raw is None:
        return Line(number, place, end, reason=LONG_LINE)
    if number == 1:
        raw = raw.removeprefix(_BOM)
    try:
        return Line(number, place, end, reader.one(raw))
    except BadMention as bad:
        return Line(number, place, end, reason=A_LIST if raw.lstrip().startswith(b"[") else bad.reason)
