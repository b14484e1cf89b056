"""Whom the provider's claims mean here, and whether they may come in. Pure.

Providers differ in what an e-mail address in their claims is worth:

- the usual one is worth something when `email_verified` is true;
- Google confirms an address for as long as it is its own: of a Workspace (`hd`), or of Gmail;
- Entra ID never says `email_verified`, and `email` may hold whatever a guest's own administrator wrote. There counts
  `email` when the token says that its domain is the tenant's own (`xms_edov`), else `preferred_username` when it is in
  one of the company's domains: it can only be in a domain that its tenant has proved to own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from bot.config_signin import ENTRA, OidcSettings
from bot.domain.people import Person, PersonId
from bot.policy.duty import is_active
from bot.policy.model import Policy
from bot.policy.names import admins

NO_EMAIL: Final = (
    "Your company's sign-in did not tell us a confirmed e-mail address of yours, so we cannot know who you are. "
    "Tell whoever runs this desk: deploy/signin.md says which setting is missing."
)
UNKNOWN: Final = (
    "You signed in as {email}, but this desk does not know that address yet. "
    "Ask {whom} to add it to the desk's policy."
)
LEFT: Final = "{name}'s last day at this desk has passed. If that is a mistake, ask {whom}."

_GOOGLE: Final = "https://accounts.google.com"
_TRUE: Final = (True, "true", 1, "1")


class NotLetIn(Exception):
    """Signed in over there, but not let in here; the sentence is for that person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def email_of(claims: Mapping[str, Any], settings: OidcSettings, policy: Policy) -> str | None:
    """The address that the claims prove, in lower case; None when they prove none."""
    if settings.claim:
        # Whoever runs the desk named the claim, and so vouches for it; but only for their own company's addresses.
        return _own(claims.get(settings.claim), policy)
    address = _address(claims.get("email"))
    if urlsplit(settings.issuer).hostname in ENTRA:
        if address and _yes(claims.get("xms_edov")):
            return address
        return _own(claims.get("preferred_username"), policy)
    if not address or not _yes(claims.get("email_verified")):
        return None
    if settings.issuer.rstrip("/") == _GOOGLE and not claims.get("hd") and not address.endswith("@gmail.com"):
        return None
    return address


def let_in(policy: Policy, email: str | None, now: datetime) -> Person:
    """The person who may come in at the business moment `now`. Raises NotLetIn."""
    if email is None:
        raise NotLetIn(NO_EMAIL)
    person = policy.people.get(PersonId(email.strip().lower()))
    if person is None:
        raise NotLetIn(UNKNOWN.format(email=email[:120], whom=admins(policy)))
    if not is_active(person, now):
        raise NotLetIn(LEFT.format(name=person.name, whom=admins(policy)))
    return person


def _own(value: Any, policy: Policy) -> str | None:
    """The address when it is of the company's domains; a company that names none has none to be of."""
    address = _address(value)
    domains = {domain.lower() for domain in policy.company.domains}
    return address if address and address.rpartition("@")[2] in domains else None


def _address(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > 254 or value.count("@") != 1:
        return None
    return value.strip().lower() or None


def _yes(value: Any) -> bool:
    return value in _TRUE if isinstance(value, bool | int | str) else False
