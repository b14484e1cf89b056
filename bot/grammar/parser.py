"""One line of words to a verb and its arguments: the same for every chat, the web and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.case import Priority, WaitingFor
from bot.domain.lifecycle import OUTCOMES
from bot.grammar import guess
from bot.grammar.mistakes import Misread, Missing, OnlyNames, TooLong, TooMany, UnknownVerb, VerbFirst
from bot.grammar.slots import Setting, case_number, department_titles, read_slot
from bot.grammar.text import LONGEST, Word, clean, fold, rest_of, words_of
from bot.grammar.usage import Slot, example, slots_of
from bot.router import Verb

HOME: Final = "home"
HELP: Final = "help"
SHOW: Final = "show"
NOTE: Final = "note"

_OUR_NAME: Final = "baton"
_MOST_OFFERED: Final = 5
_LEAST_NOTE: Final = 3
_MOMENTS: Final = ("2h", "tomorrow", "monday")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A verb and the words after it. `text` is the whole text as typed, `words` begin after the verb."""

    verb: Verb
    slots: tuple[Slot, ...]
    text: str
    words: tuple[Word, ...]
    setting: Setting

    def rest(self, at: int) -> str:
        return rest_of(self.text, self.words, at)

    def before(self, at: int) -> str:
        """The verb and the first `at` words, as typed."""
        end = self.words[at].start if at < len(self.words) else len(self.text)
        begun = self.text[self.words[0].start : end].strip() if self.words and at else ""
        return f"{self.verb.name} {begun}".strip()

    def with_fixes(self, mistake: Misread, at: int) -> Misread:
        """The mistake at that word, with each fix in its place ready to press."""
        behind = self.rest(at + mistake.took)
        fixes = mistake.fixes[:_MOST_OFFERED]
        return mistake.offer(f"{self.before(at)} {fix} {behind}".strip() for fix in fixes)


class Grammar:
    """Reads what people type. Raises ValueError at once for a usage string that cannot be a grammar."""

    def __init__(self, verbs: Iterable[Verb]) -> None:
        self._verbs = {verb.name: verb for verb in verbs}
        self._slots = {verb.name: slots_of(verb.name, verb.usage) for verb in self._verbs.values()}
        self._names: dict[str, Verb] = {}
        for verb in self._verbs.values():
            for name in (verb.name, *verb.aliases):
                if self._names.setdefault(_squeezed(name), verb) is not verb:
                    raise ValueError(f"two verbs are called {name}")

    def read(self, text: str, setting: Setting) -> tuple[Verb, tuple[Any, ...]]:
        """The verb and the values of its slots in their order: None, or "" for text, where one was left out.

        Raises a Refusal, usually a Misread, and nothing else, whatever the text is.
        """
        if len(text) > LONGEST:
            raise TooLong(len(text))
        text = clean(text)
        words = _without_our_name(words_of(text))
        if not any(word.key for word in words):
            asked = any("?" in word.said for word in words)
            return self.read(HELP if asked else HOME, setting)
        while not words[0].key:
            words = words[1:]
        line = self._line(text, words, setting)
        return line.verb, _arguments(line)

    def _line(self, text: str, words: tuple[Word, ...], setting: Setting) -> Line:
        verb, count = self._verb(words)
        if verb is None and case_number(words[words[0].key == "case" and len(words) > 1]) is not None:
            verb = self._show(text, words, setting)
        if verb is None:
            raise self._unknown(text, words, setting)
        slots = self._slots[verb.name]
        return Line(verb=verb, slots=slots, text=text, words=words[count:], setting=setting)

    def _verb(self, words: tuple[Word, ...]) -> tuple[Verb | None, int]:
        """The verb, which may be written apart (`hand off`), and how many words name it."""
        for count in (1, 2):
            verb = self._names.get(_squeezed(" ".join(word.key for word in words[:count])))
            if verb is not None and count <= len(words):
                return verb, count
        return None, 0

    def _show(self, text: str, words: tuple[Word, ...], setting: Setting) -> Verb:
        """A number alone asks for its case. Raises VerbFirst when the command stands behind the number."""
        at = 1 if words[0].key == "case" else 0
        behind = tuple(word for word in words[at + 1 :] if word.key)
        if not behind:
            return self._verbs[SHOW]
        number = case_number(words[at])
        verb, count = self._verb(behind)
        said = f"{verb.name} {number} {rest_of(text, behind, count)}".strip() if verb else f"{SHOW} {number}"
        raise VerbFirst(number or 0).offer([said])

    def _unknown(self, text: str, words: tuple[Word, ...], setting: Setting) -> Misread:
        if all(word.said.startswith("@") for word in words):
            return OnlyNames().offer([HELP])
        near = guess.nearest(words[0].key, self._names)
        verbs = tuple(dict.fromkeys(self._names[name].name for name in near))
        rest = rest_of(text, words, 1)
        said = [f"{verb} {rest}".strip() for verb in verbs]
        case_id = setting.place.case_id
        if not verbs and case_id is not None and NOTE in self._verbs and len(words) >= _LEAST_NOTE:
            said.append(f"{NOTE} {case_id} {text.strip()}")
        return UnknownVerb(words[0].said, verbs).offer([*said, HELP])


