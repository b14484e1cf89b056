"""A community and its three questions: who interacts, who pays, who champions; and its goal."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.card import Actions, Bar, Button, Card, Chart, Facts, Style, Text
from bot.cards.phrases import joined


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoView:
    """`pays` are (department, share in percent); `reaches` says how mentions come to this community, `frozen` why
    nothing is published there now; `buttons` are what the reader may do about that."""

    community: str
    interacts: tuple[str, ...]
    pays: tuple[tuple[str, int], ...]
    champion: str
    deputies: tuple[str, ...] = ()
    goal: str = ""
    standing: str = ""
    publish: str = ""
    reaches: str = ""
    frozen: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()


def who_card(view: WhoView) -> Card:
    shares = joined(tuple(f"{department} {share} %" for department, share in view.pays))
    deputies = f"{view.champion}; then {joined(view.deputies)}" if view.deputies else view.champion
    facts = (
        ("Who interacts", joined(view.interacts)),
        ("Who pays", shares),
        ("Who champions", deputies),
        ("Goal", view.goal),
        ("This month", view.standing),
        ("Publishing", view.publish),
    )
    bars = tuple(Bar(label=department, value=share) for department, share in view.pays)
    chart = (Chart(title="Who pays, in percent", bars=bars, alt=f"{shares}."),) if len(bars) > 1 else ()
    return Card(
        title=view.community,
        summary=f"{view.community}: {joined(view.interacts)} interact, {view.champion} champions",
        elements=(
            *(Text(text=said, style=Style.STRONG) for said in view.frozen),
            Facts(rows=tuple((name, value) for name, value in facts if value)),
            *chart,
            *((Text(text=view.reaches, style=Style.MUTED),) if view.reaches else ()),
            *((Actions(buttons=view.buttons),) if view.buttons else ()),
        ),
    )
