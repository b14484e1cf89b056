"""What the events alone say of a case, to be held against the case itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from bot.domain.case import Case
from bot.domain.events import Event, Kind
from bot.domain.parts import State


@dataclass(slots=True)
class Told:
    """A case as its history tells it. `escalating` is None where an undo may have set one going again."""

    state: State = State.OPEN
    owner: object = None
    offered: object = None
    handed: object = None
    asked: set[object] = field(default_factory=set)
    handoffs: int = 0
    escalating: bool | None = False
    merged_owner: object = None

    def hears(self, event: Event) -> None:
        self._who_has_it(event)
        self._what_is_asked(event)
        if event.kind in (Kind.ESCALATED, Kind.ESCALATION_OVER):
            self.escalating = event.kind is Kind.ESCALATED

    def _who_has_it(self, event: Event) -> None:
        match event.kind:
            case Kind.CLAIMED | Kind.TAKEN | Kind.ACCEPTED | Kind.HANDOVER_ACCEPTED:
                self.state, self.owner = State.CLAIMED, event.by
            case Kind.ASSIGNED:
                self.state, self.owner = State.CLAIMED, event.data["to"]
            case Kind.RELEASED | Kind.LAPSED | Kind.REOPENED:
                self.state, self.owner = State.OPEN, None
            case Kind.RESOLVED | Kind.DISMISSED:
                self.state, self.owner = State(event.kind.value), None
            case Kind.MERGED_INTO:
                self.state, self.owner, self.merged_owner = State.DISMISSED, None, event.data["owner"]
            case Kind.SEPARATED if "opened" in event.data:
                self._held_by(self.merged_owner)
            case Kind.UNDONE:
                self._held_by(event.data["owner"])
                self.handoffs -= event.data["receiver"] is not None
                self.escalating = None
            case Kind.RELIEVED if event.data.get("freed"):
                self.state, self.owner = State.OPEN, None
            case _:
                pass
        if event.data.get("duty"):
            self.owner = event.data["duty"]
        self.handoffs += event.kind is Kind.ACCEPTED

    def _held_by(self, owner: object) -> None:
        self.state, self.owner = (State.CLAIMED if owner else State.OPEN), owner

    def _what_is_asked(self, event: Event) -> None:
        match event.kind:
            case Kind.OFFERED:
                self.offered = event.data["to"]
            case Kind.ACCEPTED | Kind.DECLINED | Kind.OFFER_EXPIRED | Kind.OFFER_WITHDRAWN:
                self.offered = None
            case Kind.HANDOVER_OFFERED:
                self.handed = event.data["to"]
            case (
                Kind.HANDOVER_ACCEPTED
                | Kind.HANDOVER_DECLINED
                | Kind.HANDOVER_EXPIRED
                | Kind.HANDOVER_WITHDRAWN
            ):
                self.handed = None
            case Kind.CONSULTED:
                self.asked.add(event.data["to"])
            case Kind.CONSULT_DECLINED | Kind.CONSULT_EXPIRED | Kind.CONSULT_WITHDRAWN:
                self.asked.discard(event.data["to"])
            case Kind.NOTED if "answers" in event.data:
                self.asked.discard(event.data["for"])
            case _:
                pass


def told(events: Sequence[Event], case: Case, gone: Set[str]) -> Iterator[str]:
    """Where the events and the case differ. Who left may have lost a case on its way out of another."""
    said = Told()
    for event in events:
        said.hears(event)
    if said.owner in gone and said.owner == said.merged_owner and case.owner is None:
        said.state, said.owner = State.OPEN, None
    escalating = case.escalating if said.escalating is None else said.escalating
    owner = None if case.closed else case.owner
    offered = case.offer.to if case.offer else None
    handed = case.handover.to if case.handover else None
    asked = {each.to for each in case.consults}
    is_so = (case.state, owner, case.department, offered, handed, asked, case.handoffs, case.escalating)
    says = (
        said.state,
        said.owner,
        events[-1].department,
        said.offered,
        said.handed,
        said.asked,
        said.handoffs,
        escalating,
    )
    if says != is_so:
        yield f"the events say {says}, the case {is_so}"
