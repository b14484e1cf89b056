"""The fields of one mention as its source sent them: checked, and kept when nobody asked for them.

Everything here is a stranger's word. What passes can be stored, counted and shown; what does not is refused with
a reason its sender can act on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Protocol, TypedDict

from adapters.sources.storable import BadMention, look_through
from bot.ports import Incoming

NOT_AN_OBJECT: Final = 'a mention is an object, such as {"source": "twitter", "id": "17", ...}; this is %s'
MISSING: Final = "%s: is missing"
EMPTY: Final = "%s: is empty"
NOT_TEXT: Final = "%s: write text in quotes; this is %s"
TOO_LONG: Final = "%s: is longer than %s"
WRITE_A_TIME: Final = "%s: write a time with a zone, such as 2026-03-02T09:00:00Z"
NO_ZONE: Final = "%s: the zone is missing; write a time with a zone, such as 2026-03-02T09:00:00Z"
A_NUMBER: Final = "%s: a number does not say its zone; write a time with a zone, such as 2026-03-02T09:00:00Z"
FAR_YEAR: Final = "%s: the year %d cannot be right"
NO_AUTHOR: Final = 'author: write {"handle": "..."}, or the handle alone in quotes; this is %s'
FOLLOWERS: Final = "%sfollowers: write a whole number from 0 to 9007199254740991"

TEXT_BYTES: Final = 100_000
"""The longest text, in bytes of UTF-8. Anything up to it is kept whole."""

NAME: Final = 200
KEY: Final = 1_000
WORDS: Final = 10_000
MOST_FOLLOWERS: Final = 2**53 - 1
YEARS: Final = range(1970, 2200)
_LINK: Final = 2_048
_CLEAN_LINK: Final = re.compile(
    r"""https?://[^\s/?#\\@<>"\x00-\x20\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069]+"""
    r"""(?:[/?#][^\s\\<>"\x00-\x20\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069]*)?""",
    re.IGNORECASE,
)
"""Nothing before an @ in the host, nothing invisible, nothing that reads differently from where it leads."""


class CommunityOf(Protocol):
    """Finds a mention's community; answers for every input."""

    def __call__(self, *, community: str | None, brand: str | None, source: str | None) -> str: ...


def incoming(item: object, community_of: CommunityOf, *, suspect: bool) -> Incoming:
    """The mention in a decoded JSON value, which is consumed. Raises BadMention.

    `suspect` says that its strings may hold what no database takes, so that each is looked through.
    """
    if type(item) is not dict:
        raise BadMention(NOT_AN_OBJECT % _called(item))
    if suspect:
        look_through(item)
    take = item.pop
    source = _needed("source", take("source", None))
    brand = _maybe("brand", take("brand", None), NAME)
    handle, about = _author(take("author", None), item)
    edited = take("edited_at", None)
    return Incoming(
        source=source,
        external_id=_needed("id", take("id", None)),
        community=_community(item, community_of, brand, source),
        created_at=_moment("created_at", take("created_at", None)),
        handle=handle,
        text=_text(take("text", None)),
        url=_link(take("url", None), item),
        lang=_maybe("lang", take("lang", None), NAME),
        brand=brand,
        in_reply_to=_maybe("in_reply_to", take("in_reply_to", None), KEY),
        thread=_maybe("thread", take("thread", None), KEY),
        edited_at=None if edited is None or edited == "" else _moment("edited_at", edited),
        **about,
        # The last of all: what is left by then is what nobody asked for.
        extra=_extra(item),
    )


# -- single fields ---------------------------------------------------------------------------


def _needed(name: str, value: object) -> str:
    if type(value) is int:
        value = str(value)
    if type(value) is not str:
        raise BadMention(MISSING % name if value is None else NOT_TEXT % (name, _called(value)))
    if not value or value.isspace():
        raise BadMention(EMPTY % name)
    if len(value) > NAME:
        raise BadMention(TOO_LONG % (name, f"{NAME} characters"))
    return value


def _maybe(name: str, value: object, most: int) -> str | None:
    if value is None or value == "":
        return None
    if type(value) is int:
        value = str(value)
    if type(value) is not str:
        raise BadMention(NOT_TEXT % (name, _called(value)))
    if len(value) > most:
        raise BadMention(TOO_LONG % (name, f"{most:,} characters"))
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise BadMention(MISSING % "text" if value is None else NOT_TEXT % ("text", _called(value)))
    if len(value) * 4 > TEXT_BYTES and len(value.encode("utf-8", "surrogatepass")) > TEXT_BYTES:
        raise BadMention(TOO_LONG % ("text", f"{TEXT_BYTES // 1000} kB"))
    return value


def _moment(name: str, value: object) -> datetime:
    if type(value) is not str:
        if value is None:
            raise BadMention(MISSING % name)
        raise BadMention((A_NUMBER if type(value) in (int, float) else WRITE_A_TIME) % name)
    try:
        at = datetime.fromisoformat(value if value[-1:] != "z" else value[:-1] + "Z")
    except ValueError:
        said = A_NUMBER if value.strip().replace(".", "", 1).isdecimal() else WRITE_A_TIME
        raise BadMention(said % name) from None
    if at.tzinfo is None:
        raise BadMention(NO_ZONE % name)
    if at.year not in YEARS:
        # Windows and leases add to it: near the calendar's ends that would overflow.
        raise BadMention(FAR_YEAR % (name, at.year))
    return at.astimezone(UTC)


def _community(rest: dict[str, object], community_of: CommunityOf, brand: str | None, source: str) -> str:
    """The community's name; one that was named but not found stays in `rest`."""
    named = _maybe("community", rest.pop("community", None), NAME)
    found = community_of(community=named, brand=brand, source=source)
    if named is not None and named != found:
        rest["community"] = named
    return found


class _About(TypedDict, total=False):
    name: str | None
    bio: str | None
    followers: int | None


def _author(value: object, rest: dict[str, object]) -> tuple[str, _About]:
    """(handle, what is known of the author); what else the author object says stays in `rest`."""
    if type(value) is str:
        return _needed("author", value), {}
    if type(value) is not dict:
        raise BadMention(MISSING % "author" if value is None else NO_AUTHOR % _called(value))
    take = value.pop
    handle = _needed("author.handle", take("handle", None))
    about = _About(
        name=_maybe("author.name", take("name", None), KEY),
        bio=_maybe("author.bio", take("bio", None), WORDS),
        followers=_followers(take("followers", None)),
    )
    if value:
        rest["author"] = value
    return handle, about


def _followers(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value <= MOST_FOLLOWERS:
        raise BadMention(FOLLOWERS % "author.")
    return value


def _link(value: object, rest: dict[str, object]) -> str | None:
    """A link that may be shown; any other stays in `rest` as what was sent."""
    if value is None or value == "":
        return None
    if type(value) is str and is_link(value):
        return value
    rest["url"] = value
    return None


def is_link(text: str) -> bool:
    """Whether it may be shown as a link: to the web, and to where it says."""
    return len(text) <= _LINK and _CLEAN_LINK.fullmatch(text) is not None


def _extra(rest: dict[str, object]) -> Mapping[str, object]:
    if rest:
        look_through(rest)
    return rest


def _called(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "text"
