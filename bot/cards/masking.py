"""What strangers should never have posted, hidden before it is copied into chat: card numbers, accounts, identity
numbers, passwords. The store keeps the post as it was; whoever needs the number opens the post."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

HIDDEN: Final = "[{what} hidden]"
CARD, ACCOUNT, IDENTITY, PASSWORD = "card number", "bank account", "identity number", "password"

_GROUPED: Final = re.compile(r"(?<![\w])\d(?:[ .\-\u00a0]?\d){12,18}(?!\w)")
_IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ \-\u00a0]?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
_SSN: Final = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}(?![\w-])")
_NINO: Final = re.compile(
    r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)",
    re.IGNORECASE,
)
_DNI: Final = re.compile(r"(?<!\w)([XYZ]?)(\d{7,8})[- ]?([A-Z])(?!\w)", re.IGNORECASE)
_SAID: Final = re.compile(
    r"(?<!\w)(?P<what>pass(?:word|wort|code|phrase)|passwd|pwd|contrase(?:ñ|n)a|clave|kennwort|mot de passe|senha|"
    r"pin(?: (?:code|number))?|cvv2?|cvc2?|security code|(?:passport|social security|ssn|personalausweis|pesel|"
    r"national id)(?: (?:no\.?|number|nummer))?)"
    r"(?P<link>\s*(?:is|es|ist|est|:|=|#)\s*:?\s*)(?P<secret>[^\s,;]{3,64})",
    re.IGNORECASE,
)
_IDENTITIES: Final = ("passport", "social", "ssn", "personalausweis", "pesel", "national")
_NO_SECRET: Final = frozenset(
    [
        "not",
        "wrong",
        "reset",
        "being",
        "required",
        "incorrect",
        "invalid",
        "expired",
        "gone",
        "too",
        "the",
        "that",
        "this",
        "what",
        "always",
        "never",
        "still",
        "now",
        "broken",
        "needed",
        "lost",
        "asking",
        "impossible",
        "nicht",
        "falsch",
    ]
)
"""Words that follow "my password is" and are none."""
_DNI_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"


def masked(text: str) -> str:
    """The text with a word in place of each secret."""
    for pattern, hide in _MASKS:
        text = pattern.sub(hide, text)
    return text


def secrets_in(text: str) -> tuple[str, ...]:
    """What kinds of secrets the text holds, each once."""
    return tuple(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[str]:
    for pattern, hide in _MASKS:
        for match in pattern.finditer(text):
            replaced = hide(match)
            if replaced != match.group():
                yield next(what for what in (CARD, ACCOUNT, IDENTITY, PASSWORD) if what in replaced)


def _word(what: str) -> str:
    return HIDDEN.format(what=what)


def _card(match: re.Match[str]) -> str:
    digits = [int(char) for char in match.group() if char.isdigit()]
    known = digits[0] in (2, 3, 4, 5, 6) and len(set(digits)) > 1
    return _word(CARD) if known and _luhn(digits) else match.group()


def _luhn(digits: list[int]) -> bool:
    doubled = (digit if at % 2 == 0 else digit * 2 - 9 * (digit > 4) for at, digit in enumerate(digits[::-1]))
    return sum(doubled) % 10 == 0


def _iban(match: re.Match[str]) -> str:
    """As much of what was found as is an account: a word may stand behind it."""
    whole = match.group()
    for end in range(len(whole), 14, -1):
        bare = re.sub(r"[ \-\u00a0]", "", whole[:end]).upper()
        if whole[end - 1].isalnum() and 15 <= len(bare) <= 34 and _checks(bare):
            return _word(ACCOUNT) + whole[end:]
    return whole


def _checks(iban: str) -> bool:
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _dni(match: re.Match[str]) -> str:
    first, digits, letter = match[1].upper(), match[2], match[3].upper()
    if len(digits) != (7 if first else 8):
        return match.group()
    number = int(f"{'XYZ'.index(first) if first else ''}{digits}")
    return _word(IDENTITY) if _DNI_LETTERS[number % 23] == letter else match.group()


def _secret(match: re.Match[str]) -> str:
    secret, what = match["secret"], match["what"].lower()
    if secret.strip(".!?'\"").lower() in _NO_SECRET or secret.startswith("["):
        return match.group()
    if what.startswith(("pin", "cv", "security")) and not any(char.isdigit() for char in secret):
        return match.group()
    kind = IDENTITY if what.startswith(_IDENTITIES) else PASSWORD
    return f"{match['what']}{match['link']}{_word(kind)}"


def _identity(match: re.Match[str]) -> str:
    return _word(IDENTITY)


_MASKS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (_IBAN, _iban),
    (_GROUPED, _card),
    (_SSN, _identity),
    (_NINO, _identity),
    (_DNI, _dni),
    (_SAID, _secret),
)
