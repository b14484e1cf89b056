"""Which of the playbook's answers suit a post, and their words with the placeholders filled. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.case import Case
from bot.domain.mention import Mention
from bot.policy.model import PlaybookAnswer, Policy
from bot.policy.presence import base

_BRACES: Final = re.compile(r"\{(\w+)\}")


def suggested(policy: Policy, case: Case, mention: Mention) -> Sequence[PlaybookAnswer]:
    """Those that suit this post, the best first: most of its words named, then its language, then the policy's order."""
    said = mention.text.casefold()
    ranked = []
    for order, answer in enumerate(policy.answers):
        words = sum(word.casefold() in said for word in answer.words)
        if not answer.text or (answer.words and not words):
            continue
        if answer.departments and case.department not in answer.departments:
            continue
        if answer.communities and case.community not in answer.communities:
            continue
        speaks = mention.lang is not None and _in(answer, mention.lang) is not None
        ranked.append(((-words, not speaks, order), answer))
    return [answer for _, answer in sorted(ranked, key=lambda one: one[0])]


def answer_called(policy: Policy, name: str) -> PlaybookAnswer | None:
    return next((one for one in policy.answers if one.name == name.lower()), None)


def filled(policy: Policy, answer: PlaybookAnswer, case: Case, mention: Mention, me: str) -> str:
    """Its words in the post's language, else in its first one, ready to be read over. A network's @ belongs to the
    words; the handle comes without it."""
    text = _in(answer, mention.lang or case.language or "") or next(iter(answer.text.values()), "")
    department = policy.departments.get(case.department)
    handle = mention.author.handle.strip().removeprefix("@")
    known = {
        "author": handle,
        "name": (mention.author.name or handle).split(" ")[0],
        "case": str(case.id),
        "me": me.split(" ")[0],
        "company": policy.company.name,
        "department": department.title if department else case.department,
    }
    return _BRACES.sub(lambda found: known.get(found[1], found[0]), text)


def _in(answer: PlaybookAnswer, language: str) -> str | None:
    exact = answer.text.get(language.lower())
    if exact is not None or not language:
        return exact
    return next((text for code, text in answer.text.items() if base(code) == base(language)), None)
