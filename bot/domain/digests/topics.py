"""Words and phrases that stand out in one time against another. Pure.

The posts are strangers': what comes out are words of theirs, to be shown as such and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from math import log, sqrt
from typing import Final

from bot.domain.digests.stop_words import stop_words

_LONGEST_PHRASE: Final = 3
_FEWEST_PEOPLE: Final = 5
_SMALLEST_SHARE: Final = 0.02
_MANY_PEOPLE: Final = 20
"""What fewer people than five say, or than one in fifty, is no topic; what twenty say may be one in any crowd."""
_SURE: Final = 2.6
"""The root of the log-likelihood ratio that is needed: chance alone hardly reaches it."""
ENOUGH_BEFORE: Final = 20
"""People who wrote in the time before; with fewer there is nothing to compare with."""
_MUCH: Final = 0.04
"""The share of people who must say a phrase where nothing can be compared."""
_GROWN: Final = 1.5
_LONGER_IS_CLEARER: Final = 0.15
_MOSTLY: Final = 0.6
_WEAK: Final = (
    "the a an to my your our their his her its this that is was are i you we and of "
    "el la los las un una mi tu su y de le les une mon ma notre votre et du der die das ein eine mein und "
    "o os as um uma meu minha e do da il lo gli het een mijn en"
)  # beside a topic they add nothing
_ALIKE: Final = 5
"""Words that begin with the same letters are taken for forms of one: delay, delays, delayed."""

_NOT_WORDS: Final = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+|[@＠][\w.\-]+|\b(?:rt|via|cc)\b", re.IGNORECASE
)  # addresses, and the names of people
_BREAKS: Final = re.compile(r"[.!?;:,()\[\]{}\"“”«»…\n\r|/\\*<>=~—–]+|\s[-&+]\s")
_EDGES: Final = "'’‘`#_-^$€£%&+°§"
_DIGITS: Final = 4
_LONGEST_WORD: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How many people said each word or phrase, of `people` who wrote.

    `around` counts phrases with a small word at an end: they are no topics, but say "on hold" for "hold".
    """

    said_by: Mapping[str, int] = field(default_factory=dict)
    around: Mapping[str, int] = field(default_factory=dict)
    people: int = 0
    each_stands_for: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A phrase that stands out: said by `now` people, and by `then` in the time before; `about`, from a sample."""

    phrase: str
    now: int
    then: int
    about: bool = False


def listen(
    posts: Iterable[tuple[str, str, str]],
    *,
    languages: Iterable[str],
    hidden: Iterable[str] = (),
    each_stands_for: int = 1,
) -> Talk:
    """What the posts talk about: (author, the author's names line by line, text) each. A person counts once for a
    phrase, however often they say it.

    No topic are the authors' own names, and `hidden`, the company's. Of a sample `each_stands_for` that many posts.
    """
    stop = stop_words(tuple(sorted({each.split("-")[0].lower() for each in languages})))
    names = {" ".join(_words(name)) for name in hidden}
    said: set[tuple[str, str]] = set()
    around: set[tuple[str, str]] = set()
    people: set[str] = set()
    for author, called, text in posts:
        people.add(author)
        names.update(" ".join(_words(name)) for name in called.splitlines())
        for phrase, whole in _phrases(text, stop):
            (said if whole else around).add((author, phrase))
    return Talk(
        said_by=Counter(phrase for _, phrase in said if phrase not in names),
        around=Counter(phrase for _, phrase in around if phrase not in names),
        people=len(people),
        each_stands_for=each_stands_for,
    )


def topics(now: Talk, then: Talk, *, most: int) -> tuple[Topic, ...]:
    """The phrases that grew most, clearest first; none where too few people wrote. Of phrases that are forms or parts
    of one another only the clearest is told. Where hardly anybody wrote before, what most people say in several words:
    a single word that all of them use is only what the company is about."""
    fewest = max(_FEWEST_PEOPLE, min(_SMALLEST_SHARE * now.people, _MANY_PEOPLE))
    weigh = _growth if then.people >= ENOUGH_BEFORE else _size
    found = [
        (weigh(count, now.people, then.said_by.get(phrase, 0), then.people), phrase)
        for phrase, count in now.said_by.items()
        if count >= fewest and (weigh is _growth or " " in phrase)
    ]
    clear = [
        (weight * (1 + _LONGER_IS_CLEARER * phrase.count(" ")), phrase) for weight, phrase in found if weight
    ]
    chosen: dict[str, str] = {}
    for _, phrase in sorted(clear, key=lambda one: (-one[0], one[1])):
        full = _in_full(phrase, now)
        if len(chosen) < most and not any(
            _alike(each, other) for each in (phrase, full) for other in chosen.values()
        ):
            chosen[phrase] = full
    return tuple(
        Topic(
            phrase=full,
            now=now.said_by[each] * now.each_stands_for,
            then=then.said_by.get(each, 0) * then.each_stands_for,
            about=max(now.each_stands_for, then.each_stands_for) > 1,
        )
        for each, full in chosen.items()
    )


def _growth(count: int, people: int, before: int, people_before: int) -> float:
    """The root of the log-likelihood ratio of having grown (Dunning); 0 when it did not grow clearly."""
    if count / people < _GROWN * before / people_before:
        return 0.0
    share = (count + before) / (people + people_before)
    sides = (
        (count, people * share),
        (before, people_before * share),
        (people - count, people * (1 - share)),
        (people_before - before, people_before * (1 - share)),
    )
    clear = sqrt(max(0.0, 2 * sum(seen * log(seen / expected) for seen, expected in sides if seen)))
    return clear if clear >= _SURE else 0.0


def _size(count: int, people: int, before: int, people_before: int) -> float:
    return float(count) if count >= _MUCH * people else 0.0


def _in_full(phrase: str, talk: Talk) -> str:
    """As most people say it: "hold" as "on hold"."""
    needed = _MOSTLY * talk.said_by[phrase]
    longer = [
        (count, other)
        for other, count in talk.said_by.items()
        if count >= needed and other != phrase and f" {phrase} " in f" {other} "
    ]
    longer += [
        (count, other)
        for other, count in talk.around.items()
        if count >= needed and other.split()[1:] == [phrase] and other.split()[0] not in _weak()
    ]
    return max(longer, default=(0, phrase))[1]


def _alike(one: str, other: str) -> bool:
    """Whether most of the shorter one's words are in the other."""
    few, many = sorted((_stems(one), _stems(other)), key=len)
    return 2 * len(few & many) >= len(few)


@lru_cache(maxsize=1)
def _weak() -> frozenset[str]:
    return frozenset(_WEAK.split())


@lru_cache(maxsize=4096)
def _stems(phrase: str) -> frozenset[str]:
    return frozenset(word[:_ALIKE] for word in phrase.split())


def _phrases(text: str, stop: Set[str]) -> Iterator[tuple[str, bool]]:
    """Runs of up to three words that say something, and whether both their ends do."""
    for part in _BREAKS.split(_NOT_WORDS.sub("\n", unescape(text))):
        words = _words(part)
        silent = [_silent(word, stop) for word in words]
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + _LONGEST_PHRASE) + 1):
                if not all(silent[start:end]):
                    yield " ".join(words[start:end]), not (silent[start] or silent[end - 1])


def _words(text: str) -> list[str]:
    found = (word.strip(_EDGES) for word in text.casefold().replace("’", "'").split())
    return [word for word in found if word]


def _silent(word: str, stop: Set[str]) -> bool:
    """Function words, long numbers, and what is no word at all."""
    plain = word.removesuffix("'s")
    if plain in stop or word in stop or len(word) > _LONGEST_WORD or not any(c.isalnum() for c in word):
        return True
    digits = sum(c.isdigit() for c in word)
    if digits == len(word):
        return digits not in (3, 4) or word.startswith(("19", "20"))
    return digits > _DIGITS or (len(word) < 3 and word.isascii())
