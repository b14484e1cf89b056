"""Standard Webhooks signatures, with several secrets while one replaces another."""

from __future__ import annotations

import base64
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from hmac import compare_digest, digest
from time import time
from typing import Final

from multidict import CIMultiDictProxy
from standardwebhooks import Webhook, WebhookVerificationError

from bot.config import ConfigError

BAD_SECRET: Final = (
    "BATON_WEBHOOK_SECRETS: secret number %d is not one of a Standard Webhooks sender. Write it as the sender shows "
    "it, such as whsec_ and base64; several are separated by commas."
)
NO_HEADER: Final = "The header %s is missing. Sign requests as Standard Webhooks describes."
TWICE: Final = "The header %s came more than once."
NOT_UTF8: Final = "The body is not UTF-8, so its signature cannot be checked."
MALFORMED: Final = "The header webhook-signature is not a signature: it reads v1, a comma, and base64."
STALE: Final = "The header webhook-timestamp is more than 5 minutes old. Check the sender's clock, and sign each try anew."
FUTURE: Final = "The header webhook-timestamp is more than 5 minutes ahead. Check the sender's clock."
NO_TIMESTAMP: Final = "The header webhook-timestamp is not a number of seconds since 1970."
NO_MATCH: Final = "The signature matches none of the secrets in BATON_WEBHOOK_SECRETS."

_HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
_DIGITS: Final = 10
_SURELY: Final = 150
"""Seconds: half of what the library allows, which judges what is near the edge."""
_SAID: Final = {
    "Message timestamp too old": STALE,
    "Message timestamp too new": FUTURE,
    "Invalid Signature Headers": NO_TIMESTAMP,
}


class Signatures:
    """Checks requests against every secret. Raises ConfigError when one of them cannot be used."""

    def __init__(self, secrets: Sequence[str]) -> None:
        keys = [_key(secret, number) for number, secret in enumerate(secrets, 1)]
        self._keys = keys
        self._webhooks = tuple(Webhook(key) for key in keys)

    def refusal(self, headers: CIMultiDictProxy[str], body: bytes) -> str | None:
        """None for what a known sender signed within five minutes of now; else a sentence saying what is wrong.

        A signed request that comes again passes: it is the same mentions, and those are taken once.
        """
        found = {}
        for name in _HEADERS:
            values = headers.getall(name, ())
            if len(values) != 1 or not values[0]:
                return (TWICE if len(values) > 1 else NO_HEADER) % name
            found[name] = values[0]
        if self._plainly_good(found, body):
            return None
        said = NO_MATCH
        for webhook in self._webhooks:
            try:
                webhook.verify(body, found, json_parse=False)
            except WebhookVerificationError as error:
                said = _SAID.get(str(error), NO_MATCH)
            except UnicodeDecodeError:
                return NOT_UTF8
            except ValueError:
                said = MALFORMED
            else:
                return None
        return said

    def _plainly_good(self, found: Mapping[str, str], body: bytes) -> bool:
        """A request as nearly all are, at a quarter of the library's cost, which is a sixth of all that a mention
        costs. Says no to anything unusual: the library judges that, and finds the words for it."""
        sent_id, timestamp, signature = (found[name] for name in _HEADERS)
        if len(timestamp) != _DIGITS or not timestamp.isdecimal() or abs(time() - int(timestamp)) > _SURELY:
            return False
        try:
            body.decode()
            signed, sent = f"{sent_id}.{timestamp}.".encode() + body, signature.encode("ascii")
        except UnicodeError:
            return False
        # Every secret is tried: how long it takes tells nothing.
        good = [
            compare_digest(b"v1," + b2a_base64(digest(key, signed, "sha256"), newline=False), sent)
            for key in self._keys
        ]
        return any(good)


def _key(secret: str, number: int) -> bytes:
    key = secret.removeprefix("whsec_").rstrip("=")
    try:
        # The library skips what is not base64 and would check with what is left.
        whole = base64.b64decode(key + "=" * (-len(key) % 4), validate=True)
    except ValueError as error:
        raise ConfigError(BAD_SECRET % number) from error
    if not whole:
        raise ConfigError(BAD_SECRET % number)
    return whole
