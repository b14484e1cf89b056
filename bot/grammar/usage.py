"""A usage string is the grammar of its verb: `handoff <case> <department> [note...]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.policy.model import Policy

_SLOT: Final = re.compile(r"<(?P<must>[^<>\[\]]+)>|\[(?P<may>[^<>\[\]]+)\]")
_WHOLE: Final = re.compile(r"(?P<verb>[a-z]+)(?P<slots>(?: (?:<[^<>\[\]]+>|\[[^<>\[\]]+\]))*)")

_TYPED: Final = ("when", "date", "department", "community", "person", "cover")
"""Slots of several words that still are one value, not free text."""

_EXAMPLES: Final = {
    "scope": "1042",
    "departments": "to legal,pr",
    "case": "1042",
    "priority": "P2",
    "on": "customer",
    "outcome": "answered",
    "when": "tomorrow 14:00",
    "date": "2026-03-02",
    "question": "may we say so in public?",
    "why": "the customer called again",
    "reason": "the customer called again",
    "note": "they wait for a call back",
    "text": "they wait for a call back",
    "words": "refund",
    "word": "refund",
    "verb": "claim",
    "link": "https://social.example/post/1",
    "url": "https://social.example/post/1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing a verb asks for. `rest` takes all that is left, as typed; `choices` are its only words.

    `[when...]` is no rest: the dots only say there that a moment may be several words.
    """

    name: str
    required: bool
    rest: bool = False
    choices: tuple[str, ...] = ()


def slots_of(verb: str, usage: str) -> tuple[Slot, ...]:
    """The slots of a usage string. ValueError when it does not begin with the verb or cannot be read."""
    whole = _WHOLE.fullmatch(usage)
    if whole is None or whole["verb"] != verb:
        raise ValueError(f"the usage {usage!r} must be `{verb}` and its slots: <must>, [may], [rest...]")
    slots = tuple(_slot(match) for match in _SLOT.finditer(whole["slots"]))
    if any(slot.rest for slot in slots[:-1]):
        raise ValueError(f"in the usage {usage!r} only the last slot can take the rest")
    return slots


def example(verb: str, usage: str, policy: Policy) -> str:
    """Words of that usage that can be said as they are; most of what may be left out is."""
    said = [verb]
    for slot in slots_of(verb, usage):
        word = _example(slot, policy)
        if slot.required or (word and slot.name in ("case", "when")):
            said.append(word or "something")
    return " ".join(said)


def _example(slot: Slot, policy: Policy) -> str:
    if slot.choices:
        return slot.choices[0]
    if slot.name == "department":
        return next(iter(tuple(policy.departments)[-1:]), "")
    if slot.name == "community":
        return next(iter(policy.communities), "")
    if slot.name in ("person", "cover"):
        return str(next(iter(policy.people), ""))
    return _EXAMPLES.get(slot.name, "")


def _slot(match: re.Match[str]) -> Slot:
    text = match["must"] or match["may"]
    name = text.removesuffix("...").strip()
    rest = text.endswith("...") and name not in _TYPED
    choices = tuple(choice.strip() for choice in name.split("|")) if "|" in name else ()
    return Slot(name=name, required=match["must"] is not None, rest=rest, choices=choices)
