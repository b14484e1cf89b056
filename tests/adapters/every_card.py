"""The cards that the rules of the desk brought, each as somebody sees it on a day on which all of it happens."""

from __future__ import annotations

from bot.cards.card import Card
from tests.desk import Story


async def every_card(desk: Story, nasty: str) -> list[Card]:
    """Merged, restricted, frozen, handed over, away, muted, the board and the digests: `nasty` is what strangers and
    colleagues write."""
    cards: list[Card | None] = []

    async def say(words: str, who: str, department: str = "support") -> None:
        cards.append(await desk.hears(words, from_=who, in_=department))

    one, other, third = [
        await desk.mention(f"parcel {n} {nasty}", handle=f"ellie{n}{nasty[:20]}") for n in range(3)
    ]
    await say(f"merge {other} into {one} {nasty}", "ana")
    for case in (one, third):
        await say(f"claim {case}", "ben")
        await say(f"tag {case} late-van refund", "ben")
    await say(f"handoff {third} pr {nasty}", "ben")
    await say(f"restrict {third} to support", "ana")
    await say(f"freeze {one} {nasty}", "ana")
    await say(f"freeze x-kettle {nasty}", "dana")
    await say(f"escalate {one} {nasty}", "gil")
    await say(f"handover hana {nasty}", "ben")
    await say("away tomorrow", "ben")
    await say("cover ben hana", "ana")
    for words in (
        f"show {one}",
        f"show {other}",
        f"show {third}",
        "freeze",
        "board",
        "mute",
        "oncall",
        "home",
    ):
        await say(words, "ana")
        await say(words, "hana")
    await say(f"show {third}", "cleo", "pr")
    for words in ("digest weekly", "digest monthly", "digest support monthly", "home", "board"):
        await say(words, "dana")
    await say(f"decline {one} {nasty}", "hana")
    await say("back", "ben")
    await say(f"thaw {one}", "ana")
    await say(f"split {one}", "ana")
    await say("undo", "ana")
    # The week's and the month's digests, the champion's page among them, come by themselves.
    await desk.passes(days=31)
    for department in desk.desk.policy.departments:
        cards += await desk.channel(department)
        for message in await desk.desk.store.weblog.page(department, limit=1000):
            cards += await desk.channel(department, thread=message.id)
    for person in ("ana", "ben", "cleo", "dana", "hana"):
        cards += await desk.direct(person)
    return [card for card in cards if card is not None]
