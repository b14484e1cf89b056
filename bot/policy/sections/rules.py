"""[[rules]]: what triage looks for and what follows."""

from __future__ import annotations

from bot.domain.parts import Priority
from bot.policy.fields import Table
from bot.policy.model import Rule
from bot.policy.sections.company import read_languages


def read_rules(table: Table) -> tuple[Rule, ...]:
    return tuple(_rule(inner) for inner in table.tables("rules"))


def _rule(table: Table) -> Rule:
    author = table.table("author")
    followers = author.whole("followers_at_least", 0, 1, 10_000_000_000)
    rule = Rule(
        name=table.needed("name", "the name is what people read when they ask why a case went where it did"),
        words=table.texts("words"),
        bio_words=author.texts("bio_words"),
        followers_at_least=followers or None,
        languages=read_languages(table),
        sources=table.texts("sources"),
        communities=table.texts("communities"),
        mark=table.text("mark") or None,
        department=table.text("department") or None,
        priority=table.choice("priority", Priority),
        escalate=table.flag("escalate"),
        restrict=table.texts("restrict"),
    )
    for owner, key in (
        (table, "words"),
        (table, "languages"),
        (table, "sources"),
        (table, "communities"),
        (author, "bio_words"),
    ):
        if owner.has(key) and owner.raw[key] == []:
            owner.problems.mistake(
                owner.at(key), "this list is empty: fill it, or leave it out to match everything"
            )
    author.done()
    table.done()
    return rule
