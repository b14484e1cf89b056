"""One-time links: shown to whoever looks, used by whoever presses, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.web.signin.routes import USED_UP
from tests.adapters.web.signin.conftest import ANA, House


async def test_a_link_signs_its_person_in_once(house: House) -> None:
    secret = await house.link()
    first, second = house.browser(), house.browser()
    used = await first.post("/signin/link", {"secret": secret})
    assert used.json == {"to": "/"}
    assert await first.is_in() == ANA
    again = await second.post("/signin/link", {"secret": secret})
    assert (again.status, again.json["error"]) == (403, USED_UP)
    assert await second.is_in() is None


async def test_looking_at_it_does_not_use_it_up(house: House) -> None:
    secret = await house.link()
    scanner, ana = house.browser(), house.browser()
    for method in ("GET", "HEAD"):
        seen = await scanner.ask(method, f"/signin/link#{secret}")
        assert seen.status == 200
        assert "Set-Cookie" not in seen.headers
    assert (await ana.post("/signin/link", {"secret": secret})).status == 200


async def test_of_many_who_press_at_once_one_is_signed_in(house: House) -> None:
    secret = await house.link()
    browsers = [house.browser() for _ in range(8)]
    answers = await asyncio.gather(*(each.post("/signin/link", {"secret": secret}) for each in browsers))
    assert sorted(each.status for each in answers) == [200, *[403] * 7]


async def test_after_ten_minutes_it_is_over(house: House) -> None:
    secret = await house.link()
    house.clock.ahead = timedelta(minutes=10, seconds=1)
    assert (await house.browser().post("/signin/link", {"secret": secret})).status == 403


async def test_a_newer_link_ends_the_earlier_one(house: House) -> None:
    old, new = await house.link(), await house.link()
    assert (await house.browser().post("/signin/link", {"secret": old})).status == 403
    assert (await house.browser().post("/signin/link", {"secret": new})).status == 200


async def test_revoking_takes_the_link_too(house: House) -> None:
    secret = await house.link()
    await house.store.sign_ins.end_all(house.policy.people[ANA].id)  # type: ignore[index]
    assert (await house.browser().post("/signin/link", {"secret": secret})).status == 403


async def test_who_left_meanwhile_is_not_let_in(house: House) -> None:
    secret = await house.link()
    del house.policy.people._named[ANA]  # type: ignore[arg-type]
    browser = house.browser()
    assert (await browser.post("/signin/link", {"secret": secret})).status == 403
    assert await browser.is_in() is None


@pytest.mark.parametrize(
    "secret", ["", "x", 7, None, [], "a" * 10_000, "\ud800".encode("utf-16", "surrogatepass").hex()]
)
async def test_what_is_no_link_is_told(house: House, secret: object) -> None:
    answered = await house.browser().post("/signin/link", {"secret": secret})
    assert answered.status == 403
    assert answered.json["error"] == USED_UP


async def test_a_form_of_another_site_cannot_use_it(house: House) -> None:
    secret = await house.link()
    browser = house.browser()
    assert (await browser.ask("POST", "/signin/link", data={"secret": secret})).status == 415
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert (await browser.post("/signin/link", {"secret": secret}, headers=headers)).status == 403
    assert (await browser.post("/signin/link", {"secret": secret})).status == 200


async def test_whoever_tries_all_day_has_to_wait(house: House) -> None:
    browser = house.browser()
    statuses = [(await browser.post("/signin/link", {"secret": "x"})).status for _ in range(305)]
    assert statuses[0] == 403
    assert statuses[-1] == 429
    house.clock.ahead = timedelta(minutes=2)
    assert (await browser.post("/signin/link", {"secret": "x"})).status == 403
