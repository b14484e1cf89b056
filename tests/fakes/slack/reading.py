"""A message as Slack's client shows it: what reads as text, what pings, what leads away, what is formatted.

docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.slack.state import Json

_TOKEN: Final = re.compile(r"<([^<>]+)>")
_CODE: Final = re.compile(r":[\w+'-]+:")
_WRAPPED: Final = re.compile(r"(?<!\w)([*_~`])(?=\S)(.+?)(?<=\S)\1(?!\w)")
_BARE_LINK: Final = re.compile(r"https?://[^\s<>|]+")
_QUOTED: Final = re.compile(r"^&gt;", re.MULTILINE)
_JOINER: Final = "\u2060"
"""Has no width: nobody reads it."""


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
    """Blocks are shown where there are any, else the text; a ping in either is one."""
    found = Read()
    blocks = [*message.get("blocks", ()), *_attached(message)]
    if not blocks:
        found.text = _mrkdwn(message.get("text", ""), found)
        return found
    _mrkdwn(message.get("text", ""), notified := Read())
    found.pings += notified.pings
    found.text = "\n".join(filter(None, (_block(block, found) for block in blocks))).replace(_JOINER, "")
    return found


def _attached(message: Json) -> Iterable[Json]:
    for attachment in message.get("attachments", ()):
        yield from attachment.get("blocks", ())


def _block(block: Json, found: Read) -> str:
    parts = [block.get(name) for name in ("label", "title", "text")]
    parts += [
        *block.get("fields", ()),
        *block.get("elements", ()),
        block.get("accessory"),
        block.get("element"),
    ]
    texts = [_part(part, found) for part in parts if part]
    if block["type"] == "image":
        texts.append(block["alt_text"])
    return "\n".join(filter(None, texts))


def _part(part: Any, found: Read) -> str:
    match part.get("type"):
        case "plain_text":
            return _plain(part, found)
        case "mrkdwn":
            return _mrkdwn(part["text"], found, verbatim=bool(part.get("verbatim")))
        case "button":
            found.buttons.append(part["text"]["text"])
            if part.get("url"):
                found.links.append((part["text"]["text"], part["url"]))
            return ""
        case "image":
            return str(part["alt_text"])
        case "rich_text_list":
            return "\n".join(_runs(each, found) for each in part["elements"])
        case kind if str(kind).startswith("rich_text_"):
            return _runs(part, found)
        case _:
            return ""


def _plain(part: Json, found: Read) -> str:
    text = str(part["text"])
    if part.get("emoji", True):
        found.formatted += _CODE.findall(text)
    return text


def _runs(section: Json, found: Read) -> str:
    return "".join(_run(run, found) for run in section["elements"])


def _run(run: Json, found: Read) -> str:
    text = str(run.get("text", ""))
    style = set(run.get("style", {}))
    if style == {"bold"}:
        found.bold.append(text)
    elif style:
        found.formatted.append(text)
    match run["type"]:
        case "text":
            return text
        case "link":
            found.links.append((text or run["url"], run["url"]))
            return text or str(run["url"])
        case "emoji":
            return f":{run['name']}:"
        case other:
            found.pings.append(other)
            return f"@{other}"


def _mrkdwn(text: str, found: Read, *, verbatim: bool = False) -> str:
    """Slack parses this: everything in it that is not plain is found. `verbatim` leaves bare addresses alone."""

    def token(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target[0] in "@!":
            found.pings.append(target)
            return f"@{label or target[1:]}"
        if target[0] != "#":
            found.links.append((label or target, target))
        return label or target

    for each in _WRAPPED.finditer(text):
        (found.bold if each[1] == "*" else found.formatted).append(each[2])
    found.formatted += [*_CODE.findall(text), *_QUOTED.findall(text)]
    plain = _TOKEN.sub(token, text)
    if not verbatim:
        found.links += [(url, url) for url in _BARE_LINK.findall(_TOKEN.sub("", text))]
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace(_JOINER, "")
