"""A post that its network does not show to the public says so on its card."""

from __future__ import annotations

import pytest

from tests.desk import Story, text_of


@pytest.mark.parametrize("visibility", ["direct", "private", "unlisted"])
async def test_a_private_message_is_marked(desk: Story, visibility: str) -> None:
    number = await desk.mention("My address is Lane 5.", source="mastodon", extra={"visibility": visibility})
    card = text_of(await desk.hears(f"show {number}", from_="ana"))
    assert ("private, not seen by the public" in card) is (visibility != "unlisted")
