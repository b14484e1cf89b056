"""Bytes to mentions: one object, a list, or one object a line, in the nested and in the flat replay form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NoReturn

import msgspec

from adapters.sources.mention_fields import CommunityOf, incoming
from adapters.sources.mention_quick import quickly
from adapters.sources.storable import BadMention
from bot.ports import Incoming

EMPTY_BODY: Final = "there is nothing here; send one mention, a list of them, or one on each line"
NOT_JSON: Final = "is not JSON: %s (line %d, column %d)"
NO_NUMBER: Final = "is not JSON: %s is not a number JSON knows"
TOO_DEEP: Final = "is nested too deeply"
HUGE_NUMBER: Final = "holds a number that is too large"

_DECODER: Final = msgspec.json.Decoder()
_BOM: Final = b"\xef\xbb\xbf"
_NUL: Final = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Rejected:
    """`index` counts the mentions as sent, from 0; `reason` is a sentence for whoever sent them."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What can be taken, in the order sent, and what cannot."""

    accepted: tuple[Incoming, ...]
    rejected: tuple[Rejected, ...]


class TooMany(ValueError):
    """More mentions at once than agreed; `count` is how many there were."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class MentionReader:
    """Reads mentions. `community_of` is asked once for each community, brand and source that differ."""

    def __init__(self, community_of: CommunityOf) -> None:
        self._community_of: CommunityOf = lru_cache(maxsize=4096)(community_of)

    def read(self, body: bytes, *, by_line: bool = False, most: int | None = None) -> Parsed:
        """The mentions in `body`; with `by_line` each line is one, else its shape decides.

        A body that is no JSON at all is one rejected mention. Raises TooMany for more than `most`, nothing else.
        """
        body = body.removeprefix(_BOM)
        if not by_line:
            quick = quickly(body, self._community_of)
            if quick is not None:
                _at_most(most, quick)
                return Parsed(quick, ())
            try:
                value, suspect = decode(body)
            except BadMention as bad:
                if not _looks_like_lines(body):
                    return Parsed((), (Rejected(0, bad.reason),))
            else:
                return self._values(value if type(value) is list else [value], suspect, most)
        return self._lines([line for line in body.split(b"\n") if line.strip()], most)

    def one(self, line: bytes) -> Incoming:
        """The one mention in `line`. Raises BadMention."""
        quick = quickly(line, self._community_of)
        if quick is not None and len(quick) == 1 and line.lstrip()[:1] == b"{":
            return quick[0]
        value, suspect = decode(line)
        return incoming(value, self._community_of, suspect=suspect)

    def _values(self, values: list[object], suspect: bool, most: int | None) -> Parsed:
        _at_most(most, values)
        accepted: list[Incoming] = []
        rejected: list[Rejected] = []
        for index, value in enumerate(values):
            try:
                accepted.append(incoming(value, self._community_of, suspect=suspect))
            except BadMention as bad:
                rejected.append(Rejected(index, bad.reason))
        return _parsed(accepted, rejected)

    def _lines(self, lines: list[bytes], most: int | None) -> Parsed:
        _at_most(most, lines)
        accepted: list[Incoming] = []
        rejected: list[Rejected] = []
        for index, line in enumerate(lines):
            try:
                accepted.append(self.one(line))
            except BadMention as bad:
                rejected.append(Rejected(index, bad.reason))
        return _parsed(accepted, rejected)


def decode(raw: bytes) -> tuple[object, bool]:
    """(the JSON value, whether its strings may hold what no database takes). Raises BadMention."""
    try:
        return _DECODER.decode(raw), _NUL in raw
    except RecursionError:
        raise BadMention(TOO_DEEP) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The patient parser says where it stopped, and lets one broken character spoil its own mention only.
        return _patiently(raw), True


def _patiently(raw: bytes) -> object:
    if not raw.strip():
        raise BadMention(EMPTY_BODY)
    try:
        return json.loads(raw.decode("utf-8", "surrogateescape"), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise BadMention(NOT_JSON % (error.msg, error.lineno, error.colno)) from None
    except RecursionError:
        raise BadMention(TOO_DEEP) from None
    except BadMention:
        raise
    except ValueError:
        raise BadMention(HUGE_NUMBER) from None


def _refuse(constant: str) -> NoReturn:
    raise BadMention(NO_NUMBER % constant)


def _looks_like_lines(body: bytes) -> bool:
    """Whether the first line is an object of its own and more follows."""
    first, _, more = body.lstrip().partition(b"\n")
    first = first.strip()
    return first.startswith(b"{") and first.endswith(b"}") and bool(more.strip())


def _at_most(most: int | None, sent: Sequence[object]) -> None:
    if most is not None and len(sent) > most:
        raise TooMany(len(sent))


def _parsed(accepted: Iterable[Incoming], rejected: Iterable[Rejected]) -> Parsed:
    return Parsed(tuple(accepted), tuple(rejected))
