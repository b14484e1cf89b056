"""Teams' ways of writing down what people typed, back to what they typed.

A message's `text` is plain, with `<at>…</at>` around mentions and HTML entities; an attachment of kind text/html holds
the same with its marks (learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations). `text` loses two things
that the other one keeps: where a link leads, and which words are only quoted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final, TypeAlias

_ONE_FILE, _FILES = "(a file: {names})", "(files: {names})"
_PICTURE: Final = "picture"

_AT: Final = re.compile(r"<at(?:\s[^<>]*)?>(.*?)</at>", re.IGNORECASE | re.DOTALL)
_SPACES: Final = re.compile(r"[ \t\r\f\v\u00a0]+")
_AROUND_LINES: Final = re.compile(r" *\n *")
_MANY_LINES: Final = re.compile(r"\n{3,}")
_AFTER_NAME: Final = re.compile(r"^\s*[:,]?\s*")

_HTML: Final = "text/html"
_FILE: Final = "application/vnd.microsoft.teams.file.download.info"
_REFERENCE: Final = "reference"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was typed, cut at the mentions. `quoted` is the id of the message that it quotes, empty for none."""

    pieces: tuple[Piece, ...] = ()
    quoted: str = ""

    def called(self, bot: str) -> Written | None:
        """What follows when it begins with a mention of the app `bot`; None when it does not."""
        at = next(
            (at for at, piece in enumerate(self.pieces) if isinstance(piece, Named) or piece.strip()), None
        )
        first = self.pieces[at] if at is not None else None
        if at is None or not isinstance(first, Named) or not bot or first.id != bot:
            return None
        rest = self.pieces[at + 1 :]
        if rest and isinstance(rest[0], str):
            rest = (_AFTER_NAME.sub("", rest[0], count=1), *rest[1:])
        return Written(pieces=rest, quoted=self.quoted)

    def names(self, bot: str) -> bool:
        """Whether the app is mentioned anywhere in it."""
        return any(isinstance(piece, Named) and piece.id == bot for piece in self.pieces)

    @property
    def plain(self) -> str:
        """As a person reads it: @ before every mention's name, no white space that nobody typed."""
        text = "".join(f"@{piece.name}" if isinstance(piece, Named) else piece for piece in self.pieces)
        return tidy(text)


def written(activity: Mapping[str, Any]) -> Written:
    """What a message activity says. Its HTML is read only where the text alone would say less, or too much."""
    text = activity.get("text")
    text = text if isinstance(text, str) else ""
    told = _mentions(activity)
    marked = _html_of(activity.get("attachments"))
    if activity.get("textFormat") == "xml":
        return _read(text, told)
    if marked and ("<a " in marked or "schema.skype.com/Reply" in marked or not text.strip()):
        read = _read(marked, told)
        if read.plain or not text.strip():
            return read
    return Written(pieces=_cut(text, told))


def plain_html(marked: str) -> str:
    """HTML as a person reads it: addresses behind their labels, quoted messages left out."""
    return _read(marked, ()).plain


def tidy(text: str) -> str:
    """Without the no-break spaces, the runs of white space and the empty lines that Teams adds."""
    lines = _AROUND_LINES.sub("\n", _SPACES.sub(" ", text.replace("\r\n", "\n")))
    return _MANY_LINES.sub("\n\n", lines).strip()


def files_of(attachments: Any) -> str:
    """The files, in words: what is read where they cannot be seen. Empty for none."""
    names = [name for name in map(_file, _mappings(attachments)) if name]
    return (_FILES if len(names) > 1 else _ONE_FILE).format(names=", ".join(names)) if names else ""


# -- text -----------------------------------------------------------------------------------------------------


def _mentions(activity: Mapping[str, Any]) -> list[tuple[str, Named]]:
    """Each mention as it stands in the text, and who it is, in the order in which Teams tells them."""
    found = []
    for entity in _mappings(activity.get("entities")):
        who = entity.get("mentioned")
        if entity.get("type") == "mention" and isinstance(who, Mapping):
            found.append(
                (str(entity.get("text") or ""), Named(str(who.get("id") or ""), str(who.get("name") or "")))
            )
    return found


def _cut(text: str, told: Sequence[tuple[str, Named]]) -> tuple[Piece, ...]:
    left, pieces, at = list(told), list[Piece](), 0
    for found in _AT.finditer(text):
        name = tidy(html.unescape(found[1]))
        pieces += [html.unescape(text[at : found.start()]), _who(left, found[0], name)]
        at = found.end()
    pieces.append(html.unescape(text[at:]))
    return tuple(piece for piece in pieces if piece)


def _who(left: list[tuple[str, Named]], as_written: str, name: str) -> Named:
    """The mention that stands there; each one that Teams told is taken once."""
    for index, (text, who) in enumerate(left):
        if text == as_written or tidy(html.unescape(_AT.sub(r"\1", text))) == name:
            del left[index]
            return Named(who.id, name or who.name)
    return Named("", name)


# -- HTML -----------------------------------------------------------------------------------------------------


def _read(marked: str, told: Sequence[tuple[str, Named]]) -> Written:
    reader = _Reader(told=list(told))
    reader.feed(marked[:_LONGEST])
    reader.close()
    return Written(pieces=tuple(reader.pieces), quoted=reader.quoted)


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
    """Writes down what a person reads. Never raises: what is no HTML is text."""

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
            self.pieces[ended.at :] = [_who(self.told, inside, inside)]
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


# -- attachments ----------------------------------------------------------------------------------------------


def _html_of(attachments: Any) -> str:
    found = (each.get("content") for each in _mappings(attachments) if each.get("contentType") == _HTML)
    return next((content for content in found if isinstance(content, str)), "")


def _file(attachment: Mapping[str, Any]) -> str:
    kind, name = str(attachment.get("contentType") or ""), attachment.get("name")
    named = tidy(name) if isinstance(name, str) else ""
    if kind in (_FILE, _REFERENCE):
        return named
    return named or _PICTURE if kind.startswith("image/") else ""


def _mappings(value: Any) -> Iterable[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
