"""The playbook's names stand for departments and communities that exist."""

from __future__ import annotations

from bot.policy.model import Policy
from bot.policy.problems import Problems


def check_answers(policy: Policy, problems: Problems) -> None:
    for number, answer in enumerate(policy.answers):
        for key, what, named, known in (
            ("departments", "department", answer.departments, policy.departments),
            ("communities", "community", answer.communities, policy.communities),
        ):
            for at, name in enumerate(named):
                if name not in known:
                    problems.unknown(("answers", number, key, at), what, name, list(known))
