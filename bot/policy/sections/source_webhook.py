"""The keys of a source of kind "webhook": who may send, and how the vendor's JSON becomes mentions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from bot.policy.fields import Table
from bot.policy.vendors import (
    AUTHOR,
    FIELDS,
    TIMES,
    Challenge,
    Digest,
    Encoding,
    Path,
    Proof,
    SignedHeader,
    VendorMapping,
    VendorPlan,
    Wanted,
    path,
    spoken,
    wanted,
)

_NO_ID: Final = 'say where its own id stands, as in id = "data.id"; without one nothing tells a repeat'
_NO_TEXT: Final = "without a text every mention waits for words that never come; say where they stand"
_NO_HMAC: Final = 'auth = "hmac" needs to know the header, as in hmac = { header = "X-Signature" }'
_NOT_HMAC: Final = 'this is read only with auth = "hmac"'
_NO_HEADER: Final = 'name the header that holds the signature, as in header = "X-Signature"'
_NO_BODY: Final = "what is signed must hold {body}, or anybody could change it"
_NO_TIME: Final = "{timestamp} needs timestamp_header: the header that holds it"
_OLD: Final = "SHA-1 is weak: take sha256 when your vendor offers it"
_NO_ANSWER: Final = 'name what to send back, as in answer = "hub.challenge"'
_NOT_PLAIN: Final = "write text in quotes, or a list of such texts"


def read_webhook(table: Table) -> Mapping[str, object]:
    """`options["vendor"]` is the VendorPlan."""
    proof = table.choice("auth", Proof) or Proof.STANDARD
    header = _header(table.table("hmac")) if table.has("hmac") else None
    if proof is Proof.HMAC and header is None:
        table.missing("hmac", _NO_HMAC)
    if proof is not Proof.HMAC and header is not None:
        table.problems.mistake(table.at("hmac"), _NOT_HMAC)
    challenge = _challenge(table.table("challenge")) if table.has("challenge") else None
    mapping = _mapping(table.table("mapping")) if table.has("mapping") else None
    return {"vendor": VendorPlan(proof=proof, header=header, challenge=challenge, mapping=mapping)}


def _header(table: Table) -> SignedHeader:
    timestamp = table.text("timestamp_header")
    read = SignedHeader(
        header=table.needed("header", _NO_HEADER),
        algorithm=table.choice("algorithm", Digest) or Digest.SHA256,
        encoding=table.choice("encoding", Encoding) or Encoding.HEX,
        prefix=table.text("prefix"),
        timestamp_header=timestamp,
        signed=table.text("signed", "{timestamp}.{body}" if timestamp else "{body}"),
    )
    if "{body}" not in read.signed:
        table.problems.mistake(table.at("signed"), _NO_BODY)
    if "{timestamp}" in read.signed and not timestamp:
        table.problems.mistake(table.at("signed"), _NO_TIME)
    if read.algorithm is Digest.SHA1:
        table.problems.warn(table.at("algorithm"), _OLD)
    table.done()
    return read


def _challenge(table: Table) -> Challenge:
    read = Challenge(answer=table.needed("answer", _NO_ANSWER), token=table.text("token"))
    table.done()
    return read


def _mapping(table: Table) -> VendorMapping:
    fields = {name: _wanted(table, name) for name in (*FIELDS, *TIMES) if name != "text" and table.has(name)}
    if "id" not in fields:
        table.missing("id", _NO_ID)
    texts = tuple(filter(None, (_expression(table, text, "text") for text in table.texts("text", one=True))))
    if not texts:
        table.problems.warn(table.path, _NO_TEXT)
    about = table.table("author")
    read = VendorMapping(
        fields=fields,
        text=texts,
        author={name: _wanted(about, name) for name in AUTHOR if about.has(name)},
        items=table.parsed("items", path, ()),
        only=_said(table, "only"),
        removed=_said(table, "removed"),
        rename=_renamed(table.table("rename")),
        zone=table.zone("zone", ZoneInfo("UTC")),
        time_format=table.text("time_format"),
        markup=table.flag("markup"),
    )
    about.done()
    table.done()
    return read


def _wanted(table: Table, name: str) -> Wanted:
    return table.parsed(name, wanted, ())


def _expression(table: Table, text: str, key: str) -> Wanted:
    try:
        return wanted(text)
    except ValueError as error:
        table.problems.mistake(table.at(key), str(error))
        return ()


def _renamed(table: Table) -> Mapping[str, str]:
    return {name.casefold(): table.text(name) for name in table.raw}


def _said(table: Table, key: str) -> Mapping[Path, tuple[str, ...]]:
    """{ action = "created" }, { data.kind = ["post", "comment"] }: what a mention must say, and where."""
    found: dict[Path, tuple[str, ...]] = {}
    waiting: list[tuple[Path, Table]] = [((), table.table(key))]
    while waiting:
        above, inner = waiting.pop()
        for name, value in inner.raw.items():
            here = (*above, *name.split("."))
            if isinstance(value, dict):
                waiting.append((here, inner.table(name)))
            elif isinstance(value, bool | int) or (isinstance(value, str) and value):
                found[here] = (spoken(value),)
            elif isinstance(value, list) and value:
                found[here] = inner.texts(name)
            else:
                inner.problems.mistake(inner.at(name), _NOT_PLAIN)
    return found