def _arguments(line: Line) -> tuple[Any, ...]:
    """Inside a case's thread the case may be left out; a number that makes no sense as a case is none there."""
    here = line.setting.place.case_id
    if here is None or not line.slots or line.slots[0].name != "case":
        return tuple(_filled(line))
    if _names_no_case(line, here):
        return tuple(_filled(line, case_id=here))
    try:
        return tuple(_filled(line))
    except Misread as mistake:
        try:
            return tuple(_filled(line, case_id=here))
        except Misread:
            raise mistake from None


def _names_no_case(line: Line, here: int) -> bool:
    """Whether the words after the verb begin with something else than a case. "note 3 bags were lost" tells
    colleagues about three bags: before free text a number shorter than the thread's own belongs to the text."""
    words = [word for word in line.words if word.key]
    if words and words[0].key == "case":
        return False
    number = case_number(words[0]) if words else None
    text_follows = len(line.slots) > 1 and line.slots[1].rest and len(words) > 1
    return number is None or (
        text_follows and words[0].said.isdecimal() and len(str(number)) < len(str(here))
    )


def _filled(line: Line, case_id: int | None = None) -> Iterator[Any]:
    """The values in the usage's order; `case_id` stands in for the first slot."""
    at, doubt = 0, None
    slots = line.slots
    if case_id is not None:
        yield case_id
        slots = slots[1:]
    for slot in slots:
        if slot.rest:
            if slot.required and not line.rest(at):
                raise _missing(line, slot)
            yield line.rest(at)
            return
        at = _past_punctuation(line.words, at)
        if at == len(line.words):
            if slot.required:
                raise doubt or _missing(line, slot)
            yield None
            continue
        strict = not slot.required and slot is not slots[-1]
        try:
            value, took = read_slot(slot, line.words[at:], line.setting, strict=strict)
        except Misread as mistake:
            placed = line.with_fixes(mistake, at)
            if not strict:
                raise (doubt if doubt and doubt.close and not mistake.close else placed) from None
            doubt = doubt or placed
            yield None
            continue
        yield value
        at, doubt = at + took, None
    at = _past_punctuation(line.words, at)
    if at < len(line.words):
        raise doubt or TooMany(line.rest(at), line.verb.usage).offer([line.before(at)])


def _missing(line: Line, slot: Slot) -> Misread:
    policy = line.setting.policy
    fixes = {
        "department": tuple(department_titles(policy)),
        "priority": tuple(Priority),
        "on": tuple(WaitingFor),
        "outcome": OUTCOMES,
        "when": _MOMENTS,
    }.get(slot.name, slot.choices)
    shown = example(line.verb.name, line.verb.usage, policy)
    return line.with_fixes(Missing(slot.name, line.verb.usage, shown, fixes), len(line.words))


def _past_punctuation(words: tuple[Word, ...], at: int) -> int:
    while at < len(words) and not words[at].key:
        at += 1
    return at


def _without_our_name(words: tuple[Word, ...]) -> tuple[Word, ...]:
    while words and words[0].key == _OUR_NAME:
        words = words[1:]
    return words


def _squeezed(name: str) -> str:
    return fold(name).replace("-", "").replace(" ", "")
