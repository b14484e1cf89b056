"""Which community a mention belongs to, and what the policy's rules say of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.mention import Author, Mention
from bot.domain.parts import Priority
from bot.policy.model import Policy, Rule
from bot.triage.words import normal, says


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Where a mention goes and why: `reasons` are sentences for people, `rules` every rule that held."""

    department: str
    priority: Priority
    marks: frozenset[str] = frozenset()
    escalate: bool = False
    restrict: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Held:
    """A rule that holds, and the words that say what made it hold."""

    rule: Rule
    because: str


class _Seen:
    """A mention as the rules look at it; the author's words are prepared only when a rule asks."""

    __slots__ = ("_bio", "mention", "text")

    def __init__(self, mention: Mention) -> None:
        self.mention = mention
        self.text = normal(mention.text)
        self._bio: str | None = None

    @property
    def bio(self) -> str:
        if self._bio is None:
            self._bio = normal(self.mention.author.bio or "")
        return self._bio


def community_of(policy: Policy, *, community: str | None, brand: str | None, source: str | None) -> str:
    """The community's name: the one given, if known; else by brand; else by source; else the default.

    Brands and sources compare without case. Of two communities that name the same one, the first wins.
    """
    if community is not None and community in policy.communities:
        return community
    for given, field in ((brand, "brands"), (source, "sources")):
        wanted = (given or "").strip().casefold()
        for known in policy.communities.values() if wanted else ():
            if wanted in (name.strip().casefold() for name in getattr(known, field)):
                return known.name
    return policy.company.default_community


def triage(policy: Policy, mention: Mention) -> Triage:
    """The first department named by a rule that holds, the most urgent priority, every mark, all who may see it.

    No rule names a department: the first that interacts in the mention's community. No priority: P4.
    """
    held = tuple(_held(policy, mention))
    named = next((each.rule.department for each in held if each.rule.department), None)
    department = named or _first_of(policy, mention.community)
    priority = min((each.rule.priority for each in held if each.rule.priority), default=Priority.P4)
    return Triage(
        department=department,
        priority=priority,
        marks=frozenset(each.rule.mark for each in held if each.rule.mark),
        escalate=any(each.rule.escalate for each in held),
        restrict=tuple(dict.fromkeys(name for each in held for name in each.rule.restrict)),
        reasons=tuple(_reasons(held, named, department, priority)),
        rules=tuple(each.rule.name for each in held),
    )


def _first_of(policy: Policy, community: str) -> str:
    known = policy.communities.get(community) or policy.communities[policy.company.default_community]
    return known.interacts[0]


def _held(policy: Policy, mention: Mention) -> Iterator[_Held]:
    seen = _Seen(mention)
    for rule in policy.rules:
        because = _because(rule, seen)
        if because is not None:
            yield _Held(rule, because)


def _because(rule: Rule, seen: _Seen) -> str | None:
    """What made the rule hold, in words; None when a condition fails. Cheap conditions are asked first."""
    mention, author, found = seen.mention, seen.mention.author, []
    if rule.communities and mention.community not in rule.communities:
        return None
    if rule.sources and mention.source.casefold() not in _folded(rule.sources):
        return None
    if rule.languages and not _speaks(mention.lang, rule.languages):
        return None
    if rule.followers_at_least is not None and not _reaches(author, rule.followers_at_least):
        return None
    for words, text, where in ((rule.words, "text", ""), (rule.bio_words, "bio", " in the author's bio")):
        if words:
            word = _said(words, getattr(seen, text))
            if word is None:
                return None
            found.append(f'the word "{word}"{where}')
    return " and ".join([*found, *_plainly(rule, mention)]) or "always"


def _plainly(rule: Rule, mention: Mention) -> Iterator[str]:
    """The other conditions of a rule that holds, in words."""
    if rule.followers_at_least is not None:
        yield f"{mention.author.followers or 0:,} followers (at least {rule.followers_at_least:,})"
    if rule.languages:
        yield f"in {mention.lang}"
    if rule.sources:
        yield f"from {mention.source}"
    if rule.communities:
        yield f"in {mention.community}"


def _reaches(author: Author, followers: int) -> bool:
    return author.followers is not None and author.followers >= followers


def _speaks(lang: str | None, languages: tuple[str, ...]) -> bool:
    """Whether a language tag is one of these, or a region of one: "pt-BR" is "pt"."""
    tag = (lang or "").casefold().replace("_", "-")
    known = _folded(languages)
    return tag in known or any(tag.startswith(f"{each}-") for each in known)


def _said(words: tuple[str, ...], text: str) -> str | None:
    return next((word for word, plain in _plain(words) if says(text, plain)), None)


@lru_cache(maxsize=4096)
def _plain(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each word beside its normal form; one that has none (blank) can never be said."""
    return tuple((word, plain) for word in words if (plain := normal(word)))


@lru_cache(maxsize=4096)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _reasons(
    held: tuple[_Held, ...], named: str | None, department: str, priority: Priority
) -> Iterator[str]:
    """One sentence for each rule that changed the outcome, and one for each thing no rule decided."""
    routed = ranked = False
    marked: set[str] = set()
    for each in held:
        rule, effects = each.rule, []
        if rule.department and not routed:
            routed = True
            effects.append(rule.department)
        if rule.priority is priority and not ranked:
            ranked = True
            effects.append(str(rule.priority))
        if rule.mark and rule.mark not in marked:
            marked.add(rule.mark)
            effects.append(f"marked {rule.mark}")
        if rule.escalate:
            effects.append("escalates")
        if rule.restrict:
            effects.append(f"restricted to {', '.join(rule.restrict)}")
        if effects:
            yield f'rule "{rule.name}": {each.because} → {", ".join(effects)}'
    if not named:
        yield f"no rule names a department → {department}, the first that interacts here"
    if not ranked:
        yield f"no rule names a priority → {priority}"
