"""Authors edit their posts, also before the desk had time to look."""

from __future__ import annotations

from datetime import timedelta

from tests.desk import MONDAY, Story, text_of
from tests.storage.kit import incoming


async def test_an_edit_that_arrives_with_its_mention_is_shown_at_once(desk: Story) -> None:
    post = incoming("a", text="My parcel never came")
    edited = incoming("a", text="My parcel came after all", edited_at=MONDAY + timedelta(minutes=1))
    await desk.desk.store.intake.append([post, edited])
    await desk.settles()
    (card,) = await desk.channel("support")
    assert "came after all" in text_of(card)
    assert "revised" in await desk.kinds(1001)
