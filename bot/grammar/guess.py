"""What was probably meant: the known names most like a typed one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

_LIKE: Final = 65.0
_MOST: Final = 3
_SHORTEST_START: Final = 2


def likeness(typed: str, name: str) -> float:
    """0 to 100. Swapped neighbours count as one slip: "calim" is very like "claim"."""
    swaps = OSA.normalized_similarity(typed, name) * 100
    return max(fuzz.ratio(typed, name), float(swaps))


def nearest(typed: str, known: Iterable[str]) -> tuple[str, ...]:
    """The names that begin as typed, then those most like it; at most three, best first."""
    names = list(dict.fromkeys(known))
    begun = sorted(n for n in names if len(typed) >= _SHORTEST_START and n.startswith(typed))
    scored = process.extract(typed, names, scorer=_scorer, limit=_MOST, score_cutoff=_LIKE)
    return tuple(dict.fromkeys([*begun, *_near_the_best(scored)]))[:_MOST]


def best(typed: Sequence[str], known: Iterable[tuple[str, ...]]) -> tuple[int, tuple[str, ...]] | None:
    """(how many of the typed words, the known name) that are most alike; None when nothing is like it."""
    top: tuple[float, int, tuple[str, ...]] | None = None
    for name in known:
        spelled = " ".join(name)
        for count in range(1, min(len(typed), len(name)) + 1):
            score = likeness(" ".join(typed[:count]), spelled)
            if score >= _LIKE and (top is None or (score, count) > top[:2]):
                top = (score, count, name)
    return (top[1], top[2]) if top else None


def _near_the_best(scored: Sequence[tuple[str, float, int]]) -> list[str]:
    """Names far less like it than the best one would only distract."""
    return [name for name, score, _ in scored if score >= scored[0][1] - 15]


def _scorer(typed: str, name: str, *, score_cutoff: float | None = None) -> float:
    score = likeness(typed, name)
    return score if score_cutoff is None or score >= score_cutoff else 0.0
