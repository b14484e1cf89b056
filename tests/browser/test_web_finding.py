"""Typing, searching and the board, in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.room import ANA, BEN, DANA, FINN, Room, button, card, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def typed(page: Page, words: str) -> None:
    await page.locator("#text").fill("")
    await page.locator("#text").press_sequentially(words)


async def test_completion_offers_verbs_then_cases_then_departments(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    await room.served.mention("The price, please?")
    page = await room.page(ANA)
    await expect(card(page, 1001)).to_be_visible()
    field, options = page.locator("#text"), page.locator(".suggestions").first.get_by_role("option")
    await typed(page, "/baton hando")
    await expect(options.first).to_contain_text("handoff <case> <department>")
    await expect(field).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Tab")
    await expect(field).to_have_value("/baton handoff ")
    await expect(options.first).to_contain_text("My parcel never came.")
    await picture(page, "completion")
    await page.keyboard.press("ArrowDown")
    first = await options.first.get_attribute("id")
    await expect(field).to_have_attribute("aria-activedescendant", first or "")
    await page.keyboard.press("Enter")
    await expect(field).to_have_value("/baton handoff 1001 ")
    await page.keyboard.type("sal")
    await expect(options).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(field).to_have_value("/baton handoff 1001 sales ")
    await expect(options.first).to_contain_text("anyway")
    await page.keyboard.press("Escape")
    await expect(page.locator(".suggestions").first).to_be_hidden()
    await expect(field).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(card(page, 1001)).to_contain_text("offered to Sales")


async def test_what_is_typed_is_sent_though_something_is_offered(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    page = await room.page(ANA)
    await expect(card(page, 1001)).to_be_visible()
    await typed(page, "/claim 1001")
    await expect(page.locator(".suggestions").first.get_by_role("option").first).to_contain_text("My parcel")
    await page.keyboard.press("Enter")
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")


async def test_a_case_is_claimed_and_noted_without_a_mouse(room: Room) -> None:
    for words in ("My parcel never came.", "A refund, please."):
        await room.served.mention(words)
    page = await room.page(ANA)
    await expect(card(page, 1002)).to_be_visible()
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("c")  # in a field it is a letter
    await expect(page.locator("#text")).to_have_value("c")
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Escape")
    await expect(card(page, 1002)).to_be_focused()
    await page.keyboard.press("k")
    await expect(card(page, 1001)).to_be_focused()
    await page.keyboard.press("c")
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    await page.keyboard.press("n")
    await expect(page.get_by_label("Note for colleagues")).to_be_focused()
    await page.keyboard.type("Called her.")
    await page.keyboard.press("Control+Enter")
    await expect(card(page, 1001).get_by_role("button", name="1 note")).to_be_visible()
    assert (await room.served.case(1001)).owner == ANA
    assert (await room.served.kinds(1001)).count("noted") == 1
    await page.keyboard.press("j")
    await expect(card(page, 1002)).to_be_focused()
    # Tab goes through the buttons of this card only, and on to the field.
    await page.keyboard.press("Tab")
    await expect(button(card(page, 1002), "Claim")).to_be_focused()
    assert await card(page, 1001).locator("[tabindex='0']").count() == 0
    await page.keyboard.press("e")
    await expect(page.locator("#ask")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(button(card(page, 1002), "Escalate")).to_be_focused()


async def test_keys_are_explained_and_can_be_switched_off(room: Room) -> None:
    page = await room.page(ANA)
    await page.locator("#stream").focus()
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await page.get_by_label("Single keys work").uncheck()
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_hidden()
    await page.keyboard.press("/")
    await expect(page.locator("#find")).to_be_hidden()
    await page.get_by_role("button", name="Keys").click()
    await page.get_by_label("Single keys work").check()
    await page.keyboard.press("Escape")
    await page.keyboard.press("/")
    await expect(page.locator("#find-words")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("h")
    await expect(page.locator(".private")).to_contain_text("Ana")
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("b")
    await page.wait_for_url("**/board?**")


async def test_the_sidebar_is_one_stop_and_skip_links_lead_past_it(room: Room) -> None:
    page = await room.page(ANA)
    await page.locator("a[data-name=support]").focus()
    await page.keyboard.press("ArrowDown")
    assert await page.evaluate("document.activeElement.dataset.name") != "support"
    assert await page.locator("#lists a[tabindex='0']").count() == 1
    await page.locator(".skip").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()


async def test_search_finds_and_jumps_into_the_past(room: Room) -> None:
    log, ben = room.served.desk.store.weblog, room.served.desk.person(BEN)
    for number in range(150):
        words = "the blue kettle leaks" if number == 20 else f"line {number}"
        await log.post("support", nonce=f"old{number}", by=ben, text=words)
    await room.served.mention("My blue parcel never came.")
    page = await room.page(ANA)
    await expect(card(page, 1001)).to_be_visible()
    await page.get_by_role("button", name="Search").click()
    await page.locator("#find-words").fill("BLUE")
    hits = page.locator(".hit")
    await expect(hits).to_have_count(3)
    await expect(page.locator(".hit mark").first).to_have_text("blue")
    await expect(page.locator("#find-state")).to_have_text("3 found")
    await picture(page, "search")
    await page.locator("#find-words").press("ArrowDown")
    await expect(hits.first).to_be_focused()
    await hits.filter(has_text="kettle leaks").click()
    found = page.locator(".message", has_text="the blue kettle leaks")
    await expect(found).to_be_focused()
    await expect(found).to_be_in_viewport()
    await expect(page.get_by_text("line 19", exact=True)).to_be_in_viewport()
    await expect(page.get_by_text("line 21", exact=True)).to_be_in_viewport()
    # What comes meanwhile is not put behind a gap; the way back to the newest is a press.
    await log.post("support", nonce="new", by=ben, text="while you read")
    room.served.desk.hub.nudge()
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    await page.get_by_role("button", name="New messages").click()
    await expect(page.get_by_text("while you read")).to_be_in_viewport()
    await page.get_by_role("button", name="Search").click()
    await page.locator("#find-words").fill("nowhere to be seen")
    await expect(page.locator("#find-state")).to_contain_text("Fewer words find more")


async def test_a_note_is_found_in_its_thread_and_a_case_by_its_number(room: Room) -> None:
    await room.served.mention("My parcel never came.")
    await room.served.filed(1001)
    await room.served.says("note 1001 she prefers a call", ANA)
    page = await room.page(ANA)
    await expect(card(page, 1001).get_by_role("button", name="1 note")).to_be_visible()
    await page.get_by_role("button", name="Search").click()
    await page.locator("#find-words").fill("prefers")
    await page.locator(".hit", has_text="she prefers a call").first.click()
    await expect(page.locator("#thread-stream .pointed, #stream .pointed")).to_contain_text("prefers")
    await page.get_by_role("button", name="Search").click()
    await page.locator("#find-words").fill("1001")
    await page.locator("[data-part=cases] .hit").first.click()
    await expect(page.locator(".private")).to_contain_text("1001")


async def test_the_board_updates_itself(room: Room) -> None:
    board, ana = await room.page(DANA), await room.page(ANA)
    await board.locator("#to-board").click()
    support = board.get_by_role("row", name="Support")
    await expect(support.locator(".unclaimed")).to_have_text("0")
    await room.served.mention("My parcel never came.")
    await expect(support.locator(".unclaimed")).to_have_text("1", timeout=30_000)
    await button(card(ana, 1001), "Claim").click()
    await expect(support.locator(".claimed")).to_have_text("1", timeout=30_000)
    await expect(support.locator(".unclaimed")).to_have_text("0")
    await room.served.mention("I call my lawyer, this is a lawsuit.")
    await expect(board.get_by_role("row", name="Legal").locator(".escalated")).to_have_text(
        "1", timeout=30_000
    )
    await expect(board.locator("#heard")).to_contain_text("Legal: 1 escalated.")
    assert "lawsuit" not in await board.locator("body").inner_text()
    await picture(board, "board")
    await board.get_by_role("link", name="Back to the chat").click()
    await expect(board.locator("#me-name")).to_have_text("Dana Voss")


async def test_the_look_is_remembered(room: Room) -> None:
    page = await room.page(ANA)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_role("button", name="Appearance: as the system").click()
    dark = await page.evaluate(paper)
    assert dark != light
    await page.goto(f"{room.served.url}/board?as={ANA}")
    assert await page.evaluate(paper) == dark
    await page.get_by_role("button", name="Appearance: dark").click()
    assert await page.evaluate(paper) == light


async def test_new_cards_are_announced_and_edits_are_not(room: Room) -> None:
    page, finn = await room.page(ANA), await room.page(FINN, "support")
    await room.served.mention("My parcel never came.")
    await expect(page.locator("#heard")).to_contain_text("1001")
    await expect(page.locator("#heard")).to_contain_text("My parcel never came.")
    await page.evaluate("document.getElementById('heard').textContent = ''")
    await room.served.says("claim 1001", ANA)
    await expect(card(finn, 1001)).to_contain_text("Ana Ruiz")
    await expect(card(page, 1001)).to_contain_text("Ana Ruiz")
    await page.wait_for_timeout(1_000)
    await expect(page.locator("#heard")).to_be_empty()


async def test_a_thousand_messages_stay_quick(room: Room) -> None:
    log, ben = room.served.desk.store.weblog, room.served.desk.person(BEN)
    page = await room.page(ANA)
    for number in range(1_000):
        await log.post("support", nonce=f"n{number}", by=ben, text=f"line {number}")
    await expect(page.get_by_text("line 999", exact=True)).to_be_in_viewport(timeout=60_000)
    # The page keeps the newest and fetches the others when somebody looks back.
    assert await page.locator("#stream .message").count() <= 400
    await page.locator("#stream").evaluate("each => each.scrollTop = 0")
    await expect(page.get_by_text("line 650", exact=True)).to_have_count(1)
