"""Nothing that a machine can tell keeps anybody out: WCAG 2.2 AA in every state of the page, light, dark and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import violations
from tests.browser.room import ANA, DANA, PHONE, Room, button, card, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

ARABIC = "شحنتي لم تصل منذ ثلاثة أسابيع"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}


async def well(page: Page, name: str) -> None:
    await picture(page, name)
    assert await violations(page) == []


async def busy(room: Room) -> None:
    """Cases of several kinds, one of them claimed, some late."""
    await room.served.mention("My parcel never came. " * 60, handle="writes_a_lot")
    await room.served.mention(ARABIC, lang="ar")
    await room.served.mention("I call my lawyer, this is a lawsuit.")
    await room.served.mention(f"The price? {'Verylongword' * 20}")
    for number in (1001, 1002, 1003, 1004):
        await room.served.filed(number)
    await room.served.says("claim 1001", ANA)
    await room.served.says("handoff 1002 sales A stock question", ANA)


@pytest.mark.parametrize("look", LOOKS)
async def test_a_channel_and_its_thread(room: Room, look: str) -> None:
    await busy(room)
    page = await room.page(ANA, **LOOKS[look])
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    await well(page, f"access-channel-{look}")
    quote = page.locator(".quote", has_text=ARABIC)
    await expect(quote).to_have_attribute("lang", "ar")
    await card(page, 1001).get_by_role("button", name="Add a note").click()
    await expect(page.get_by_role("heading", name="Case 1001")).to_be_visible()
    await well(page, f"access-thread-{look}")


@pytest.mark.parametrize("look", LOOKS)
async def test_home_with_answers_and_help(room: Room, look: str) -> None:
    await busy(room)
    page = await room.page(ANA, f"@{ANA}", **LOOKS[look])
    await page.get_by_role("button", name="home", exact=True).click()
    await expect(page.locator(".private")).to_have_count(1)
    await page.locator("#text").fill("digest support")
    await page.locator("#text").press("Enter")
    await expect(page.locator(".private")).to_have_count(2)
    await well(page, f"access-home-{look}")


@pytest.mark.parametrize("look", LOOKS)
async def test_what_opens_above_the_page(room: Room, look: str) -> None:
    await busy(room)
    page = await room.page(ANA, **LOOKS[look])
    await button(card(page, 1001), "Hand off").click()
    await expect(page.locator("#ask")).to_be_visible()
    await well(page, f"access-form-{look}")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Search").click()
    await page.locator("#find-words").fill("parcel")
    await expect(page.locator(".hit").first).to_be_visible()
    await well(page, f"access-search-{look}")
    await page.keyboard.press("Escape")
    await page.locator("#text").fill("/claim ")
    await expect(page.locator(".suggestions [role=option]").first).to_be_visible()
    await well(page, f"access-completion-{look}")


@pytest.mark.parametrize("look", LOOKS)
async def test_the_board(room: Room, look: str) -> None:
    await busy(room)
    page = await room.page(DANA, **LOOKS[look])
    await page.goto(f"{room.served.url}/board?as={DANA}")
    await expect(page.get_by_role("rowheader", name="Support")).to_be_visible()
    await well(page, f"access-board-{look}")


async def test_an_empty_desk_its_keys_and_the_drawer(room: Room) -> None:
    page = await room.page(ANA)
    await expect(page.get_by_text("Nothing here yet")).to_be_visible()
    await well(page, "access-empty")
    await page.get_by_role("button", name="Keys").click()
    await expect(page.locator("#keys")).to_be_visible()
    await well(page, "access-keys")
    phone = await room.page(ANA, None, **PHONE)
    await phone.get_by_role("button", name="All conversations").tap()
    await expect(phone.locator("#lists")).to_be_visible()
    await well(phone, "access-drawer")
