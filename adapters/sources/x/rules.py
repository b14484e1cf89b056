"""What is asked of X: the account, the words looked for, and what makes a post none of ours, as its rules write it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.policy.model import SourcePlan
from bot.triage.sifting import handle

LONGEST: Final = 512
"""Characters of one rule or query that every plan of X takes."""
_EXCLUDING: Final = 200
_RETWEETS: Final = " -is:retweet"


def queries(plan: SourcePlan) -> list[str]:
    """As few as hold everything. What has no room among the exclusions is sifted here, when it has come."""
    tail = _RETWEETS + _excluded(plan)
    us = handle(plan.account)
    terms = [f"@{us}", f"from:{us}", *(found for word in plan.search if (found := _quoted(word)))]
    written: list[str] = []
    some: list[str] = []
    for term in dict.fromkeys(terms):
        if some and len(_rule([*some, term], tail)) > LONGEST:
            written.append(_rule(some, tail))
            some = []
        some.append(term)
    return [*written, _rule(some, tail)]


def _rule(terms: Sequence[str], tail: str) -> str:
    return f"({' OR '.join(terms)}){tail}"


def _excluded(plan: SourcePlan) -> str:
    said = ""
    every = [f" -{found}" for word in plan.exclude if (found := _quoted(word))]
    every += [
        f" -from:{handle(each)}" for each in plan.exclude_authors if handle(each).replace("_", "").isalnum()
    ]
    for one in every:
        if len(said) + len(one) <= _EXCLUDING:
            said += one
    return said


def _quoted(word: str) -> str:
    """A phrase in quotes: nothing in it is an operator."""
    bare = " ".join(word.replace('"', " ").replace("\\", " ").split())[:100]
    return f'"{bare}"' if bare else ""
