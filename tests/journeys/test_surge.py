"""A surge: hundreds of new cases within a minute for one channel that takes one post a second.

Three hundred rather than thousands, so that the test ends soon; what it shows does not depend on the number.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bot.ports import Incoming, Place
from tests.desk import Story, Time, a_desk, text_of
from tests.fakes.chat import FakeChat

MANY = 300
SUPPORT = Place(platform="web", conversation="support", department="support")


def post(desk: Story, number: int) -> Incoming:
    threats = {
        100: "We will sue you, says my lawyer.",
        250: "A lawyer writes about the burnt kettle and its owner.",
    }
    text = threats.get(number, f"Parcel {number} never came.")
    return Incoming(
        source="x",
        external_id=f"s{number}",
        community="x-kettle",
        created_at=desk.now,
        handle=f"author{number}",
        text=text,
    )


def numbers_in(chat: FakeChat, conversation: str) -> list[int]:
    """The cases whose cards stand there."""
    return [int(title.split()[0]) for title in chat.shown(conversation)]


async def test_a_surge_ends_with_every_card_final_and_hides_nothing_urgent(tmp_path: Path) -> None:
    time = Time()
    chat = FakeChat(clock=time.real)
    async with a_desk(tmp_path, chats={"web": chat}, time=time) as desk:
        for start in range(0, MANY, 30):
            await desk.desk.store.intake.append([post(desk, n) for n in range(start, start + 30)])
            await desk.passes(seconds=6)
        pages = [
            where
            for where in (m.conversation for m in chat.messages.values())
            if where == "@cleo@kettle.example"
        ]
        assert len(pages) == 2, "pages do not wait for cards"
        assert len(numbers_in(chat, "support")) <= 61

        seen = numbers_in(chat, "support")[:10]
        unseen = 1000 + MANY - 5
        for number in seen:
            await desk.hears(f"claim {number}", from_="ben", settle=False)
            await desk.passes(seconds=6)
            (card,) = [m.card for m in chat.messages.values() if m.card.title.startswith(f"{number} ")]
            assert "Ben Okafor" in text_of(card), "who looks at it sees it soon"
        await desk.hears(f"claim {unseen}", from_="ana", settle=False)
        await desk.hears(f"resolve {unseen}", from_="ana", settle=False)
        await desk.passes(seconds=MANY + 60)

        cards = Counter(numbers_in(chat, "support"))
        assert set(cards.values()) == {1}, "nothing twice"
        assert len(cards) == MANY - 2
        first = numbers_in(chat, "support")
        assert first == sorted(first), "in the order in which they came"
        for message in chat.messages.values():
            if message.conversation == "support":
                shown = await desk.desk.router.show("case", message.card.title.split()[0], SUPPORT)
                assert message.card == shown.card
        assert sum(call.startswith("edit") for call in chat.calls) <= len(seen) + 10, (
            "changes before the post are no edits"
        )
