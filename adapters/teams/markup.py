"""HTML as Teams' compose box makes it, cut at the mentions. Knows nothing of activities."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final, TypeAlias

AT: Final = re.compile(r"<at(?:\s[^<>]*)?>(.*?)</at>", re.IGNORECASE | re.DOTALL)
"""A mention in a message's text."""

_SPACES: Final = re.compile(r"[ \t\r\f\v\u00a0]+")
_AROUND_LINES: Final = re.compile(r" *\n *")
_MANY_LINES: Final = re.compile(r"\n{3,}")

_BLOCKS: Final = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "h1", "h2", "h3"}
)
_SILENT: Final = frozenset({"script", "style", "attachment"})
_LONGEST: Final = 500_000
"""Characters of HTML that are read: a message of Teams has about 100 kB at most."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, or an app, that is mentioned: Teams' id of them (empty when it is not told) and the shown name."""

    id: str
    name: str


Piece: TypeAlias = str | Named


Told: TypeAlias = Sequence[tuple[str, Named]]
"""Each mention as it stands in the text, and who it is, in the order in which Teams tells them."""


def read_html(marked: str, told: Told) -> tuple[tuple[Piece, ...], str]:
    """The pieces that a person reads, and the id of the message that is quoted; empty for none. Never raises: what is
    no HTML is text."""
    reader = _Reader(told=list(told))
    reader.feed(marked[:_LONGEST])
    reader.close()
    return tuple(reader.pieces), reader.quoted


def shown(pieces: Sequence[Piece]) -> str:
    """As a person reads it: @ before every mention's name, no white space that nobody typed."""
    return tidy("".join(f"@{piece.name}" if isinstance(piece, Named) else piece for piece in pieces))


def tidy(text: str) -> str:
    """Without the no-break spaces, the runs of white space and the empty lines that Teams adds."""
    lines = _AROUND_LINES.sub("\n", _SPACES.sub(" ", text.replace("\r\n", "\n")))
    return _MANY_LINES.sub("\n\n", lines).strip()


def mentioned(left: list[tuple[str, Named]], as_written: str, name: str) -> Named:
    """The mention that stands there; each one that Teams told is taken once."""
    for index, (text, who) in enumerate(left):
        if text == as_written or tidy(html.unescape(AT.sub(r"\1", text))) == name:
            del left[index]
            return Named(who.id, name or who.name)
    return Named("", name)


@dataclass
class _Open:
    """An element that is open, and where among the pieces it began."""

    tag: str
    at: int
    link: str = ""
    mention: bool = False
    hidden: bool = False


@dataclass
class _Reader(HTMLParser):
    """Writes down what a person reads."""

    told: list[tuple[str, Named]]
    pieces: list[Piece] = field(default_factory=list)
    quoted: str = ""
    _open: list[_Open] = field(default_factory=list)
    _hidden: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        kind = known.get("itemtype", "")
        if tag in _BLOCKS:
            self._say("\n- " if tag == "li" else "\n")
        if tag in ("img", "emoji"):
            self._say(known.get("alt") or known.get("title") or "")
        if tag in ("img", "br", "hr", "input", "meta", "link"):
            return
        quote = kind.endswith("/Reply")
        if quote:
            self.quoted = self.quoted or known.get("itemid", "")
        hidden = quote or tag in _SILENT
        self._hidden += hidden
        mention = tag == "at" or kind.endswith("/Mention")
        link = known.get("href", "") if tag == "a" else ""
        self._open.append(_Open(tag, len(self.pieces), link=link, mention=mention, hidden=hidden))

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self._open):
            return
        while self._open:
            ended = self._open.pop()
            self._end(ended)
            if ended.tag == tag:
                break
        if tag in _BLOCKS:
            self._say("\n")

    def handle_data(self, data: str) -> None:
        self._say(data.replace("\n", " ").replace("\r", " "))

    def _end(self, ended: _Open) -> None:
        self._hidden -= ended.hidden
        if ended.hidden or not (ended.mention or ended.link) or self._hidden:
            return
        inside = tidy(
            "".join(each if isinstance(each, str) else each.name for each in self.pieces[ended.at :])
        )
        if ended.mention:
            self.pieces[ended.at :] = [mentioned(self.told, inside, inside)]
        elif ended.link.startswith(("https://", "http://")):
            self.pieces[ended.at :] = [_link(ended.link, inside)]

    def _say(self, text: str) -> None:
        if text and not self._hidden:
            self.pieces.append(text)


def _link(target: str, label: str) -> str:
    """The address, once: a label that was made of it says no more than it."""
    bare = target.partition("://")[2]
    if not label or label in (target, target.rstrip("/"), bare, bare.rstrip("/")):
        return target
    return f"{label} ({target})"
