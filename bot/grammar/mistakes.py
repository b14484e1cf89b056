"""Words that cannot be read: what was meant, most likely, and what to type or press instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bot.domain.refusals import Names, Refusal
from bot.grammar.text import LONGEST
from bot.policy.problems import short

_QUESTIONS: Final = {
    "case": "Which case?",
    "department": "Which department?",
    "departments": "Which departments may see it?",
    "person": "Who?",
    "priority": "How urgent is it: P1, P2, P3 or P4?",
    "community": "Which community?",
    "on": "What does it wait for: the customer, a department or an approval?",
    "outcome": "How did it end?",
    "when": "Until when?",
    "date": "Of which day?",
    "why": "Why?",
    "reason": "Why?",
    "note": "What should your colleagues know?",
    "text": "What should it say?",
    "words": "What are you looking for?",
}
_MOMENTS: Final = "`2h`, `tomorrow 14:00`, `monday 9:00` or `2026-03-14 10:30`"
_DAYS: Final = "`yesterday`, `monday` or `2026-03-14`"
_PLURALS: Final = {"community": "communities", "person": "people"}
_NOT_CHOSEN: Final = {"priority": "no priority", "on": "nothing a case can wait for", "outcome": "no outcome"}
_MOST_SHOWN: Final = 10
_LONGEST_BUTTON: Final = 300


class Misread(Refusal):
    """The words could not be read; nothing was changed.

    `fixes` would stand in place of the `took` words that did not fit; `close` says that one of them is likely
    what was meant. The reader of the whole line turns them into words to press.
    """

    def __init__(self, *, fixes: Iterable[str] = (), took: int = 1, close: bool = False) -> None:
        super().__init__()
        self.fixes, self.took, self.close = tuple(fixes), took, close
        self._pressed: tuple[str, ...] = ()

    def suggestions(self) -> tuple[str, ...]:
        return self._pressed

    def offer(self, words: Iterable[str]) -> Misread:
        """The same refusal with words ready to press; too long ones are left out, never cut."""
        self._pressed = tuple(dict.fromkeys(said for said in words if len(said) <= _LONGEST_BUTTON))
        return self


class UnknownVerb(Misread):
    """No command has that name. `verbs` are those most like it."""

    def __init__(self, typed: str, verbs: Sequence[str]) -> None:
        super().__init__()
        self.typed, self.verbs = short(typed), tuple(verbs)

    def sentence(self, names: Names) -> str:
        if self.verbs:
            return f'I know no command "{self.typed}". Did you mean {_either(f"`{v}`" for v in self.verbs)}?'
        return f'I know no command "{self.typed}". `help` lists all of them.'


class VerbFirst(Misread):
    """The number came before the command."""

    def __init__(self, case_id: int) -> None:
        super().__init__()
        self.case_id = case_id

    def sentence(self, names: Names) -> str:
        return f"Say the command first, then the number: `claim {self.case_id}`. `help` lists all commands."


class OnlyNames(Misread):
    """People were mentioned and nothing was said."""

    def sentence(self, names: Names) -> str:
        return "You named somebody but asked for nothing. `assign 1042 @name` gives a case to a colleague."


class TooLong(Misread):
    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def sentence(self, names: Names) -> str:
        return (
            f"That has {self.length:,} characters; one command takes {LONGEST:,}. "
            "Put the long text into a document and send its link, or send it in parts."
        )


class Missing(Misread):
    """A required slot was left out."""

    def __init__(self, slot: str, usage: str, example: str, fixes: Iterable[str] = ()) -> None:
        super().__init__(fixes=fixes, took=0)
        self.slot, self.usage, self.example = slot, usage, example

    def sentence(self, names: Names) -> str:
        asked = _QUESTIONS.get(self.slot, f"The {self.slot} is missing.")
        return f"{asked} Say `{self.usage}`, such as `{self.example}`."


class TooMany(Misread):
    """Words are left that the command has no use for."""

    def __init__(self, extra: str, usage: str) -> None:
        super().__init__()
        self.extra, self.usage = short(extra), usage

    def sentence(self, names: Names) -> str:
        return f'I do not know what to do with "{self.extra}": the command is `{self.usage}`.'


class NotACase(Misread):
    def __init__(self, typed: str) -> None:
        super().__init__()
        self.typed = short(typed)

    def sentence(self, names: Names) -> str:
        return f'"{self.typed}" is no case. Cases have numbers, such as `1042`; `list` shows what is open.'


class NotAPage(Misread):
    def __init__(self, typed: str) -> None:
        super().__init__()
        self.typed = short(typed)

    def sentence(self, names: Names) -> str:
        return f'"{self.typed}" is no page: pages have numbers, such as `2`.'


class NoSuchName(Misread):
    """Nothing is called so. `known` are all names there are, `meant` the titles that are most like it."""

    def __init__(
        self,
        kind: str,
        typed: str,
        *,
        known: Sequence[str],
        meant: Sequence[str],
        fixes: Iterable[str],
        took: int,
    ) -> None:
        super().__init__(fixes=fixes, took=took, close=bool(meant))
        self.kind, self.typed = kind, short(typed)
        self.known, self.meant = tuple(known), tuple(meant)

    def sentence(self, names: Names) -> str:
        said = f'There is no {self.kind} "{self.typed}".'
        if self.meant:
            said += f" Did you mean {_either(self.meant)}?"
        if 0 < len(self.known) <= _MOST_SHOWN and set(self.known) != set(self.meant):
            said += f" The {_PLURALS.get(self.kind, f'{self.kind}s')} are {_listed(self.known)}."
        return said


class NotAChoice(Misread):
    """Only a few words fit here, and this is none of them."""

    def __init__(
        self, slot: str, typed: str, choices: Sequence[str], fixes: Iterable[str], *, close: bool
    ) -> None:
        super().__init__(fixes=fixes, close=close)
        self.slot, self.typed, self.choices = slot, short(typed), tuple(choices)

    def sentence(self, names: Names) -> str:
        what = _NOT_CHOSEN.get(self.slot, "nothing that fits here")
        return f'"{self.typed}" is {what}: say {_either(self.choices)}.'


class Ambiguous(Misread):
    """Several are called so."""

    def __init__(self, kind: str, typed: str, meant: Sequence[str], fixes: Iterable[str], took: int) -> None:
        super().__init__(fixes=fixes, took=took, close=True)
        self.kind, self.typed, self.meant = kind, short(typed), tuple(meant)

    def sentence(self, names: Names) -> str:
        return f'"{self.typed}" is more than one {self.kind}: did you mean {_either(self.meant)}?'


class NotAMoment(Misread):
    def __init__(self, typed: str, fixes: Iterable[str] = (), took: int = 1) -> None:
        fixes = tuple(fixes)
        super().__init__(fixes=fixes, took=took, close=bool(fixes))
        self.typed = short(typed)

    def sentence(self, names: Names) -> str:
        meant = f" Did you mean {_either(f'`{fix}`' for fix in self.fixes)}?" if self.fixes else ""
        return f'"{self.typed}" is no moment that I understand.{meant} Say {_MOMENTS}.'


class TwoMeanings(Misread):
    """A moment that people understand in two ways."""

    def __init__(self, typed: str, fixes: Iterable[str], took: int = 1) -> None:
        super().__init__(fixes=fixes, took=took, close=True)
        self.typed = short(typed)

    def sentence(self, names: Names) -> str:
        return f'"{self.typed}" can mean two days: say {_either(f"`{fix}`" for fix in self.fixes)}.'


class TooFar(Misread):
    def __init__(self, typed: str) -> None:
        super().__init__()
        self.typed = short(typed)

    def sentence(self, names: Names) -> str:
        return f'"{self.typed}" is more than two years away. Say a moment nearer by, such as {_MOMENTS}.'


class NotADay(Misread):
    def __init__(self, typed: str) -> None:
        super().__init__()
        self.typed = short(typed)

    def sentence(self, names: Names) -> str:
        return f'"{self.typed}" is no day that I understand. Say {_DAYS}.'


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
