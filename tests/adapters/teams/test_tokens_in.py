"""Who may speak to us as Teams: the Bot Connector, to this app, now, from our tenants, and nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from adapters.teams.claims import SKEW
from tests.adapters.teams.minting import SERVICE, Front, a_front, activity
from tests.fakes.teams.state import APP_ID, TENANT


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as made:
        yield made


def _forged(front: Front, head: dict[str, Any], sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    """A token put together by hand, with a good one's claims."""
    claims = front.mint().split(".")[1]
    said = f"{_b64(json.dumps(head).encode())}.{claims}"
    return f"{said}.{_b64(sign(said.encode()))}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _public_pem(front: Front) -> bytes:
    public = front.server.keys.current.private.public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _broken(token: str) -> str:
    head, claims, signature = token.split(".")
    return f"{head}.{claims}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def _changed(token: str) -> str:
    head, claims, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{head}.{_b64(json.dumps({**said, 'serviceurl': 'https://evil.example/'}).encode())}.{signature}"


def _hs256(front: Front) -> str:
    kid = front.server.keys.current.kid
    secret = _public_pem(front)
    return _forged(
        front,
        {"alg": "HS256", "typ": "JWT", "kid": kid},
        lambda said: hmac.new(secret, said, hashlib.sha256).digest(),
    )


def _kidless(front: Front) -> str:
    claims = jwt.decode(front.mint(), options={"verify_signature": False})
    return jwt.encode(claims, front.server.keys.current.private, algorithm="RS256")


def _minutes(front: Front, minutes: float) -> Any:
    return front.clock.at + timedelta(minutes=minutes)


