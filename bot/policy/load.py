"""The policy file, read and checked: a Policy, or every problem at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from bot.domain.people import PersonId
from bot.policy.check import check
from bot.policy.fields import Table
from bot.policy.lines import TooDeep, lines_of
from bot.policy.model import Policy
from bot.policy.problems import PolicyErrors, Problem, Problems, short
from bot.policy.roster import Roster
from bot.policy.sections.answers import read_answers
from bot.policy.sections.communities import read_communities
from bot.policy.sections.company import read_company, read_defaults, read_surge
from bot.policy.sections.departments import read_departments
from bot.policy.sections.digests import read_digests
from bot.policy.sections.escalations import read_escalations
from bot.policy.sections.pagers import read_pagers
from bot.policy.sections.people import read_people
from bot.policy.sections.rules import read_rules
from bot.policy.sections.sources import read_sources

MOST_BYTES: Final = 1_000_000
_PLACE: Final = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file gave: the policy, unless refused, and every problem in the order of the file."""

    policy: Policy | None
    problems: tuple[Problem, ...]


def load(path: str | FilePath) -> Policy:
    """The policy in that file. Raises PolicyErrors, with all mistakes and warnings, when it has a mistake."""
    reading = read(path)
    if reading.policy is None:
        raise PolicyErrors(reading.problems)
    return reading.policy


def read(path: str | FilePath) -> Reading:
    """The policy in that file, if it has no mistake, and its problems. Raises nothing."""
    problems = Problems(str(path))
    text = _text_of(FilePath(path), problems)
    return Reading(None, problems.sorted()) if text is None else parse(text, str(path))


def parse(text: str, file: str = "policy.toml") -> Reading:
    """The policy in this TOML text; `file` is the name that the problems give."""
    problems = Problems(file)
    raw = _toml_of(text, problems)
    policy = _policy_of(raw, problems) if raw is not None else None
    return Reading(None if problems.refused else policy, problems.sorted())


def _text_of(path: FilePath, problems: Problems) -> str | None:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            problems.mistake(
                (), "this file is larger than 1 MB, so it is hardly a policy: name the right file"
            )
        elif b"\0" in content:
            problems.mistake((), "this file is binary, not text: name the right file, or save it as UTF-8")
        else:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.mistake_at(line, "this line is not UTF-8: save the file in that encoding")
    except FileNotFoundError:
        problems.mistake((), 'there is no such file: "baton init" writes a first one')
    except (OSError, ValueError) as error:
        problems.mistake((), f"this cannot be read: {getattr(error, 'strerror', None) or error}")
    return None


def _toml_of(text: str, problems: Problems) -> Mapping[str, object] | None:
    try:
        problems.lines = lines_of(text)
        return tomllib.loads(text)
    except TooDeep as error:
        problems.mistake_at(error.line, str(error))
    except (ValueError, RecursionError) as error:
        said = str(error)
        place = _PLACE.search(said)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        problems.mistake_at(line, f"this is not TOML: {short(_PLACE.sub('', said), 200)}")
    return None


def _policy_of(raw: Mapping[str, object], problems: Problems) -> Policy:
    """The policy as far as it can be read; what cannot is told and stands empty."""
    top = Table(raw, (), problems)
    company = read_company(top.table("company"))
    people = top.table("people")
    departments = read_departments(top.table("departments"), company.calendar)
    policy = Policy(
        company=company,
        defaults=read_defaults(top.table("defaults")),
        surge=read_surge(top.table("surge")),
        people=Roster(read_people(people, company.calendar)),
        departments=departments,
        communities=read_communities(top.table("communities")),
        rules=read_rules(top),
        escalations=read_escalations(top.table("escalations")),
        digests=read_digests(top, departments),
        sources=read_sources(top.table("sources")),
        pagers=read_pagers(top.table("pagers")),
        answers=read_answers(top),
    )
    top.done()
    emails = {PersonId(email.strip().lower()): email for email in reversed(list(people.raw))}
    check(policy, emails, problems)
    return policy
