"""Rules that name nothing, do nothing, or never get their turn."""

from __future__ import annotations

from bot.policy.model import Policy, Rule
from bot.policy.problems import Path, Problems


def check_rules(policy: Policy, problems: Problems) -> None:
    """Adds to `problems` what is wrong with each rule and with their order."""
    named: set[str] = set()
    catch_all: Rule | None = None
    for number, rule in enumerate(policy.rules):
        path: Path = ("rules", number)
        _check_rule(policy, rule, path, problems)
        if rule.name and rule.name.casefold() in named:
            problems.mistake((*path, "name"), f'two rules are called "{rule.name}": give each its own name')
        named.add(rule.name.casefold())
        if catch_all and rule.department:
            told = f'its department never wins: "{catch_all.name}", above it, takes every mention. Move it up'
            problems.warn((*path, "department"), told)
        if catch_all is None and rule.department and _is_unconditional(rule):
            catch_all = rule
    if catch_all is None:
        told = (
            "no rule takes what is left, which goes to the first department of its community's interacts: "
            'end with a rule that has only a name, department and priority = "P4"'
        )
        problems.warn(("rules",), told)


def _check_rule(policy: Policy, rule: Rule, path: Path, problems: Problems) -> None:
    if not (rule.mark or rule.department or rule.priority or rule.escalate or rule.restrict):
        told = (
            "this rule does nothing: give it a department, a priority, a mark, escalate = true "
            'or restrict = ["legal"]'
        )
        problems.mistake(path, told)
    if rule.department and rule.department not in policy.departments:
        problems.unknown((*path, "department"), "department", rule.department, policy.departments)
    for number, name in enumerate(rule.restrict):
        if name not in policy.departments:
            problems.unknown((*path, "restrict", number), "department", name, policy.departments)
    for number, name in enumerate(rule.communities):
        if name not in policy.communities:
            problems.unknown((*path, "communities", number), "community", name, policy.communities)


def _is_unconditional(rule: Rule) -> bool:
    conditions = (rule.words, rule.bio_words, rule.languages, rule.sources, rule.communities)
    return not any(conditions) and rule.followers_at_least is None
