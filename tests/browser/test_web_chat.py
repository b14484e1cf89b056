"""The web chat as people use it: a real browser, a running desk, several colleagues at once."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.room import ANA, BEN, DANA, FINN, Room, button, card, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = (
    '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script> \u202egnp.exe javascript:alert(1) '
    "<!channel> **bold** [link](javascript:alert(1)) </article></div><svg onload=window.pwned=3>"
)


async def test_a_claim_by_button_is_seen_by_everyone_at_once(room: Room) -> None:
    ana, ben = await room.page(ANA), await room.page(BEN)
    await expect(ana.get_by_text("Nothing here yet")).to_be_visible()
    await room.served.mention("My parcel never came.")
    await button(card(ana, 1001), "Claim").click()
    for page in (ana, ben):
        await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
        await expect(button(card(page, 1001), "Claim")).to_have_count(0)
    await expect(ana.locator(".private")).to_have_count(0)
    assert (await room.served.case(1001)).owner == ANA
    await picture(ben, "claimed")


async def test_a_note_in_the_thread_is_the_cases_and_the_colleagues(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    ana, ben = await room.page(ANA), await room.page(BEN)
    await card(ana, 1001).get_by_role("button", name="Add a note").click()
    await expect(ana.get_by_role("heading", name="Case 1001")).to_be_visible()
    await ana.locator("#thread-text").fill("She moved house,\nask for the new address.")
    await ana.locator("#thread-text").press("Enter")
    await expect(ana.locator("#thread-stream .message").nth(1)).to_contain_text("She moved house")
    await expect(card(ben, 1001).get_by_role("button", name="1 note")).to_be_visible()
    await card(ben, 1001).get_by_role("button", name="1 note").click()
    await expect(ben.locator("#thread-stream")).to_contain_text("ask for the new address.")
    assert (await room.served.kinds(1001)).count("noted") == 1
    # Once in the thread, and not a second time by Baton.
    await expect(ben.locator("#thread-stream .message:not(.root)")).to_have_count(1)
    await picture(ben, "thread")


async def test_a_note_by_button_reaches_the_thread_too(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page = await room.page(ANA)
    await button(card(page, 1001), "Claim").click()
    await button(card(page, 1001), "Note").click()
    await page.get_by_label("Note for colleagues").fill("Called her.")
    await button(page.locator("#ask"), "Note").click()
    await card(page, 1001).get_by_role("button", name="1 note").click()
    await expect(page.locator("#thread-stream")).to_contain_text("Called her.")


async def test_one_can_act_as_somebody_else(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page = await room.page(ANA)
    await button(card(page, 1001), "Claim").click()
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    await page.get_by_label("Acting as", exact=True).select_option(BEN)
    await expect(page.locator("#me-name")).to_have_text("Ben Okafor")
    assert "as=ben" in page.url
    await page.locator("#text").fill("/claim 1001")
    await page.locator("#text").press("Enter")
    await expect(page.locator(".private")).to_contain_text("Ana Ruiz")
    await page.locator(".private").get_by_role("button", name="Dismiss").click()
    await expect(page.locator(".private")).to_have_count(0)
    await page.reload()
    await expect(page.locator("#me-name")).to_have_text("Ben Okafor")


async def test_talk_and_commands_are_told_apart(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    ana, ben = await room.page(ANA), await room.page(BEN)
    await ana.locator("#text").fill("Morning! See https://status.example/today")
    await ana.locator("#text").press("Enter")
    await expect(ben.locator(".message.talk")).to_contain_text("Morning!")
    await expect(ben.locator(".message.talk a")).to_have_attribute("rel", "noopener noreferrer nofollow")
    await ana.locator("#text").fill("@Baton list")
    await expect(ana.locator("#text-meaning")).to_contain_text("Only Baton will hear this")
    await ana.locator("#text").press("Enter")
    await expect(ana.locator(".private")).to_contain_text("1001")
    await expect(ben.locator(".private")).to_have_count(0)
    await expect(ben.locator(".message")).to_have_count(2)
    await picture(ana, "private")


async def test_direct_messages_are_with_baton_alone(room: Room) -> None:
    await room.served.mention("I call my lawyer, this is a lawsuit.")
    page = await room.page(DANA, f"@{DANA}")
    await page.locator("#text").fill("show 1001")
    await page.locator("#text").press("Enter")
    await expect(page.locator(".private")).to_contain_text("lawyer")
    await page.get_by_role("button", name="help", exact=True).click()
    await expect(page.locator(".private").nth(1)).to_contain_text("claim")
    await page.locator("a[data-name=support]").click()
    await expect(page.locator(".private")).to_have_count(0)
    await page.go_back()
    await expect(page.locator(".private")).to_have_count(2)
    await picture(page, "direct")


async def test_a_button_that_asks_opens_a_form(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page, finn = await room.page(ANA), await room.page(FINN, "sales")
    await button(card(page, 1001), "Hand off").click()
    dialog = page.locator("#ask")
    await picture(page, "form")
    await button(dialog, "Hand off").click()  # nothing is chosen yet, so nothing is sent
    await expect(dialog).to_be_visible()
    await button(dialog, "Cancel").click()
    await expect(dialog).to_be_hidden()
    await expect(button(card(page, 1001), "Hand off")).to_be_focused()
    await page.keyboard.press("Enter")
    await dialog.get_by_label("To which department?").select_option("sales")
    await dialog.get_by_label("What should they know?").fill("A stock question,\nI think.")
    await expect(dialog.locator(".said")).to_contain_text("handoff 1001 sales A stock question")
    await button(dialog, "Hand off").click()
    await expect(card(finn, 1001)).to_contain_text("A stock question")
    await button(card(finn, 1001), "Accept").click()
    await expect(card(finn, 1001)).to_contain_text("Finn Moss")
    await picture(finn, "accepted")


async def test_what_strangers_write_is_only_text(room: Room) -> None:
    await room.served.mention(HOSTILE, name=HOSTILE[:80], handle="<b>x</b>", url="javascript:window.pwned=4")
    page = await room.page(ANA)
    await expect(card(page, 1001)).to_contain_text("<script>window.pwned=2</script>")
    await page.locator("#text").fill(HOSTILE)
    await page.locator("#text").press("Enter")
    await expect(page.locator(".message.talk")).to_contain_text("onerror")
    await page.locator("#text").fill(f"/baton {HOSTILE}")
    await page.locator("#text").press("Enter")
    await expect(page.locator(".private")).to_be_visible()
    assert await page.evaluate("window.pwned") is None
    assert (
        await page.locator(".content img, .content script, .private .card img, a[href^=javascript]").count()
        == 0
    )
    assert "\u202e" not in await page.locator("#stream").inner_text()
    await picture(page, "hostile")
