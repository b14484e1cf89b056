"""What may come next while somebody types: the very slots that will read it, asked what would fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.lifecycle import OUTCOMES
from bot.domain.parts import Priority, WaitingFor
from bot.domain.people import Person, Role
from bot.domain.refusals import Refusal
from bot.grammar.slots import FILLERS, Setting, department_titles, read_slot
from bot.grammar.text import Word, fold, words_of
from bot.grammar.timewords import parse_day, parse_when
from bot.grammar.usage import Slot, slots_of
from bot.policy.duty import is_active
from bot.policy.names import Spoken
from bot.router import Verb

MOST: Final = 8
_MOMENTS: Final = (
    "30m", "1h", "2h", "4h", "today 17:00", "tomorrow 9:00", "tomorrow 14:00", "monday 9:00", "tuesday 9:00",
    "wednesday 9:00", "thursday 9:00", "friday 9:00", "next week",
)  # fmt: skip
_DAYS: Final = ("today", "yesterday", "monday", "tuesday", "wednesday", "thursday", "friday")
_ON: Final = {"customer": "the customer", "department": "another department", "approval": "an approval"}
_WHOLE_COMPANY: Final = frozenset(Role) - {Role.EXTERNAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something to put in place of what was typed: `value`, and what it means."""

    value: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """`start` is where in the text begins what an option replaces. `slot` is what is asked for there, `verb` by whom.

    Cases are for who knows them: of the slot `case` only `typed`, what stands there so far, is told.
    """

    start: int
    verb: str = ""
    slot: str = ""
    usage: str = ""
    help: str = ""
    typed: str = ""
    options: tuple[Option, ...] = ()


class Completer:
    """Knows the verbs. Raises ValueError at once for a usage string that cannot be a grammar."""

    def __init__(self, verbs: Iterable[Verb]) -> None:
        self._verbs = tuple(verbs)
        self._slots = {verb.name: slots_of(verb.name, verb.usage) for verb in self._verbs}
        self._names = {fold(name): verb for verb in self._verbs for name in (verb.name, *verb.aliases)}

    def complete(self, text: str, setting: Setting) -> Completion:
        """What may stand at the end of `text`, the words that Baton would hear so far. Never raises."""
        words = words_of(text)
        open_end = not text or text[-1].isspace()
        if not words or (len(words) == 1 and not open_end):
            return self._verb(text, words)
        verb = self._names.get(words[0].key)
        if verb is None:
            return Completion(start=len(text))
        at = _Place(text, words[1:], setting, open_end)
        slots = self._slots[verb.name]
        if (
            setting.place.case_id is not None
            and slots
            and slots[0].name == "case"
            and not at.names_case(slots[0])
        ):
            slots = slots[1:]
        found = at.first_open(slots)
        if found is None:
            return Completion(start=len(text), verb=verb.name, usage=verb.usage, help=verb.help)
        slot, start = found
        typed = text[start:]
        options = () if slot.name == "case" else self._fitting(slot, typed, setting)
        return Completion(
            start=start,
            verb=verb.name,
            slot=slot.name,
            usage=verb.usage,
            help=verb.help,
            typed=typed.strip().lstrip("#"),
            options=options,
        )

    def _verb(self, text: str, words: Sequence[Word]) -> Completion:
        typed = words[0].key if words else ""
        fits = [v for v in self._verbs if any(fold(name).startswith(typed) for name in (v.name, *v.aliases))]
        fits.sort(key=lambda verb: not verb.name.startswith(typed))
        options = tuple(Option(value=verb.name, label=verb.usage, detail=verb.help) for verb in fits[:MOST])
        return Completion(
            start=words[0].start if words else len(text), slot="verb", typed=typed, options=options
        )

    def _fitting(self, slot: Slot, typed: str, setting: Setting) -> tuple[Option, ...]:
        if slot.rest:
            return ()
        known = [*_known(slot, typed, setting)]
        if slot.name == "verb":
            known = [Option(value=verb.name, label=verb.name, detail=verb.help) for verb in self._verbs]
        wanted = fold(typed.strip())
        begun = [each for each in known if _begins(each, wanted)]
        return tuple(sorted(begun, key=lambda each: not fold(each.value).startswith(wanted))[:MOST])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a line somebody is: `words` stand behind the verb; with `open_end` the last one is finished."""

    text: str
    words: Sequence[Word]
    setting: Setting
    open_end: bool

    def names_case(self, slot: Slot) -> bool:
        """Whether the first word is a number of a case, or may become one."""
        return bool(self.words) and self.words[0].key.isdecimal()

    def first_open(self, slots: Sequence[Slot]) -> tuple[Slot, int] | None:
        """The slot that is being filled, and where its words begin; None when nothing is left to say."""
        at = 0
        for slot in slots:
            rest = self.words[at:]
            if not rest:
                return (slot, len(self.text)) if self.open_end else None
            if slot.rest:
                return slot, rest[0].start
            took = self._took(slot, rest)
            if took == 0 and not slot.required:
                if self._may_begin(slot, rest):
                    return slot, rest[0].start
                continue
            if took == 0 or (took == len(rest) and not self.open_end):
                return slot, self._start(slot, rest)
            at += took
        return None

    def _start(self, slot: Slot, rest: Sequence[Word]) -> int:
        """Where the value begins: behind a word like "to" that only leads to it."""
        if rest[0].key not in FILLERS.get(slot.name, ()):
            return rest[0].start
        return rest[1].start if len(rest) > 1 else len(self.text) if self.open_end else rest[0].start

    def _took(self, slot: Slot, rest: Sequence[Word]) -> int:
        try:
            return read_slot(slot, rest, self.setting, strict=not slot.required)[1]
        except Refusal:
            return 0

    def _may_begin(self, slot: Slot, rest: Sequence[Word]) -> bool:
        typed = fold(self.text[rest[0].start :].strip())
        return any(_begins(each, typed) for each in _known(slot, typed, self.setting))


def _begins(option: Option, typed: str) -> bool:
    """Whether the option's value, or a word of what it is called, begins as typed."""
    value, label = fold(option.value), fold(option.label)
    return (
        value.startswith(typed) or label.startswith(typed) or any(w.startswith(typed) for w in label.split())
    )


