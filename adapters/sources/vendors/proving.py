"""Whether a request is its vendor's: a Standard Webhooks signature, another HMAC header, or an address nobody guesses."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from aiohttp import web

from adapters.sources.parts import SettingMissing, Tools
from adapters.sources.pushed import Refusal, needed, one_of, setting
from adapters.sources.signature import Signatures
from bot.config_error import ConfigError
from bot.policy.model import SourcePlan
from bot.policy.vendors import Encoding, Proof, SignedHeader, VendorPlan

WHY_SECRET: Final = "it is what the vendor signs with; several with commas while one replaces another"
WHY_TOKEN: Final = "it is the word at the end of the address that you give to the vendor"
SHORT: Final = "%s is too short to be safe: take at least %d characters, as `openssl rand -hex 24` makes them"
BAD_STANDARD: Final = "%s holds no secret of a Standard Webhooks sender: write it as the sender shows it, such as whsec_ and base64."
NO_TOKEN: Final = (
    "The word at the end of this address is missing or wrong. Use the address that this desk's admin has."
)
NO_HEADER: Final = "The header %s is missing."
TWICE: Final = "The header %s came more than once."
MALFORMED: Final = "The header %s is not a signature as this desk's policy describes it."
NO_MATCH: Final = "The signature matches none of this source's secrets."
NO_TIME: Final = "The header %s is not a number of seconds since 1970."
NOT_NOW: Final = "The header %s is more than 5 minutes from now. Check the sender's clock."

LEAST_SECRET: Final = 16
LEAST_TOKEN: Final = 24
WITHIN: Final = timedelta(minutes=5)
_MILLISECONDS: Final = 10_000_000_000


def refusal(plan: SourcePlan, tools: Tools, vendor: VendorPlan) -> Refusal:
    """Who judges its requests. Raises SettingMissing."""
    if vendor.proof is Proof.TOKEN:
        return _Token(secrets(plan, tools, "token", WHY_TOKEN, LEAST_TOKEN))
    if vendor.proof is Proof.HMAC and vendor.header is not None:
        return _Signed(vendor.header, secrets(plan, tools, "secret", WHY_SECRET, LEAST_SECRET), tools)
    return _standard(plan, secrets(plan, tools, "secret", WHY_SECRET, LEAST_SECRET))


def secrets(plan: SourcePlan, tools: Tools, what: str, why: str, least: int) -> tuple[str, ...]:
    """Those under its name and its plural, none shorter than `least`. Raises SettingMissing."""
    given = ",".join(filter(None, (tools.secrets.get(what), tools.secrets.get(f"{what}s"))))
    found = tuple(each.strip() for each in given.split(",") if each.strip())
    if not found:
        needed(plan, tools, what, why)
    if any(len(each) < least for each in found):
        raise SettingMissing(SHORT % (setting(plan, what), least))
    return found


def _standard(plan: SourcePlan, known: Sequence[str]) -> Refusal:
    try:
        signatures = Signatures(known)
    except ConfigError as error:
        raise SettingMissing(BAD_STANDARD % setting(plan, "secret")) from error
    return lambda request, body: _ours(signatures.refusal(request.headers, body))


def _ours(said: str | None) -> str | None:
    """The sentence without the name of a setting that is not this source's."""
    return said.replace("the secrets in BATON_WEBHOOK_SECRETS", "this source's secrets") if said else None


class _Token:
    """Behind the last slash, or in the query."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def __call__(self, request: web.Request, body: bytes) -> str | None:
        given = request.match_info.get("token") or request.query.get("token", "")
        return None if one_of(given, self._known) else NO_TOKEN


class _Signed:
    def __init__(self, plan: SignedHeader, known: Sequence[str], tools: Tools) -> None:
        self._plan = plan
        self._keys = [each.encode() for each in known]
        self._tools = tools
        head, _, tail = plan.signed.partition("{body}")
        self._around = head, tail

    def __call__(self, request: web.Request, body: bytes) -> str | None:
        names = [self._plan.header, *filter(None, (self._plan.timestamp_header,))]
        for name in names:
            values = request.headers.getall(name, ())
            if len(values) != 1 or not values[0]:
                return (TWICE if len(values) > 1 else NO_HEADER) % name
        stamp = request.headers[names[-1]] if len(names) > 1 else ""
        late = self._late(stamp) if stamp else None
        return late or self._mismatch(request.headers[self._plan.header], stamp, body)

    def _late(self, stamp: str) -> str | None:
        try:
            at = float(stamp)
            at = at / 1000 if at > _MILLISECONDS else at
            apart = abs(self._tools.clock.real() - datetime.fromtimestamp(at, UTC))
        except (ValueError, OverflowError, OSError):
            return NO_TIME % self._plan.timestamp_header
        return NOT_NOW % self._plan.timestamp_header if apart > WITHIN else None

    def _mismatch(self, given: str, stamp: str, body: bytes) -> str | None:
        if not given.startswith(self._plan.prefix):
            return MALFORMED % self._plan.header
        try:
            sent = self._decoded(given.removeprefix(self._plan.prefix))
        except (ValueError, binascii.Error):
            return MALFORMED % self._plan.header
        head, tail = (part.replace("{timestamp}", stamp).encode("utf-8", "replace") for part in self._around)
        signed = head + body + tail
        good = [
            hmac.compare_digest(hmac.digest(key, signed, str(self._plan.algorithm)), sent)
            for key in self._keys
        ]
        return None if any(good) else NO_MATCH

    def _decoded(self, text: str) -> bytes:
        if self._plan.encoding is Encoding.HEX:
            return bytes.fromhex(text)
        return base64.b64decode(text, validate=True)
