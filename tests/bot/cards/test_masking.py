"""Secrets in strangers' words are hidden; ordinary numbers are not."""

from __future__ import annotations

import pytest

from bot.cards.masking import ACCOUNT, CARD, IDENTITY, PASSWORD, masked, secrets_in


@pytest.mark.parametrize(
    ("text", "what", "gone"),
    [
        ("charged twice, card 4111 1111 1111 1111!", CARD, "4111"),
        ("4111-1111-1111-1111", CARD, "1111"),
        ("amex 378282246310005 please", CARD, "378282246310005"),
        ("pay me at DE89 3704 0044 0532 0130 00 now", ACCOUNT, "3704"),
        ("ES9121000418450200051332", ACCOUNT, "0418"),
        ("gb82west12345698765432 thanks", ACCOUNT, "west"),
        ("my SSN is 123-45-6789", IDENTITY, "6789"),
        ("NI number QQ 12 34 56 C? no: AB 12 34 56 C", IDENTITY, "AB 12"),
        ("soy 12345678Z", IDENTITY, "12345678"),
        ("X1234567L", IDENTITY, "1234567"),
        ("my password is hunter2", PASSWORD, "hunter2"),
        ("Password: s3cr3t!, login marta", PASSWORD, "s3cr3t"),
        ("mi contraseña es Perro99", PASSWORD, "Perro99"),
        ("Mein Passwort ist Katze7", PASSWORD, "Katze7"),
        ("PIN: 1234", PASSWORD, "1234"),
        ("the cvv is 123", PASSWORD, "123"),
        ("passport number: X1234567", IDENTITY, "X1234567"),
    ],
)
def test_hidden(text: str, what: str, gone: str) -> None:
    assert gone not in masked(text)
    assert f"[{what} hidden]" in masked(text)
    assert what in secrets_in(text)
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "My order 4111111111111112 never came",
        "Tracking 00340434161094021501, sent 2026-03-02 09:12",
        "Call +44 20 7946 0000 or 0800 123 456",
        "My password is wrong and the PIN is not accepted",
        "You ask for my password is that normal?",
        "0000 0000 0000 0000",
        "Flight BA 1234 on 12 March, seat 12C, case 1042",
        "#ES2026 was great, https://shop.example/p/1234567890123",
        "passport control was slow",
        "We paid 1,234,567.89 for 100 000 000 000 000 stars",
    ],
)
def test_left_alone(text: str) -> None:
    assert masked(text) == text
    assert secrets_in(text) == ()


def test_long_text_takes_no_time() -> None:
    masked("1 " * 4_000 + "A1" * 4_000 + "pin " * 2_000)
