"""How many faults were tried, of which kind, with which seeds: said at the end of the run."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

FIRST: Final = 20260302
LONG: Final = "BATON_CRASH_SEEDS" in os.environ
FAULTS: Final = 12 if LONG else 5
"""In one day, which is one seed."""
POSTS: Final = 40 if LONG else 24
_tried: dict[str, Counter[str]] = {}
_seeds: dict[str, list[int]] = {}


def seeds(few: int) -> list[int]:
    """`few` of them, or as many as BATON_CRASH_SEEDS says, from BATON_CRASH_FIRST on."""
    first = int(os.environ.get("BATON_CRASH_FIRST", FIRST))
    return list(range(first, first + int(os.environ.get("BATON_CRASH_SEEDS", few))))


def tried(what: str, seed: int, faults: Iterable[tuple[str, int]]) -> None:
    """Counts the faults of one seed, which were all survived."""
    _tried.setdefault(what, Counter()).update(dict(faults))
    _seeds.setdefault(what, []).append(seed)


def lines() -> Iterator[str]:
    """One for each kind of day."""
    for what, counted in sorted(_tried.items()):
        known = sorted(_seeds[what])
        those = f"seed {known[0]}" if len(known) == 1 else f"{len(known)} seeds, {known[0]} to {known[-1]}"
        each = ", ".join(f"{times} {fault}" for fault, times in sorted(counted.items()))
        yield f"{what}: {sum(counted.values())} faults survived with {those}: {each}"
