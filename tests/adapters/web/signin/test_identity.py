"""What an address in a provider's claims is worth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.web.signin.identity import email_of
from bot.config_signin import OidcSettings
from tests.desk import test_policy

KEYCLOAK = OidcSettings(issuer="https://id.kettle.example/realms/k", client_id="x", client_secret="y")
GOOGLE = replace(KEYCLOAK, issuer="https://accounts.google.com")
ENTRA = replace(KEYCLOAK, issuer="https://login.microsoftonline.com/0a1b/v2.0")
NAMED = replace(KEYCLOAK, claim="upn")
ANA = "ana@kettle.example"


@pytest.mark.parametrize(
    ("settings", "claims", "email"),
    [
        (KEYCLOAK, {"email": "Ana@Kettle.example", "email_verified": True}, ANA),
        (KEYCLOAK, {"email": ANA, "email_verified": "true"}, ANA),
        (KEYCLOAK, {"email": ANA}, None),
        (KEYCLOAK, {"email": ANA, "email_verified": False}, None),
        (KEYCLOAK, {"email": ANA, "email_verified": "false"}, None),
        (KEYCLOAK, {"email": ANA, "email_verified": [True]}, None),
        (KEYCLOAK, {"email": 7, "email_verified": True}, None),
        (KEYCLOAK, {"email": "a@b@kettle.example", "email_verified": True}, None),
        (KEYCLOAK, {"preferred_username": ANA}, None),
        (GOOGLE, {"email": ANA, "email_verified": True, "hd": "kettle.example"}, ANA),
        (GOOGLE, {"email": ANA, "email_verified": True}, None),
        (GOOGLE, {"email": "eli@gmail.com", "email_verified": True}, "eli@gmail.com"),
        (ENTRA, {"preferred_username": "Ana@kettle.example"}, ANA),
        (ENTRA, {"preferred_username": "ana@evil.example", "email": ANA}, None),
        (ENTRA, {"email": ANA}, None),
        (ENTRA, {"email": ANA, "email_verified": True}, None),
        (ENTRA, {"email": ANA, "xms_edov": True}, ANA),
        (ENTRA, {"email": ANA, "xms_edov": "1"}, ANA),
        (ENTRA, {"email": ANA, "xms_edov": 0}, None),
        (NAMED, {"upn": ANA}, ANA),
        (NAMED, {"upn": "eli@agency.example"}, None),
        (NAMED, {"email": ANA, "email_verified": True}, None),
    ],
)
def test_an_address_counts_when_it_is_proved(
    settings: OidcSettings, claims: dict[str, Any], email: str | None
) -> None:
    assert email_of(claims, settings, test_policy()) == email
