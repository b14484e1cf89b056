"""Who is signed in may ask a great deal, and not everything at once: a script with somebody's cookie is told to wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.adapters.web.signin.conftest import House


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.web.signin.gate.BY_PERSON", (4, timedelta(minutes=1)))


@pytest.mark.usefixtures("few")
async def test_one_person_is_told_to_wait_and_others_are_not(house: House) -> None:
    hasty, other = house.browser(), house.browser()
    await hasty.sign_in("ana")
    await other.sign_in("ben")
    seen = [await hasty.get("/web/people") for _ in range(6)]
    assert [each.status for each in seen][:2] == [200, 200] and seen[-1].status == 429
    assert seen[-1].headers["Retry-After"] == "60" and "Wait a minute" in seen[-1].json["error"]
    assert (await other.get("/web/people")).status == 200
    house.clock.ahead += timedelta(minutes=2)
    assert (await hasty.get("/web/people")).status == 200
