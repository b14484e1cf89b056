"""Teams' ways of writing down what people typed, back to what they typed.

A message's `text` is plain, with `<at>…</at>` around mentions and HTML entities; an attachment of kind text/html holds
the same with its marks (learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations). `text` loses two things
that the other one keeps: where a link leads, and which words are only quoted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.teams.markup import AT, Named, Piece, mentioned, read_html, shown, tidy

_ONE_FILE, _FILES = "(a file: {names})", "(files: {names})"
_PICTURE: Final = "picture"

_AFTER_NAME: Final = re.compile(r"^\s*[:,]?\s*")

_HTML: Final = "text/html"
_FILE: Final = "application/vnd.microsoft.teams.file.download.info"
_REFERENCE: Final = "reference"


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
        return shown(self.pieces)


def written(activity: Mapping[str, Any]) -> Written:
    """What a message activity says. Its HTML is read only where the text alone would say less, or too much."""
    text = activity.get("text")
    text = text if isinstance(text, str) else ""
    told = _mentions(activity)
    marked = _html_of(activity.get("attachments"))
    if activity.get("textFormat") == "xml":
        return Written(pieces=read_html(text, told)[0])
    if marked and ("<a " in marked or "schema.skype.com/Reply" in marked or not text.strip()):
        pieces, quoted = read_html(marked, told)
        if shown(pieces) or not text.strip():
            return Written(pieces=pieces, quoted=quoted)
    return Written(pieces=_cut(text, told))


def plain_html(marked: str) -> str:
    """HTML as a person reads it: addresses behind their labels, quoted messages left out."""
    return shown(read_html(marked, ())[0])


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
    for found in AT.finditer(text):
        name = tidy(html.unescape(found[1]))
        pieces += [html.unescape(text[at : found.start()]), mentioned(left, found[0], name)]
        at = found.end()
    pieces.append(html.unescape(text[at:]))
    return tuple(piece for piece in pieces if piece)


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