BAD: dict[str, Callable[[Front], str]] = {
    "alg none": lambda f: f.mint(algorithm="none") + "AA",
    "alg none, our kid": lambda f: _forged(f, {"alg": "none", "kid": f.server.keys.current.kid}),
    "unsigned": lambda f: _forged(f, {"alg": "RS256", "kid": f.server.keys.current.kid}, lambda _: b"x"),
    "HS256 with the public key": _hs256,
    "bad signature": lambda f: _broken(f.mint()),
    "changed claims": lambda f: _changed(f.mint()),
    "wrong audience": lambda f: f.mint(aud="00000000-0000-0000-0000-000000000000"),
    "no audience": lambda f: f.mint(without=["aud"]),
    "wrong issuer": lambda f: f.mint(iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"),
    "no issuer": lambda f: f.mint(without=["iss"]),
    "expired": lambda f: f.mint(exp=_minutes(f, -5)),
    "no exp": lambda f: f.mint(without=["exp"]),
    "exp is a word": lambda f: f.mint(exp="tomorrow"),
    "exp is endless": lambda f: f.mint(exp=float("inf")),
    "not yet valid": lambda f: f.mint(nbf=_minutes(f, 6)),
    "no nbf": lambda f: f.mint(without=["nbf"]),
    "nbf is true": lambda f: f.mint(nbf=True),
    "no service URL claim": lambda f: f.mint(without=["serviceurl"]),
    "an empty service URL": lambda f: f.mint(""),
    "a service URL that is a list": lambda f: f.mint(serviceurl=[SERVICE]),
    "unknown kid": lambda f: f.mint(key=f.server.keys.stranger()),
    "another's key under our kid": lambda f: f.mint(
        key=f.server.keys.stranger(), headers={"kid": f.server.keys.current.kid}
    ),
    "RS512": lambda f: f.mint(algorithm="RS512"),
    "ES256": lambda f: f.mint(algorithm="ES256"),
    "kid missing": _kidless,
    "kid empty": lambda f: f.mint(headers={"kid": ""}),
    "crit": lambda f: f.mint(headers={"crit": ["exp"]}),
    "a deep header": lambda f: f"{_b64(b'[' * 3000)}.e30.AA",
    "a header that is a list": lambda f: f"{_b64(b'[]')}.e30.AA",
    "a header of one letter": lambda f: "A.e30.AA",
    "two parts": lambda f: f.mint().rpartition(".")[0],
    "no token": lambda f: " ",
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_token_is_401(front: Front, name: str) -> None:
    answer = await front.post(BAD[name](front))
    assert answer.status == 401 and front.heard == []
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json == {"error": "This is no token that Microsoft Teams sends to this desk."}


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Bearer ", "Basic YTpi", "{}", "Token {}", "Bearer {} {}", "Bearer\u00a0{}"]
)
async def test_what_is_no_bearer_token_is_401(front: Front, value: str | None) -> None:
    said = {} if value is None else {"Authorization": value.replace("{}", front.mint())}
    assert (await front.post(headers=said)).status == 401
    assert front.heard == [] and front.server.asked == 0


async def test_two_authorization_headers_are_401(front: Front) -> None:
    token = f"Bearer {front.mint()}"
    headers = [("Content-Type", "application/json"), ("Authorization", token), ("Authorization", token)]
    assert (await front.asker.ask("POST", "/api/messages", b"{}", headers)).status == 401


async def test_a_good_token_is_let_in(front: Front) -> None:
    for how in ("Bearer", "bearer", "BEARER "):
        assert (await front.post(headers={"Authorization": f"{how} {front.mint()}"})).status == 200
    assert front.heard == [activity()] * 3


async def test_clocks_may_differ_by_five_minutes(front: Front) -> None:
    for token in (front.mint(exp=_minutes(front, -4.9)), front.mint(nbf=_minutes(front, 4.9))):
        assert (await front.post(token)).status == 200


async def test_a_remembered_token_ends_too(front: Front) -> None:
    token = front.mint(exp=_minutes(front, 10))
    assert (await front.post(token)).status == 200
    front.later(minutes=10, seconds=SKEW.total_seconds() - 1)
    assert (await front.post(token)).status == 200
    front.later(seconds=1)
    assert (await front.post(token)).status == 401


async def test_the_app_id_may_be_written_in_capitals() -> None:
    async with a_front(app_id=APP_ID.upper()) as front:
        assert (await front.post(front.mint())).status == 200


# -- a good token that does not fit ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"serviceUrl": "https://evil.example/"},
        {"serviceUrl": SERVICE.rstrip("/")},
        {"channelId": "webchat"},
        {"channelId": "MSTEAMS"},
        {"channelData": {"tenant": {"id": "another"}}},
        {"conversation": {"id": "a:1", "tenantId": "another"}},
        {"channelData": {}, "conversation": {"id": "a:1"}},
        {"channelData": None, "conversation": {"id": "a:1"}},
        {"channelData": {"tenant": TENANT}, "conversation": {"id": "a:1", "tenantId": ["x"]}},
    ],
)
async def test_what_the_token_does_not_speak_for_is_403(front: Front, changed: dict[str, Any]) -> None:
    answer = await front.post(front.mint(), activity(**changed))
    assert answer.status == 403 and front.heard == []
    assert answer.json == {"error": "This desk does not take this from there."}


@pytest.mark.parametrize(
    "changed",
    [
        {"channelData": None},
        {"conversation": {"id": "a:1"}},
        {"channelData": {"tenant": {"id": TENANT.upper()}}},
    ],
)
async def test_one_word_for_the_tenant_is_enough(front: Front, changed: dict[str, Any]) -> None:
    assert (await front.post(front.mint(), activity(**changed))).status == 200


async def test_several_tenants_may_be_named() -> None:
    async with a_front(tenants=(TENANT, "Second-Tenant")) as front:
        theirs = activity(channelData={"tenant": {"id": "second-tenant"}}, conversation={"id": "a:1"})
        assert (await front.post(front.mint(), theirs)).status == 200


async def test_without_a_tenant_nobody_is_let_in() -> None:
    async with a_front(tenants=()) as front:
        assert (await front.post(front.mint())).status == 403


@pytest.mark.parametrize("endorsements", [None, [], ["webchat"], ["msteams2"]])
async def test_a_key_that_is_not_endorsed_for_teams_does_not_fit(
    front: Front, endorsements: list[str] | None
) -> None:
    front.server.keys.rotate(endorsements=endorsements)
    assert (await front.post(front.mint())).status == 403
    assert front.heard == []
