"""What every chat's port must do, whatever the platform."""

from __future__ import annotations

import itertools
import re

import pytest

from bot.cards.card import (
    Actions,
    Bar,
    Button,
    Card,
    Chart,
    Facts,
    OpenLink,
    Quote,
    Row,
    Rows,
    Text,
    Tone,
)
from bot.domain.people import PersonId
from bot.ports import Gone, Place, Posted, Undeliverable
from tests.contracts.room import Room

ANA = PersonId("ana@kettle.example")
NOBODY = PersonId("nobody@kettle.example")
NASTY = (
    "<!channel> <@U0ANA> @everyone *bold* _it_ ~gone~ `code` :boom: <https://evil.example|your bank> "
    "https://evil.example [bank](https://evil.example) <b>hi</b> &lt;i&gt; &amp; <script>alert(1)</script>"
)
# Where a platform's markup cannot be escaped, another sign that looks the same may stand for one that formats.
ALIKE = re.compile("".join(r"\S" if sign in "*_~`:<>" else re.escape(sign) for sign in NASTY))
_nonces = (f"nonce-{number}" for number in itertools.count())


def card(text: str) -> Card:
    return Card(title=text, summary=text, elements=(Text(text=f"about {text}"),))


async def post(room: Room, text: str, *, below: Posted | None = None, place: Place | None = None) -> Posted:
    where = place or room.place("support")
    posted = await room.chat.post(where, card(text), nonce=next(_nonces), reply_to=below)
    await room.settle()
    return posted


async def texts(room: Room) -> list[str]:
    return [seen.text.splitlines()[0] for seen in await room.main(room.place("support"))]


async def test_a_card_is_posted_for_all_to_see(room: Room) -> None:
    posted = await post(room, "1042")
    assert (posted.platform, posted.conversation) == (
        room.chat.platform,
        room.place("support").conversation,
    )
    (seen,) = await room.main(room.place("support"))
    assert seen.id == posted.message and "1042" in seen.text and "about 1042" in seen.text
    assert await room.main(room.place("pr")) == []


async def test_it_is_edited_in_place(room: Room) -> None:
    first, _ = await post(room, "first"), await post(room, "second")
    await room.chat.edit(first, card("newer"))
    await room.settle()
    assert await texts(room) == ["newer", "second"]


async def test_a_reply_stands_below_its_message(room: Room) -> None:
    root = await post(room, "root")
    reply = await post(room, "reply", below=root)
    assert await texts(room) == ["root"]
    (seen,) = await room.below(root)
    assert seen.id == reply.message and "reply" in seen.text
    await room.chat.edit(reply, card("newer reply"))
    await room.settle()
    assert [seen.text.splitlines()[0] for seen in await room.below(root)] == ["newer reply"]


async def test_it_is_taken_away_and_taking_it_away_again_does_no_harm(room: Room) -> None:
    kept, away = await post(room, "kept"), await post(room, "away")
    await room.chat.delete(away)
    await room.chat.delete(away)
    await room.settle()
    assert await texts(room) == ["kept"]
    with pytest.raises(Gone):
        await room.chat.edit(away, card("newer"))
    await room.chat.edit(kept, card("still there"))
    await room.settle()
    assert await texts(room) == ["still there"]


async def test_a_message_is_found_by_its_nonce(searched_room: Room) -> None:
    room, place = searched_room, searched_room.place("support")
    assert room.chat.searchable
    root = await room.chat.post(place, card("root"), nonce="n-root", reply_to=None)
    reply = await room.chat.post(place, card("reply"), nonce="n-reply", reply_to=root)
    await room.chat.edit(root, card("newer"))
    assert await room.chat.find(place, "n-root") == root
    assert await room.chat.find(place, "n-reply", below=root) == reply
    assert await room.chat.find(place, "n-other") is None
    await room.chat.delete(reply)
    assert await room.chat.find(place, "n-reply", below=root) is None


async def test_a_person_is_spoken_to_alone(room: Room) -> None:
    place = await room.chat.direct(ANA)
    assert place.person == ANA and place.department is None
    assert await room.chat.direct(ANA) == place
    posted = await post(room, "for Ana", place=place)
    assert posted.conversation == place.conversation
    (seen,) = await room.main(place)
    assert "for Ana" in seen.text
    assert await room.main(room.place("support")) == []


async def test_nobody_is_spoken_to_by_mistake(room: Room) -> None:
    with pytest.raises(Undeliverable):
        await room.chat.direct(NOBODY)
    nowhere = Place(platform=room.chat.platform, conversation="C0NOWHERE", department="support")
    with pytest.raises(Undeliverable):
        await room.chat.post(nowhere, card("lost"), nonce=next(_nonces), reply_to=None)


async def test_whatever_a_stranger_wrote_is_shown_as_text(room: Room) -> None:
    hostile = Card(
        title=NASTY,
        summary=NASTY,
        tone=Tone.ALARM,
        elements=(
            Quote(text=NASTY, by=NASTY),
            Facts(rows=((NASTY, NASTY),)),
            Rows(rows=(Row(text=NASTY, detail=NASTY),)),
            Chart(title=NASTY, bars=(Bar(label=NASTY, value=1.0),), alt=NASTY),
            Actions(buttons=(Button(label="Claim", words="claim 1042"),)),
            Actions(buttons=(OpenLink(label="Open the post", url="https://x.example/1"),)),
        ),
    )
    posted = await room.chat.post(room.place("support"), hostile, nonce=next(_nonces), reply_to=None)
    await room.chat.edit(posted, hostile)
    await room.settle()
    (seen,) = await room.main(room.place("support"))
    assert len(ALIKE.findall(seen.text)) >= 5, seen.text
    assert seen.pings == () and seen.odd == () and "bold" not in seen.bold
    assert [leads for _, leads in seen.links] == ["https://x.example/1"]
    assert "Claim" in seen.buttons


async def test_a_card_of_any_size_arrives(room: Room) -> None:
    rows = tuple(
        Row(
            text=f"{1000 + number} · " + "a long way to say that a parcel did not come " * 3,
            detail="due 14:00",
            buttons=(Button(label="Claim", words=f"claim {1000 + number}"),),
        )
        for number in range(120)
    )
    big = Card(
        title="1042 " + "very " * 200 + "long",
        summary="big",
        elements=(Text(text="x" * 20_000), Quote(text="word " * 5_000, by="a stranger"), Rows(rows=rows)),
    )
    posted = await room.chat.post(room.place("support"), big, nonce=next(_nonces), reply_to=None)
    await room.chat.edit(posted, big)
    await room.settle()
    (seen,) = await room.main(room.place("support"))
    assert "1042" in seen.text and "1000 · " in seen.text
