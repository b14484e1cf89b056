"""Why somebody cannot act at the desk, told to them: what it is, and who can change it."""

from __future__ import annotations

from typing import Final

from bot.cards.card import Card
from bot.cards.words import refusal_card
from bot.policy.model import Policy
from bot.policy.names import admins
from bot.ports import Identity, Standing

_WHY: Final = {
    Standing.GUEST: "Hello! You are a guest in this workspace, and guests cannot act at {company}'s desk, so nothing "
    "was done. If you work for {company} from outside, ask {whom} to name {email} as external in the desk's policy, "
    "then say it again.",
    Standing.STRANGER: "Hello! This desk listens to people of {company}'s own workspace, so nothing was done. "
    "Write what you need into this channel: the people of {company} here can bring it to the desk.",
    Standing.UNCONFIRMED: "Hello! Slack has not confirmed your e-mail address yet, and the desk knows people by it, "
    "so nothing was done. Confirm it with the mail that Slack sent you, then say it again.",
    Standing.NO_EMAIL: "Hello! Slack does not tell the desk your e-mail address, by which it knows people, so nothing "
    "was done. Ask {whom}: the desk's app needs the scope users:read.email, and “baton doctor” says how.",
    Standing.DELETED: "This account is deactivated, so nothing was done.",
    Standing.BOT: "This desk listens to people only, so nothing was done.",
}
_ELSEWHERE: Final = (
    "Hello! Your e-mail address {email} is not one of {company}'s, so this desk does not know you and nothing was "
    "done. Ask {whom} to add its domain to the desk's policy, or to name you there as external, then say it again."
)

UNREACHABLE: Final = {
    Standing.STRANGER: "the Slack user with the e-mail {email} belongs to another workspace",
    Standing.UNCONFIRMED: "Slack has not confirmed that {email} is theirs",
    Standing.DELETED: "the Slack account of {email} is deactivated",
    Standing.BOT: "the Slack user with the e-mail {email} is an app",
}
NOBODY: Final = "Slack knows nobody with the e-mail {email}"


def why_card(policy: Policy, identity: Identity) -> Card:
    """For a user who is nobody of ours. People from elsewhere are told no names."""
    told = _WHY.get(identity.standing, _ELSEWHERE)
    company = policy.company.name
    return refusal_card(told.format(company=company, whom=admins(policy), email=identity.email))
