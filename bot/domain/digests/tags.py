"""Tags: a few words by which colleagues find cases again, and by which the hot topics of a week are counted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain.case import Case, authorise, record
from bot.domain.events import Datum, Kind
from bot.domain.refusals import CaseRefusal, Names
from bot.domain.roles import Actor

LONGEST: Final = 30
MOST: Final = 20
"""How many tags a case may have."""

_TAG: Final = re.compile(r"[^\W_]+(?:-+[^\W_]+)*")
_GLUE: Final = re.compile(r"[\s_]+")


class NoTag(CaseRefusal):
    """A word that cannot be a tag."""

    def __init__(self, case_id: int, word: str) -> None:
        super().__init__(case_id)
        self.word = word

    def sentence(self, names: Names) -> str:
        return (
            f"“{self.word}” is no tag, so nothing was changed: a tag has letters, digits and dashes, "
            f"{LONGEST} characters at most, as in `tag {self.case_id} late-delivery`."
        )


class NoTags(CaseRefusal):
    """It is not said which."""

    def sentence(self, names: Names) -> str:
        return (
            f"Say which tags: `tag {self.case_id} refund late-delivery`. A dash before a tag takes it away: "
            f"`tag {self.case_id} -refund`."
        )


class TooManyTags(CaseRefusal):
    def sentence(self, names: Names) -> str:
        return (
            f"Case {self.case_id} would have more than {MOST} tags, so nothing was changed. "
            f"Take one away first: `tag {self.case_id} -<tag>`."
        )


def tag(case: Case, words: str, *, by: Actor, at: datetime) -> Case:
    """The case with these tags too, and without those said with a dash. Unchanged when it is so already.

    Closed cases can be tagged. Raises NoTags, NoTag, TooManyTags.
    """
    authorise(case, by, "tag")
    added, removed = _read(case.id, words)
    after = tuple(each for each in case.tags if each not in removed)
    after = tuple(dict.fromkeys((*after, *added)))
    if len(after) > MOST:
        raise TooManyTags(case.id)
    new = [each for each in after if each not in case.tags]
    gone = [each for each in case.tags if each not in after]
    if not new and not gone:
        return case
    data: dict[str, Datum] = {"tags": ", ".join(new), **({"removed": ", ".join(gone)} if gone else {})}
    return record(replace(case, tags=after), Kind.TAGGED, by, at, **data)


def normal(word: str) -> str:
    """A word as a tag is kept: lower case, no accents lost, no # before it; blank when it cannot be one."""
    plain = unicodedata.normalize("NFKC", word).strip().removeprefix("#").casefold()
    plain = _GLUE.sub("-", plain)
    return plain if _TAG.fullmatch(plain) and len(plain) <= LONGEST else ""


def _read(case_id: int, words: str) -> tuple[list[str], list[str]]:
    """The tags to add and those to take away."""
    added: list[str] = []
    removed: list[str] = []
    for word in words.replace(",", " ").split():
        bare = word.lstrip("-−–+")
        found = normal(bare)
        if not found:
            raise NoTag(case_id, word)
        (removed if word[0] in "-−–" else added).append(found)
    if not added and not removed:
        raise NoTags(case_id)
    return added, removed