def _known(slot: Slot, typed: str, setting: Setting) -> Sequence[Option]:
    if slot.choices:
        return [Option(value=each, label=each) for each in slot.choices]
    return {
        "department": _departments,
        "community": _communities,
        "person": _people,
        "priority": lambda _: [Option(value=each.value, label=each.value) for each in Priority],
        "on": lambda _: [
            Option(value=each.value, label=_ON.get(each.value, each.value)) for each in WaitingFor
        ],
        "outcome": lambda _: [Option(value=each, label=each.replace("-", " ")) for each in OUTCOMES],
        "when": lambda setting: _moments(typed, setting),
        "date": _dates,
    }.get(slot.name, lambda _: [])(setting)


def _departments(setting: Setting) -> list[Option]:
    return _named(department_titles(setting.policy))


def _communities(setting: Setting) -> list[Option]:
    own = setting.person.communities if _outsider(setting.person) else tuple(setting.policy.communities)
    return _named({name: known.title for name, known in setting.policy.communities.items() if name in own})


def _people(setting: Setting) -> list[Option]:
    """Colleagues; who comes from outside is told those of their departments only."""
    me = setting.person
    near = [
        person
        for person in setting.policy.people.values()
        if is_active(person, setting.now) and (not _outsider(me) or set(me.roles) & set(person.roles))
    ]
    return [Option(value=str(person.id), label=person.name, detail=str(person.id)) for person in near]


def _moments(typed: str, setting: Setting) -> list[Option]:
    """What was typed, where it is a moment already, then usual ones; each with the moment it means."""
    names = Spoken(policy=setting.policy, zone=setting.zone, now=setting.now)
    found = []
    for words in dict.fromkeys((" ".join(typed.split()), *_MOMENTS)):
        try:
            at = parse_when(words, setting.now, setting.zone)
        except Refusal:
            continue
        found.append(Option(value=words, label=words, detail=names.moment(at)))
    return found


def _dates(setting: Setting) -> list[Option]:
    days = {words: parse_day(words, setting.now, setting.zone) for words in _DAYS}
    return [
        Option(value=words, label=words, detail=f"{day:%a} {day.day} {day:%b}")
        for words, day in days.items()
        if day
    ]


def _named(titles: Mapping[str, str]) -> list[Option]:
    return [
        Option(value=name, label=title, detail=name if name != fold(title) else "")
        for name, title in titles.items()
    ]


def _outsider(person: Person) -> bool:
    return _WHOLE_COMPANY.isdisjoint(frozenset().union(*person.roles.values())) if person.roles else True
