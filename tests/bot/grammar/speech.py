"""What the tests of the grammar share: the desk's real verbs, and somebody who types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.domain.refusals import Refusal
from bot.grammar import Grammar, Setting
from bot.policy.names import Spoken
from bot.ports import Place
from bot.router import Routes
from handlers import all_routes
from tests.desk import test_policy

POLICY = test_policy()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROUTES: Routes = all_routes()
GRAMMAR = Grammar(ROUTES.verbs.values())


def setting(from_: str = "ana", *, thread: int | None = None) -> Setting:
    (person,) = [p for p in POLICY.people.values() if p.name.lower().startswith(from_)]
    place = Place(platform="web", conversation="support", department="support", case_id=thread)
    return Setting(policy=POLICY, person=person, place=place, now=NOW, zone=person.zone)


def typed(text: str, *, from_: str = "ana", thread: int | None = None) -> tuple[Any, ...]:
    """(verb, *arguments) of what somebody typed."""
    verb, args = GRAMMAR.read(text, setting(from_, thread=thread))
    return (verb.name, *args)


def refused(text: str, *, thread: int | None = None) -> tuple[str, tuple[str, ...]]:
    """(sentence, words to press) of the refusal that this text must get."""
    try:
        got = typed(text, thread=thread)
    except Refusal as refusal:
        names = Spoken(policy=POLICY, zone=POLICY.company.zone, now=NOW)
        return refusal.sentence(names), refusal.suggestions()
    raise AssertionError(f"{text!r} was understood as {got}")
