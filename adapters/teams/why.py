"""Why somebody cannot act at the desk, told to them: what it is, and who can change it."""

from __future__ import annotations

from typing import Final

from bot.cards.card import Card
from bot.cards.words import refusal_card
from bot.policy.model import Policy
from bot.policy.names import admins
from bot.ports import Identity, Standing

_WHY: Final = {
    Standing.GUEST: "Hello! You are a guest in this organization, and guests cannot act at {company}'s desk, so "
    "nothing was done. If you work for {company} from outside, ask {whom} to name {email} as external in the desk's "
    "policy, then say it again.",
    Standing.STRANGER: "Hello! This desk listens to people of {company}'s own organization, so nothing was done. "
    "Write what you need into this chat: the people of {company} here can bring it to the desk.",
    Standing.NO_EMAIL: "Hello! Teams does not tell the desk your e-mail address, by which it knows people, so nothing "
    "was done. Ask an admin of Microsoft 365 to give your account one, then say it again.",
    Standing.BOT: "This desk listens to people only, so nothing was done.",
}
_ELSEWHERE: Final = (
    "Hello! Your e-mail address {email} is not one of {company}'s, so this desk does not know you and nothing was "
    "done. Ask {whom} to add its domain to the desk's policy, or to name you there as external, then say it again."
)
_UNSEEN: Final = (
    "Hello! Baton is not in this chat, so Teams does not tell it who you are, and nothing was done. "
    "Find Baton under Apps in Teams and add it for yourself, then do this again."
)

NOT_INSTALLED: Final = (
    "Baton's app is not installed in Teams for {person}, or they have blocked it: they can add or unblock it under "
    "Apps, or an admin can push it to them in the Teams admin center (Setup policies)"
)
REMOVED: Final = (
    "{person} has removed Baton's app in Teams: they can add it again under Apps, or an admin can push it to them "
    "in the Teams admin center (Setup policies)"
)
NOBODY: Final = (
    "Teams shows Baton nobody with the e-mail {person}: they can add Baton's app under Apps in Teams, or be added "
    "to a team that has it"
)
NOT_ADDED: Final = (
    "Baton was never added to a team in Microsoft Teams: add the app to the team that has this channel."
)


def why_card(policy: Policy, identity: Identity) -> Card:
    """For a user who is nobody of ours. People from elsewhere are told no names."""
    told = _WHY.get(identity.standing, _ELSEWHERE)
    company = policy.company.name
    return refusal_card(told.format(company=company, whom=admins(policy), email=identity.email))


def unseen_card() -> Card:
    """For somebody of our organization whom Teams does not describe to us."""
    return refusal_card(_UNSEEN)
