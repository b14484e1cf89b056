"""The words after a verb to the values of its slots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.domain.lifecycle import OUTCOMES
from bot.domain.parts import Priority, WaitingFor
from bot.domain.refusals import Refusal
from bot.grammar.mistakes import Misread, Missing, NotACase, TooMany
from bot.grammar.slots import Setting, case_number, department_titles, read_slot
from bot.grammar.text import Word, rest_of
from bot.grammar.usage import Slot, example
from bot.router import Verb

_MOST_OFFERED: Final = 5
_MOMENTS: Final = ("2h", "tomorrow", "monday")
_THIS_CASE: Final = ("it", "this")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A verb and the words after it. `text` is the whole text as typed, `words` begin after the verb.

    `case_id` stands in for the first slot where the thread says which case is meant.
    """

    verb: Verb
    slots: tuple[Slot, ...]
    text: str
    words: tuple[Word, ...]
    setting: Setting
    case_id: int | None = None

    def rest(self, at: int) -> str:
        return rest_of(self.text, self.words, at)

    def before(self, at: int) -> str:
        """The verb, the case and the first `at` words, as typed."""
        end = self.words[at].start if at < len(self.words) else len(self.text)
        begun = self.text[self.words[0].start : end].strip() if self.words and at else ""
        case = "" if self.case_id is None else f" {self.case_id}"
        return f"{self.verb.name}{case} {begun}".strip()

    def with_fixes(self, mistake: Misread, at: int) -> Misread:
        """The mistake at that word, with each fix in its place ready to press."""
        behind = self.rest(at + mistake.took)
        fixes = mistake.fixes[:_MOST_OFFERED]
        return mistake.offer(f"{self.before(at)} {fix} {behind}".strip() for fix in fixes)


def arguments(line: Line) -> tuple[Any, ...]:
    """The value of each slot, in their order: None, or "" for text, where one was left out. Raises Refusals.

    In a case's thread the case may be left out; a number that makes no sense as a case is none there.
    """
    here = line.setting.place.case_id
    if here is None or not line.slots or line.slots[0].name != "case":
        return tuple(_filled(line))
    implied = replace(line, case_id=here, words=_without_this(line))
    if _names_no_case(line, here):
        return tuple(_filled(implied))
    try:
        return tuple(_filled(line))
    except Misread as mistake:
        try:
            return tuple(_filled(implied))
        except Misread:
            raise mistake from None


def _without_this(line: Line) -> tuple[Word, ...]:
    """The words without "it" for the thread's own case, unless the word may begin a sentence."""
    words = line.words
    text_follows = len(line.slots) > 1 and line.slots[1].rest and len(words) > 1
    return words[1:] if words and words[0].key in _THIS_CASE and not text_follows else words


def _names_no_case(line: Line, here: int) -> bool:
    """Whether the words after the verb begin with something else than a case.

    "note 3 bags were lost" is about three bags, and a telephone number is no case either: a number that free
    text follows is a case only when it is about as long as that of the thread. "#3" is always a case.
    """
    words = [word for word in line.words if word.key]
    if not words or words[0].key == "case":
        return not words
    text_follows = len(line.slots) > 1 and line.slots[1].rest and len(words) > 1
    if text_follows and words[0].said.isdecimal():
        return not 0 <= len(words[0].said) - len(str(here)) <= 1
    return case_number(words[0]) is None


def _filled(line: Line) -> Iterator[Any]:
    """The values in the usage's order."""
    at, doubt, slots = 0, None, line.slots
    if line.case_id is not None:
        yield line.case_id
        slots = slots[1:]
    for slot in slots:
        if slot.rest:
            yield _text(line, slot, at)
            return
        start = _past_punctuation(line.words, at)
        if start == len(line.words):
            if slot.required:
                raise doubt or _missing(line, slot, start)
            yield None
            continue
        skippable = not slot.required and slot is not slots[-1]
        try:
            strict = skippable and slots[-1].rest
            value, took = read_slot(slot, line.words[start:], line.setting, strict=strict)
        except Misread as mistake:
            if doubt is None or (mistake.close and not doubt.close):
                doubt = _placed(line, slot, mistake, start)
            if not skippable:
                raise doubt from None
            yield None
        else:
            yield value
            at, doubt = start + took, None
    _must_end(line, at, doubt)


def _text(line: Line, slot: Slot, at: int) -> str:
    if slot.required and not line.rest(at):
        raise _missing(line, slot, at)
    return line.rest(at)


def _must_end(line: Line, at: int, doubt: Misread | None) -> None:
    at = _past_punctuation(line.words, at)
    if at < len(line.words):
        raise doubt or TooMany(line.rest(at), line.verb.usage).offer([line.before(at)])


def _placed(line: Line, slot: Slot, mistake: Misread, at: int) -> Misread:
    """The mistake with words to press. What fits the next slot shows that this one was left out."""
    words = line.words[at:]
    if isinstance(mistake, NotACase):
        behind = next((n for n, word in enumerate(words) if case_number(word) is not None), None)
        if behind is not None:
            between = " ".join(word.said for word in words[:behind]) if len(line.slots) > 1 else ""
            mistake.fixes, mistake.took = ((f"{case_number(words[behind])} {between}".strip(),), behind + 1)
            return line.with_fixes(mistake, at)
    if not mistake.close and line.slots[-1].rest and slot is not line.slots[-1]:
        # Nothing is like it, so it may be the beginning of the text: words to press must not lose it.
        mistake.took = 0
    following = line.slots[line.slots.index(slot) + 1 :][:1]
    if slot.required and not mistake.close and following and not following[0].rest:
        try:
            read_slot(following[0], words, line.setting, strict=True)
        except Refusal:
            return line.with_fixes(mistake, at)
        return _missing(line, slot, at)
    return line.with_fixes(mistake, at)


def _missing(line: Line, slot: Slot, at: int) -> Misread:
    policy = line.setting.policy
    fixes = {
        "department": tuple(department_titles(policy)),
        "community": tuple(policy.communities),
        "priority": tuple(Priority),
        "on": tuple(WaitingFor),
        "outcome": OUTCOMES,
        "when": _MOMENTS,
    }.get(slot.name, slot.choices)
    shown = example(line.verb.name, line.verb.usage, policy)
    return line.with_fixes(Missing(slot.name, line.verb.usage, shown, fixes), at)


def _past_punctuation(words: tuple[Word, ...], at: int) -> int:
    while at < len(words) and not words[at].key:
        at += 1
    return at
