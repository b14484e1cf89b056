"""How a vendor's own JSON becomes mentions, as the policy says it: where each field stands, and what proves the sender."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Final, TypeAlias

Path: TypeAlias = tuple[str, ...]
"""Names of keys and numbers of list items, from the outside in."""

Part: TypeAlias = str | Path
"""Words as they stand, or where words are found."""

Wanted: TypeAlias = tuple[tuple[Part, ...], ...]
"""What to take, the first that is there: each is made of its parts, all of which must be there."""

FIELDS: Final = ("id", "source", "community", "brand", "text", "url", "lang", "in_reply_to", "thread")
TIMES: Final = ("created_at", "edited_at")
AUTHOR: Final = ("handle", "name", "bio", "followers")

EMPTY_PATH: Final = '"%s" names nothing between two dots: write it as in data.author.name'
EMPTY: Final = 'there is nothing beside the | in "%s": write it as in data.body|data.title'
OPEN_BRACE: Final = '"%s" has a brace without its pair: a place inside words is written {data.id}'
_PLACE: Final = re.compile(r"\{([^{}]*)\}")


class Proof(StrEnum):
    """What proves that a request is its vendor's."""

    STANDARD = "standard"
    HMAC = "hmac"
    TOKEN = "token"


class Digest(StrEnum):
    SHA256 = "sha256"
    SHA512 = "sha512"
    SHA1 = "sha1"


class Encoding(StrEnum):
    HEX = "hex"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHeader:
    """The header that holds the signature. `signed` is what was signed: {body}, and {timestamp} where a header says
    when; a request is refused when that is too long ago."""

    header: str
    algorithm: Digest = Digest.SHA256
    encoding: Encoding = Encoding.HEX
    prefix: str = ""
    timestamp_header: str = ""
    signed: str = "{body}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A GET by which the vendor asks whether we are there: the query's `answer` is sent back. `token` is the query's
    name for the word that we agreed on; blank where there is none."""

    answer: str
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorMapping:
    """`items` is where the list of mentions stands; nothing: the body is one, or a list of them. A mention counts when
    it says all of `only`; one that says all of `removed` is the news that a post is gone. Times without a zone are in
    `zone`. With `markup` the text is HTML. `rename` are the vendor's names of networks and ours."""

    fields: Mapping[str, Wanted]
    text: tuple[Wanted, ...] = ()
    author: Mapping[str, Wanted] = field(default_factory=dict)
    items: Path = ()
    only: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    removed: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    time_format: str = ""
    markup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorPlan:
    """A source that a vendor pushes to. Without a mapping it sends mentions as `POST /mentions` takes them."""

    proof: Proof = Proof.STANDARD
    header: SignedHeader | None = None
    challenge: Challenge | None = None
    mapping: VendorMapping | None = None


def path(text: str) -> Path:
    """data.author.name, items.0. Raises ValueError."""
    parts = tuple(part.strip() for part in text.split("."))
    if not all(parts):
        raise ValueError(EMPTY_PATH % text)
    return parts


def wanted(text: str) -> Wanted:
    """Places, the first that holds something: "data.body|data.title". What begins with = is words as they stand, with
    places in braces: "=https://x.com/i/status/{postId}". Raises ValueError."""
    found = []
    for one in text.split("|"):
        one = one.strip()
        if not one:
            raise ValueError(EMPTY % text)
        found.append(_words(one[1:]) if one.startswith("=") else (path(one),))
    return tuple(found)


def _words(text: str) -> tuple[Part, ...]:
    if "{" in (bare := _PLACE.sub("", text)) or "}" in bare:
        raise ValueError(OPEN_BRACE % text)
    pieces = _PLACE.split(text)
    # What stands between the braces is every second piece.
    parts: list[Part] = [path(piece) if number % 2 else piece for number, piece in enumerate(pieces)]
    return tuple(part for part in parts if part)


def spoken(value: object) -> str:
    """A JSON value as it is compared: true, 7, text."""
    return str(value).lower() if isinstance(value, bool) else str(value)
