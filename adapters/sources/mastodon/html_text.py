"""The HTML of a post as plain text: line breaks kept, links shown with where they lead, nothing else.

Servers send the few tags that they leave in. The standard library's parser takes minutes for some of what a stranger
may put into a hundred kilobytes; this reading takes a time that grows with the length, whatever is in it.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_MOST: Final = 100_000
"""No server takes posts near this long."""

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[\s/][^<>]*)?)>")
_HREF: Final = re.compile(r"""\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""", re.IGNORECASE)
_ATTRIBUTES: Final = 4_000

_NEW_LINE: Final = frozenset({"br", "li", "tr"})
_PARAGRAPH: Final = frozenset(
    {"p", "div", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_NEVER: Final = frozenset({"script", "style"})
_WEB: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_SPACES: Final = re.compile(r"[^\S\n]+")
_MANY_LINES: Final = re.compile(r"\n{3,}")
_ELLIPSIS: Final = re.compile(r"(?:…|\.\.\.)$")


def plain(html: str) -> str:
    """What a reader sees. A link whose words do not say where it leads is followed by its address."""
    reader, end = _Reader(), 0
    html = html[:_MOST]
    for tag in _TAG.finditer(html):
        reader.words(html[end : tag.start()])
        end = tag.end()
        reader.tag(tag[2].lower(), tag[3][:_ATTRIBUTES], closes=bool(tag[1]))
    reader.words(html[end:])
    reader.leave_link()
    lines = _SPACES.sub(" ", "".join(reader.parts)).split("\n")
    return _MANY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()


class _Reader:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self._href = ""
        self._begun = 0
        self._silent = ""

    def words(self, raw: str) -> None:
        if not self._silent:
            # A line break in the source is a space to its reader.
            self.parts.append(" ".join(unescape(raw).splitlines()) if "\n" in raw else unescape(raw))

    def tag(self, name: str, attributes: str, *, closes: bool) -> None:
        if name in _NEVER:
            if not self._silent and not closes:
                self._silent = name
            elif closes and name == self._silent:
                self._silent = ""
        elif name in _PARAGRAPH:
            self.parts.append("\n\n")
        elif name in _NEW_LINE and not closes:
            self.parts.append("\n")
        elif name == "a":
            self.leave_link()
            href = None if closes else _HREF.search(attributes)
            if href:
                self._href = unescape(next(filter(None, href.groups()), "")).strip()
                self._begun = len(self.parts)

    def leave_link(self) -> None:
        """A link ends: its words, and where it leads if they do not say so."""
        href, self._href = self._href, ""
        if not _WEB.fullmatch(href):
            return
        words = "".join(self.parts[self._begun :])
        shown = words.strip()
        if shown[:1] in ("@", "#"):
            return
        said = _ELLIPSIS.sub("", shown)
        if _WEB.fullmatch(said) or not said or _short(href).startswith(_short(said)):
            # An address, whole or cut short: what counts is where it leads.
            self.parts[self._begun :] = [words[: len(words) - len(words.lstrip())], href]
        else:
            self.parts.append(f" ({href})")


def _short(address: str) -> str:
    return address.lower().partition("://")[2] if "://" in address else address.lower()
