"""What an examination finds before anybody signs in, and what `/readyz` says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.web.signin.check import examine
from adapters.web.signin.provider import Provider
from bot.ports import Finding, Health
from tests.adapters.web.signin.conftest import House
from tests.fakes.oidc import Lie


async def findings(house: House, **changed: object) -> list[Finding]:
    settings = replace(house.settings, **changed)  # type: ignore[arg-type]
    return [finding async for finding in examine(settings, house.policy, house.clock)]


async def test_a_provider_in_order(house: House) -> None:
    found = await findings(house, public_url="https://baton.kettle.example")
    assert [each.health for each in found] == [Health.WELL]
    assert "https://baton.kettle.example/signin/callback" in found[0].says


async def test_links_alone_are_well_too(house: House) -> None:
    (found,) = await findings(house, oidc=None, public_url="https://baton.kettle.example")
    assert found.health is Health.WELL
    assert "one-time links alone" in found.says


async def test_what_is_wrong_is_said_with_how_to_mend_it(house: House) -> None:
    house.clock.ahead = timedelta(minutes=5)
    plain, reached, skewed = await findings(house)
    assert plain.health is Health.DOUBTFUL and "https" in plain.mend
    assert reached.health is Health.WELL
    assert skewed.health is Health.DOUBTFUL and "ahead of" in skewed.says
    house.provider.lies.add(Lie.BROKEN)
    broken = (await findings(house))[-1]
    assert broken.health is Health.BROKEN and "BATON_SIGNIN_ISSUER" in broken.mend


async def test_an_issuer_that_calls_itself_otherwise_is_refused(house: House) -> None:
    assert house.settings.oidc is not None
    elsewhere = replace(house.settings.oidc, issuer=house.provider.issuer.replace("127.0.0.1", "localhost"))
    assert (await findings(house, oidc=elsewhere))[-1].health is Health.BROKEN


async def test_readiness_tells_of_it_and_does_not_ask_each_time(house: House) -> None:
    assert house.settings.oidc is not None
    provider = Provider(house.settings.oidc, house.clock)
    for _ in range(5):
        await provider.well()
    assert house.provider.asked.count("/keys") == 1
    await provider.close()
    house.provider.lies.add(Lie.BROKEN)
    away = Provider(house.settings.oidc, house.clock)
    for _ in range(5):
        with pytest.raises(RuntimeError, match="does not answer"):
            await away.well()
    assert len([path for path in house.provider.asked if "openid" in path]) == 2
    await away.close()
