"""One line of words to a verb and its arguments: the same for every chat, the web and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.grammar import guess
from bot.grammar.filling import Line, arguments
from bot.grammar.mistakes import Misread, OnlyNames, TooLong, UnknownVerb, VerbFirst
from bot.grammar.slots import Setting, case_number
from bot.grammar.text import LONGEST, Word, clean, fold, rest_of, words_of
from bot.grammar.usage import Slot, slots_of
from bot.router import Verb

HOME: Final = "home"
HELP: Final = "help"
SHOW: Final = "show"
NOTE: Final = "note"

_OUR_NAME: Final = "baton"
_LEAST_NOTE: Final = 3


class Grammar:
    """Reads what people type. Raises ValueError at once for a usage string that cannot be a grammar."""

    def __init__(self, verbs: Iterable[Verb]) -> None:
        self._slots: dict[str, tuple[Slot, ...]] = {}
        self._names: dict[str, Verb] = {}
        for verb in verbs:
            self._slots[verb.name] = slots_of(verb.name, verb.usage)
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
        return line.verb, arguments(line)

    def _line(self, text: str, words: tuple[Word, ...], setting: Setting) -> Line:
        verb, count = self._verb(words)
        if verb is None:
            verb = self._show(text, words)
        if verb is None:
            raise self._unknown(text, words, setting)
        slots = self._slots[verb.name]
        return Line(verb=verb, slots=slots, text=text, words=words[count:], setting=setting)

    def _verb(self, words: tuple[Word, ...]) -> tuple[Verb | None, int]:
        """The verb, which may be written apart (`hand off`, `accept all`), and how many words name it."""
        for count in (2, 1):
            verb = self._names.get(_squeezed(" ".join(word.key for word in words[:count])))
            if verb is not None and count <= len(words):
                return verb, count
        return None, 0

    def _show(self, text: str, words: tuple[Word, ...]) -> Verb | None:
        """A number alone asks for its case. Raises VerbFirst when the command stands behind the number."""
        at = 1 if words[0].key == "case" and len(words) > 1 else 0
        number = case_number(words[at])
        behind = tuple(word for word in words[at + 1 :] if word.key)
        if number is None or not behind:
            return self._names.get(SHOW) if number is not None else None
        verb, count = self._verb(behind)
        said = f"{verb.name} {number} {rest_of(text, behind, count)}" if verb else f"{SHOW} {number}"
        raise VerbFirst(number).offer([said.strip()])

    def _unknown(self, text: str, words: tuple[Word, ...], setting: Setting) -> Misread:
        if all(word.said.startswith("@") for word in words):
            return OnlyNames().offer([HELP])
        near = guess.nearest(words[0].key, self._names)
        verbs = tuple(dict.fromkeys(self._names[name].name for name in near))
        rest = rest_of(text, words, 1)
        said = [f"{verb} {rest}".strip() for verb in verbs]
        case_id = setting.place.case_id
        if not verbs and case_id is not None and NOTE in self._names and len(words) >= _LEAST_NOTE:
            said.append(f"{NOTE} {case_id} {rest_of(text, words, 0)}")
        return UnknownVerb(words[0].said, verbs).offer([*said, HELP])


def _without_our_name(words: tuple[Word, ...]) -> tuple[Word, ...]:
    while words and words[0].key == _OUR_NAME:
        words = words[1:]
    return words


def _squeezed(name: str) -> str:
    return fold(name).replace("-", "").replace(" ", "")
