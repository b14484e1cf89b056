"""What the cards of a case are made from: a case as one reader sees it, every name and moment in words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.case import State


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionView:
    """A mention in a reader's words. `text`, `author` are a stranger's; `url` is http(s) or None."""

    text: str
    author: str
    network: str
    reach: str = ""
    at: str = ""
    edited: bool = False
    language: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """A handoff that waits for its answer. `others` are departments (name, title) a decline may point to."""

    to: str
    by: str
    until: str
    note: str = ""
    needs_other: bool = False
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultView:
    """A question to another department that waits for its answer; `ours`: the reader may give it."""

    to: str
    by: str
    question: str
    until: str
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """An escalation that runs. `paged` says who was asked, `acked` who acknowledged and until when."""

    why: str
    by: str
    paged: str = ""
    acked: str = ""
    can_pass: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one reader sees it, every name and moment in words.

    `holds`: the reader stands on the side that has the case; `receives`: on the side it is offered to.
    A reader on neither side sees where the case is, what their department is asked (`consults`) and, of what it was
    asked and is no more, how that ended (`advice`, sentences). `to_ask` are departments (name, title) that can be asked.
    `verbs` are what the reader may do; None: many read.
    """

    number: int
    department: str
    priority: str
    state: State
    holds: bool = True
    receives: bool = False
    verbs: frozenset[str] | None = None
    marks: tuple[str, ...] = ()
    mention: MentionView | None = None
    mentions: int = 1
    owner: str = ""
    claim: str = ""
    lease_warned: bool = False
    first_response: str = ""
    resolve: str = ""
    missed: bool = False
    waiting: str = ""
    snoozed: str = ""
    outcome: str = ""
    offer: OfferView | None = None
    consults: tuple[ConsultView, ...] = ()
    advice: tuple[str, ...] = ()
    alarm: AlarmView | None = None
    came: str = ""
    last: str = ""
    departments: tuple[tuple[str, str], ...] = ()
    to_ask: tuple[tuple[str, str], ...] = ()
    linked_to: int | None = None

    @property
    def asked(self) -> bool:
        """Whether the reader may answer a question that waits."""
        return any(consult.ours for consult in self.consults)

    @property
    def closed(self) -> bool:
        return self.state in (State.RESOLVED, State.DISMISSED)
