"""Small cards: a sentence, a refusal."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.card import Actions, Button, Card, Text, Tone


def sentence_card(sentence: str, *, tone: Tone = Tone.NEUTRAL, words: tuple[str, ...] = ()) -> Card:
    """One sentence, with words ready to press."""
    buttons = tuple(Button(label=said, words=said) for said in words)
    elements = (Text(text=sentence), *((Actions(buttons=buttons),) if buttons else ()))
    return Card(title="", summary=sentence, tone=tone, elements=elements)


def refusal_card(sentence: str, words: tuple[str, ...] = ()) -> Card:
    """What happened, and what to do next."""
    return replace(sentence_card(sentence, tone=Tone.WAITING, words=words), refused=True)
