"""What the cards of a case are made from: a case as one reader sees it, every name and moment in words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.parts import State


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionView:
    """A mention in a reader's words. `text`, `author` are a stranger's; `url` is http(s) or None; `lang` is a code.

    `removed`: it is gone at its network. `private`: its network does not show it to the public.
    """

    text: str
    author: str
    network: str
    reach: str = ""
    at: str = ""
    edited: bool = False
    removed: bool = False
    private: bool = False
    language: str = ""
    lang: str = ""
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
class ReplyLine:
    """The reply under way in one sentence, and whether it can still be stopped."""

    sentence: str
    can_cancel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one reader sees it, every name and moment in words.

    `holds`: the reader stands on the side that has the case; `receives`: on the side it is offered to.
    A reader on neither side sees where the case is, what their department is asked (`consults`) and, of what it was
    asked and is no more, how that ended (`advice`, sentences). `to_ask` are departments (name, title) that can be asked.
    `restricted` says to whom, where that is so, and `who_else` are departments (name, title) that it may be restricted to.
    `frozen` says that nothing may be published, and why; `undoable` that the reader may take back what was done last.
    `handover` says which colleague is asked to take it over until when (`handed_to_me`: the reader), `speakers` who
    of the department reads the post's language where the reader may not. `verbs` are what the reader may do; None: many read.
    `can_reply`: an account of ours answers the newest post; `reply` is the one under way, `answered` where our newest
    one stands (its address, blank where the network gives none) and when, `helped` who else answered the customer.
    `akin_to` leads the near-copies of which it is one; `merged` says who merged it into `merged_into` and why, `gathers`
    what a case of several customers holds.
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
    handover: str = ""
    handed_to_me: bool = False
    speakers: str = ""
    consults: tuple[ConsultView, ...] = ()
    advice: tuple[str, ...] = ()
    alarm: AlarmView | None = None
    came: str = ""
    last: str = ""
    departments: tuple[tuple[str, str], ...] = ()
    to_ask: tuple[tuple[str, str], ...] = ()
    linked_to: int | None = None
    akin_to: int | None = None
    merged_into: int | None = None
    merged: str = ""
    reposts: int = 0
    gathers: str = ""
    tags: tuple[str, ...] = ()
    frozen: str = ""
    undoable: bool = False
    can_reply: bool = False
    reply: ReplyLine | None = None
    answered: tuple[str, str] | None = None
    helped: str = ""
    restricted: str = ""
    who_else: tuple[tuple[str, str], ...] = ()

    @property
    def asked(self) -> bool:
        """Whether the reader may answer a question that waits."""
        return any(consult.ours for consult in self.consults)

    @property
    def closed(self) -> bool:
        return self.state in (State.RESOLVED, State.DISMISSED)
