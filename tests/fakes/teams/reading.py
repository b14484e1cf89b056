"""A message as Teams' client shows it: what reads as text, what pings, what leads away, what is formatted.

learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format (markdown of TextBlock and Fact; a
TextRun knows none); the text beside a card is Teams' own markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.teams.cards import CARD, parts
from tests.fakes.teams.state import Json

_LINK: Final = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])+)\]\(((?:\\.|[^)\\\s])+)[^)]*\)")
_BARE: Final = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]+", re.IGNORECASE)
_MARKED: Final = re.compile(r"(?<![\\\w])(\*\*|__|[*_~`])(?=\S)(.+?)(?<=[^\s\\])\1(?!\w)", re.DOTALL)
_LIST: Final = re.compile(r"^\s{0,3}(?:[-+*]\s|\d+[.)]\s|#{1,6}\s|>\s?)", re.MULTILINE)
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG: Final = re.compile(r"</?[a-zA-Z][^>]*>")
_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_DATE: Final = re.compile(r"\{\{(?:DATE|TIME)\(")
_NO_WIDTH: Final = re.compile("[\u200b\u200c\u2060\ufeff]")
"""Nobody reads these."""


@dataclass
class Read:
    """`links` are (what it says, where it leads); `bold` and `formatted` are the words that stand out."""

    text: str = ""
    pings: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    formatted: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)


def read(message: Json) -> Read:
    """The text, and below it the cards."""
    found = Read()
    lines = [_marked(message["text"], found)] if message.get("text") else []
    found.pings += [
        str(e["mentioned"]["id"]) for e in message.get("entities") or () if e["type"] == "mention"
    ]
    attached = message.get("attachments") or ()
    lines += [read_card(each["content"], found) for each in attached if each["contentType"] == CARD]
    found.text = "\n".join(filter(None, lines))
    return found


def read_card(card: Json, found: Read | None = None) -> str:
    """The card's words, line by line, top to bottom."""
    found = found if found is not None else Read()
    entities = (card.get("msteams") or {}).get("entities") or ()
    found.pings += [str(e["mentioned"]["id"]) for e in entities if e.get("type") == "mention"]
    lines = [_part(part, found) for part in parts(card)]
    return "\n".join(line for line in lines if line)


def _part(part: Json, found: Read) -> str:
    match part.get("type"):
        case "TextBlock":
            text = _marked(str(part["text"]), found)
            if str(part.get("weight", "")).lower() == "bolder":
                found.bold.append(text)
            return text
        case "RichTextBlock":
            return "".join(_run(run, found) for run in part["inlines"])
        case "FactSet":
            rows = [(_marked(f["title"], found), _marked(f["value"], found)) for f in part["facts"]]
            return "\n".join(f"{title} {value}" for title, value in rows)
        case "Image":
            return str(part.get("altText") or "")
        case "Action.OpenUrl":
            found.buttons.append(str(part.get("title") or ""))
            found.links.append((str(part.get("title") or ""), str(part["url"])))
            return ""
        case kind if str(kind).startswith("Action."):
            found.buttons.append(str(part.get("title") or ""))
            return ""
        case kind if str(kind).startswith("Input."):
            return str(part.get("label") or "")
        case _:
            return ""


def _run(run: Any, found: Read) -> str:
    if isinstance(run, str):
        return run
    text = str(run["text"])
    if str(run.get("weight", "")).lower() == "bolder":
        found.bold.append(text)
    if any(run.get(style) for style in ("italic", "strikethrough", "underline", "highlight")):
        found.formatted.append(text)
    return _NO_WIDTH.sub("", text)


def _marked(text: str, found: Read) -> str:
    """Teams parses this: everything in it that is not plain is found. Clients differ; whatever one of them would
    make of it counts.
    """

    def link(match: re.Match[str]) -> str:
        found.links.append((_plain(match[1]), _plain(match[2])))
        return match[1]

    said = _LINK.sub(link, text)
    for each in _MARKED.finditer(said):
        (found.bold if each[1] in ("**", "__") else found.formatted).append(_plain(each[2]))
    found.formatted += _LIST.findall(said)
    found.formatted += [*_TAG.findall(_ESCAPE.sub("", said)), *_ENTITY.findall(said), *_DATE.findall(said)]
    found.links += [(url, url) for url in _BARE.findall(said)]
    return _plain(said)


def _plain(text: str) -> str:
    return _NO_WIDTH.sub("", _ESCAPE.sub(r"\1", text))
