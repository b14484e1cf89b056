"""[[answers]]: the playbook, suggested when somebody replies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.policy.fields import Table
from bot.policy.model import PlaybookAnswer

PLACEHOLDERS: Final = ("author", "name", "case", "me", "company", "department")
"""What braces may hold: the customer's handle and name, the case's number, who writes, the company, the department."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*", re.IGNORECASE)
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_NO_NAME: Final = "people type this name: write it with small letters, digits and dashes, such as late-parcel"
_NO_TEXT: Final = 'write what it says, by language, as in text = { en = "Hello {author}, ..." }'


def read_answers(top: Table) -> tuple[PlaybookAnswer, ...]:
    found: dict[str, PlaybookAnswer] = {}
    for table in top.tables("answers"):
        answer = _answer(table)
        if answer.name in found:
            table.problems.mistake(table.at("name"), f'"{answer.name}" is there twice: keep one of them')
        found.setdefault(answer.name, answer)
    return tuple(found.values())


def _answer(table: Table) -> PlaybookAnswer:
    name = table.needed("name", "people type it, such as late-parcel")
    if name and not _NAME.fullmatch(name):
        table.problems.mistake(table.at("name"), _NO_NAME)
    answer = PlaybookAnswer(
        name=name,
        title=table.text("title", name),
        text=_texts(table),
        departments=table.texts("departments"),
        communities=table.texts("communities"),
        words=table.texts("words"),
    )
    table.done()
    return answer


def _texts(table: Table) -> Mapping[str, str]:
    """Language to words; every placeholder is known."""
    if table.lacks("text"):
        table.missing("text", _NO_TEXT)
        return {}
    inner = table.table("text")
    texts = {language.lower(): inner.text(language) for language in inner.raw}
    for language in inner.raw:
        if not _LANGUAGE.fullmatch(language):
            table.problems.mistake(inner.at(language), "a language is its short code, such as en or pt-BR")
        for said in _BRACES.findall(texts[language.lower()]):
            if said not in PLACEHOLDERS:
                table.problems.unknown(inner.at(language), "placeholder", f"{{{said}}}", _IN_BRACES)
    return texts


_IN_BRACES: Final = [f"{{{name}}}" for name in PLACEHOLDERS]
