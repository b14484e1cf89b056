"""Which posts of a public stream are about us: words we look for, words that make a post none of ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bot.triage.words import normal, says

_NEVER: Final = re.compile(r"(?!)")


class Sift:
    """Looks for `search`, words and phrases, and skips posts that hold one of `exclude` or are by `exclude_authors`.

    Whole words, whatever the alphabet, the case or the typography. One pattern looks at a text first, because of a
    public stream's hundreds of posts a second hardly any is about us.
    """

    def __init__(
        self, search: Sequence[str], exclude: Sequence[str] = (), exclude_authors: Sequence[str] = ()
    ) -> None:
        self._search = _normal(search)
        self._exclude = _normal(exclude)
        self._authors = frozenset(handle(each) for each in exclude_authors)
        self._glance = re.compile("|".join(map(re.escape, self._search))) if self._search else _NEVER

    def found(self, text: str) -> str | None:
        """The word looked for that the text holds, in its normal form; None: it is not about us."""
        plain = normal(text)
        if not self._glance.search(plain):
            return None
        found = next((word for word in self._search if says(plain, word)), None)
        return None if found is None or self._excludes(plain) else found

    def excludes(self, text: str, author: str = "") -> bool:
        """Whether a post is none of ours though it names us."""
        return handle(author) in self._authors or self._excludes(normal(text))

    def _excludes(self, plain: str) -> bool:
        return any(says(plain, word) for word in self._exclude)


def handle(text: str) -> str:
    """A handle as handles are compared."""
    return text.strip().removeprefix("@").casefold()


def _normal(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain for word in words if (plain := normal(word))))
