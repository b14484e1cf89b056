"""HTML that strangers wrote, as plain text: its words and its line breaks, nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_LONGEST: Final = 400_000
"""Characters of HTML that are looked at: four times what a mention may hold."""

_SILENT: Final = frozenset(("script", "style", "template", "head", "title", "noscript", "iframe", "svg"))
_BREAK: Final = frozenset(
    ("br", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr")
)
_PARAGRAPH: Final = frozenset(("p", "blockquote", "pre", "article", "section"))
_BLANKS: Final = re.compile(r"[ \t\r\f\v\u00a0]+")
_AROUND: Final = re.compile(r" *\n *")
_MANY: Final = re.compile(r"\n{3,}")


def plain_text(html: str) -> str:
    """The words of `html` with its line breaks; links become the words they were shown as. Scripts, styles and tags
    are gone, entities are characters. Answers for every input, however broken."""
    reader = _Reader()
    try:
        reader.feed(html[:_LONGEST])
        reader.close()
    except (AssertionError, ValueError):
        # The parser's own surprise at broken markup: what it read before that stays.
        pass
    text = _AROUND.sub("\n", _BLANKS.sub(" ", "".join(reader.parts)))
    return _MANY.sub("\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        if tag != "br":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # A line's end inside HTML is a blank: only its tags break lines.
            self.parts.append(data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if not self._silent and (tag in _BREAK or tag in _PARAGRAPH):
            self.parts.append("\n\n" if tag in _PARAGRAPH else "\n")
