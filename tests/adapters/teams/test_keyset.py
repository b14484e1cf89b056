"""Which keys may sign, and where they may come from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from adapters.teams.door import Door
from adapters.teams.keys import Keys
from adapters.teams.keyset import Unusable, keys_address, safe_address
from bot.config import TEAMS_OPENID, ConfigError, TeamsSettings
from tests.adapters.teams.minting import Front, Hour, a_front


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    async with a_front() as made:
        yield made


async def test_odd_keys_beside_good_ones_do_no_harm(front: Front) -> None:
    good = front.server.keys.current.published()
    odd = [
        None,
        {"kty": "RSA", "kid": "x"},
        {**good, "kid": 7},
        {**good, "kid": "enc", "use": "enc"},
        {**good, "kid": "512", "alg": "RS512"},
    ]
    front.server.key_set = {"keys": [*odd, {**good, "endorsements": [None, "msteams", 7]}]}
    assert (await front.post(front.mint())).status == 200
    for kid in ("x", "enc", "512"):
        assert (await front.post(front.mint(headers={"kid": kid}))).status == 401


async def test_a_key_that_is_too_short_signs_nothing(front: Front) -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    weak = {**RSAAlgorithm.to_jwk(short, as_dict=True), "kid": "weak", "use": "sig"}
    weak.pop("key_ops", None)
    front.server.key_set = {"keys": [weak, front.server.keys.current.published()]}
    assert (await front.post(front.mint())).status == 200
    assert set(front.door._keys._usable()) == {"kettle-key-1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://login.botframework.com/x",
        "ftp://127.0.0.1/x",
        "login.botframework.com",
        "",
        "https://",
        "http://[",
    ],
)
def test_keys_are_only_taken_where_nobody_can_put_others(url: str) -> None:
    with pytest.raises(ConfigError, match="BATON_TEAMS_OPENID_URL"):
        Keys(url, Hour())


def test_microsofts_own_address_will_do() -> None:
    Keys(TEAMS_OPENID, Hour())

    async def hear(_: object) -> Any:
        raise AssertionError

    assert [route.path for route in Door(TeamsSettings(), Hour(), hear).routes()] == ["/api/messages"]


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("https://login.botframework.com/v1/.well-known/keys", True),
        ("https://LOGIN.botframework.com/keys", True),
        ("http://login.botframework.com/keys", False),
        ("https://login.botframework.com:8443/keys", False),
        ("https://login.botframework.com.evil.example/keys", False),
        ("https://login.botframework.com@evil.example/keys", False),
        ("http://127.0.0.1/keys", False),
        ("https://localhost/keys", False),
    ],
)
def test_keys_come_from_the_site_of_the_metadata(address: str, fits: bool) -> None:
    metadata = safe_address(TEAMS_OPENID)
    assert metadata is not None
    if fits:
        assert keys_address({"jwks_uri": address}, metadata).host == metadata.host
    else:
        with pytest.raises(Unusable):
            keys_address({"jwks_uri": address}, metadata)
