"""A reply in the browser: the form begins with the draft and says what is left while one types."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.room import ANA, Room, button, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_is_left_is_counted_as_the_network_counts(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    await room.served.filed(1001)
    await room.served.says("claim 1001", ANA)
    page = await room.page(ANA)
    await page.locator("#text").fill("/reply 1001 We are on it 👨‍👩‍👧")
    await page.locator("#text").press("Enter")
    preview = page.locator(".private").last
    await expect(preview).to_contain_text("266 left")
    await button(preview, "Change").click()
    dialog = page.locator("#ask")
    words = dialog.get_by_label("Your reply to customer1")
    await expect(words).to_have_value("We are on it 👨‍👩‍👧")
    await expect(dialog.locator(".left")).to_have_text("266 left")
    await words.fill("x" * 283)
    await expect(dialog.locator(".left")).to_have_text("3 too long")
    await words.fill("We are on it,\nMarta.")
    await picture(page, "reply-form")
    await button(dialog, "Change").click()
    preview = page.locator(".private").last
    await expect(preview).to_contain_text("Marta.")
    await picture(page, "reply")
    await button(preview, "Publish").click()
    await expect(page.locator(".private").last).to_contain_text("within ten seconds")
    await button(page.locator(".private").last, "Cancel").click()
    await expect(page.locator(".private").last).to_contain_text("not published")
