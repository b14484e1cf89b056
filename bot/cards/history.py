"""What happened, as sentences: one for every kind of event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, assert_never

from bot.cards.history_replies import reply_sentence
from bot.cards.phrases import joined
from bot.cards.trim import line
from bot.domain.events import Event, Kind
from bot.domain.people import PersonId
from bot.domain.refusals import Names
from bot.domain.roles import DESK

YOU: Final = "you"
"""How names call the reader of a notice."""

_QUOTED: Final = 500
_OF_WHOM: Final = {"customer": "the customer", "department": "another department", "approval": "an approval"}
_CLOCKS: Final = {"first": "first response", "resolve": "resolution"}
_PROLONGED: Final = {
    "claim": "claim",
    "offer": "offer",
    "question": "question",
    "approval": "time for the approval",
}
_MESSAGES: Final = {"page": "page", "case": "card", "note": "note"}

OUTCOME_WORDS: Final = {
    "answered": "Answered",
    "fixed": "Fixed",
    "refunded": "Refunded",
    "referred": "Referred elsewhere",
    "nothing-needed": "Nothing needed",
}
"""How the outcomes of a case are shown; an outcome without a word here is shown as it is."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An event's data as words. Erased data leaves a shorter sentence, never a broken one."""

    event: Event
    names: Names

    @property
    def by(self) -> str:
        return self.names.person(self.event.by)

    def person(self, key: str, unknown: str = "somebody") -> str:
        value = self.event.data.get(key)
        return self.names.person(PersonId(str(value))) if value else unknown

    def department(self, key: str, unknown: str = "another department") -> str:
        value = self.event.data.get(key)
        return self.names.department(str(value)) if value else unknown

    def departments(self, key: str) -> str:
        """Several of them, kept with commas between."""
        names = str(self.event.data.get(key) or "").split(",")
        return joined(tuple(self.names.department(name) for name in names))

    def word(self, key: str) -> str:
        value = self.event.data.get(key)
        return "" if value is None else line(str(value), _QUOTED)

    def saying(self, key: str) -> str:
        """: and the words, or just the full stop."""
        words = self.word(key)
        return f": {_stopped(words)}" if words else "."

    def claim(self, key: str) -> str:
        whose = self.person(key)
        return "Your claim" if whose == YOU else f"The claim of {whose}"

    @property
    def clock(self) -> str:
        return _CLOCKS.get(self.word("clock"), "promise")

    def back(self) -> str:
        """To whom it came back past the owner's hours."""
        duty = self.person("duty") if self.event.data.get("duty") else ""
        return f" to {duty}, as {self.person('former', 'its owner')} is not at work" if duty else ""

    def instead(self) -> str:
        duty = self.person("duty") if self.event.data.get("duty") else ""
        return (
            f" It came back to {duty}, as {self.person('former', 'its owner')} is not at work."
            if duty
            else ""
        )

    def covered(self) -> str:
        return f"; {self.person('cover')} covers" if self.event.data.get("cover") else ""

    def until(self) -> str:
        at = moment_in(self.event, "until")
        return f" until {self.names.moment(at)}" if at else ""

    def due(self) -> str:
        at = moment_in(self.event, "due")
        return f" at {self.names.moment(at)}" if at else ""


def event_sentence(event: Event, names: Names) -> str:
    """One sentence that says what happened, who did it, and why where that was said; without the time."""
    # One table of sentences, long because the desk records many kinds of facts.
    told, kind = _Told(event, names), event.kind
    match kind:
        case Kind.CLAIMED:
            return f"{told.by} claimed it."
        case Kind.TAKEN:
            return f"{told.by} took it from {told.person('former')}{told.saying('reason')}"
        case Kind.ASSIGNED:
            return f"{told.by} gave it to {told.person('to')}."
        case Kind.RELEASED:
            return f"{told.by} put it back in the queue of {told.names.department(told.event.department)}."
        case Kind.EXTENDED:
            return f"{told.by} extended the claim."
        case Kind.LEASE_WARNED:
            return f"{told.claim('owner')} is nearly over: it runs{told.until() or ' out soon'}."
        case Kind.LAPSED:
            where = told.names.department(told.event.department)
            return f"{told.claim('former')} ran out; the case is back in the queue of {where}."
        case Kind.PROLONGED:
            what = _PROLONGED.get(told.word("what"), "clock")
            whose = f" to {told.department('to')}" if told.event.data.get("to") else ""
            return f"The desk was down, so the {what}{whose} goes on{told.until()}."
        case Kind.OFFERED:
            return f"{told.by} offered it to {told.department('to')}{told.until()}{told.saying('note')}"
        case Kind.ACCEPTED:
            return f"{told.by} accepted it from {told.department('giver')}."
        case Kind.DECLINED:
            other = f" (better: {told.department('other')})" if told.event.data.get("other") else ""
            return f"{told.by} declined it for {told.department('to')}{other}{told.saying('reason')}{told.instead()}"
        case Kind.OFFER_HALFWAY:
            return f"Half the time of the offer to {told.department('to')} is gone."
        case Kind.OFFER_EXPIRED:
            return (
                f"{told.department('to', 'The department')} did not answer in time, so the offer came back"
                f"{told.back()}."
            )
        case Kind.OFFER_WITHDRAWN:
            return f"{told.by} took back the offer to {told.department('to')}."
        case Kind.WAITING:
            on = told.word("on")
            return f"{told.by} set it waiting for {_OF_WHOM.get(on, on)}{told.until()}."
        case Kind.SNOOZED:
            return f"{told.by} snoozed it{told.until()}."
        case Kind.WOKEN:
            return f"It is back on the desk{told.saying('why')}"
        case Kind.RESPONDED:
            return f"{told.by} answered the customer."
        case Kind.RESOLVED:
            outcome = told.word("outcome")
            how = OUTCOME_WORDS.get(outcome, outcome).lower()
            return f"{told.by} resolved it{f' ({how})' if how else ''}{told.saying('text')}"
        case Kind.DISMISSED:
            return f"{told.by} dismissed it{told.saying('why')}"
        case Kind.PRIORITISED:
            before, after = told.word("before"), told.word("after")
            return f"{told.by} changed the priority{f' from {before} to {after}' if after else ''}."
        case Kind.CONSULTED:
            return f"{told.by} asked {told.department('to')}{told.saying('question')}"
        case Kind.CONSULT_DECLINED:
            return f"{told.by} says that {told.department('to')} cannot answer that{told.saying('why')}"
        case Kind.CONSULT_EXPIRED:
            return f"{told.department('to', 'The department asked')} did not answer the question in time."
        case Kind.CONSULT_WITHDRAWN:
            return f"The question to {told.department('to')} is not needed any more."
        case Kind.NOTED:
            edited = " (edited)" if told.event.data.get("edited") else ""
            said = f"answered for {told.department('for')}" if told.event.data.get("answers") else "noted"
            return f"{told.by} {said}{edited}{told.saying('text')}"
        case Kind.NOTE_CHANGED:
            return f"{told.by} changed a note{told.saying('text')}"
        case Kind.NOTE_WITHDRAWN:
            return f"{told.by} took a note back."
        case Kind.SLA_WARNED:
            return f"The {told.clock} is due{told.due() or ' soon'}."
        case Kind.SLA_MISSED:
            if told.event.data.get("outage"):
                return f"The {told.clock} was due{told.due()} and was missed because the desk was down."
            return f"The {told.clock} was due{told.due()} and is late."
        case Kind.ESCALATED:
            return f"{told.by} escalated it{told.saying('why')}"
        case Kind.PAGED:
            away = (
                f" in place of {told.person('instead_of')}, who is away"
                if told.event.data.get("instead_of")
                else ""
            )
            return f"{told.person('person', 'Somebody')} was paged{away}."
        case Kind.ACKNOWLEDGED:
            at = moment_in(told.event, "climbs")
            return (
                f"{told.by} acknowledged it{f'; it climbs again at {told.names.moment(at)}' if at else ''}."
            )
        case Kind.PASSED:
            return f"{told.by} passed it on{told.saying('why')}"
        case Kind.CLIMBED:
            return f"Nothing followed after {told.person('after')} acknowledged it, so it climbed again."
        case Kind.ESCALATION_OVER:
            return f"The escalation is over: {told.by} answers for it."
        case Kind.ESCALATION_EXHAUSTED:
            return "Nobody on the ladder answered; every lead was paged."
        case Kind.MERGED:
            return f"{told.by} merged case {told.word('other') or 'another'} into it{told.saying('why')}"
        case Kind.MERGED_INTO:
            return f"{told.by} merged it into case {told.word('into') or 'another'}{told.saying('why')}"
        case Kind.SEPARATED:
            return f"{told.by} separated it from case {told.word('other') or 'another'} again."
        case Kind.SURGED:
            return f"It is a surge now{told.saying('why')}"
        case Kind.AKIN:
            return (
                f"It belongs with case {told.word('other') or 'another'} and stays apart{told.saying('why')}"
            )
        case Kind.REPOSTED:
            return "Somebody shared the post."
        case Kind.RESTRICTED:
            if not told.event.data.get("to"):
                return f"{told.by} opened it to everybody again."
            return f"{told.by} restricted it to {told.departments('to')}{told.saying('why')}"
        case Kind.TAGGED:
            return f"{told.by} {_tagged(told)}"
        case Kind.UNDONE:
            return f"{told.by} took back {told.word('what') or 'the last change'}{_taken_back(told)}"
        case Kind.FROZEN:
            return f"{told.by} froze publishing{told.saying('why')}"
        case Kind.THAWED:
            return f"{told.by} allowed publishing again{told.saying('why')}"
        case Kind.HANDOVER_OFFERED:
            return f"{told.by} asked {told.person('to', 'a colleague')} to take it over{told.until()}{told.saying('note')}"
        case Kind.HANDOVER_ACCEPTED:
            return f"{told.by} took it over from {told.person('former', 'a colleague')}."
        case Kind.HANDOVER_DECLINED:
            return f"{told.by} did not take it over{told.saying('reason')}{told.instead()}"
        case Kind.HANDOVER_EXPIRED:
            return f"{told.person('to', 'A colleague')} did not answer in time, so it was not handed over{told.back()}."
        case Kind.HANDOVER_WITHDRAWN:
            return f"{told.by} does not hand it over to {told.person('to', 'a colleague')} any more."
        case Kind.RELIEVED:
            where = told.names.department(told.event.department)
            freed = f"; the case is back in the queue of {where}" if told.event.data.get("freed") else ""
            return f"{told.person('former', 'Somebody')} has no part in the desk any more{freed}."
        case Kind.AWAY:
            return f"{told.by} says that {told.person('person')} is away{told.until()}{told.covered()}."
        case Kind.COVERED:
            return f"{told.by} says that {told.person('cover')} covers for {told.person('person')}{told.until()}."
        case Kind.BACK:
            return f"{told.person('person', 'Somebody')} is back."
        case (
            Kind.REPLY_BEGUN
            | Kind.REPLY_DRAFTED
            | Kind.REPLY_RESTED
            | Kind.REPLY_DISCARDED
            | Kind.REPLY_ASKED
            | Kind.REPLY_PASSED_ON
            | Kind.REPLY_UNAPPROVED
            | Kind.REPLY_APPROVED
            | Kind.REPLY_RETURNED
            | Kind.REPLY_LEAVING
            | Kind.REPLY_CANCELLED
            | Kind.REPLY_HELD
            | Kind.REPLY_DELAYED
            | Kind.REPLY_DECLINED
            | Kind.REPLY_UNSURE
            | Kind.PUBLISHED
        ):
            return reply_sentence(told, kind)
        case Kind.UNDELIVERED:
            whom = told.person("person") if told.event.data.get("person") else told.department("department")
            what = _MESSAGES.get(told.word("view"), "message")
            return f"A {what} to {whom} could not be delivered{told.saying('reason')}"
        case Kind.EXPORTED:
            return f"{told.by} exported what the desk knows{told.saying('which')}"
        case Kind.ERASED:
            return f"What a customer wrote was erased{told.saying('why')}"
        case Kind.OPENED:
            filed = "Filed" if event.by == DESK.id else f"{told.by} filed it"
            return f"{filed} with {told.names.department(event.department)}{told.saying('why')}"
        case Kind.JOINED:
            return f"Another mention joined{told.saying('why')}"
        case Kind.REVISED:
            return "The author edited the post."
        case Kind.COMPLETED:
            return "The words of the post have come."
        case Kind.REMOVED:
            return "The post was deleted at its network."
        case Kind.REOPENED:
            return f"{told.by} reopened it."
        case _:
            assert_never(kind)


def _tagged(told: _Told) -> str:
    gone = f"took away the tag {told.word('removed')}" if told.event.data.get("removed") else ""
    if not told.event.data.get("tags"):
        return f"{gone}." if gone else "changed its tags."
    return f"tagged it: {told.word('tags')}{f', and {gone}' if gone else ''}."


def _taken_back(told: _Told) -> str:
    """Whose it is again, and what does not come back."""
    data, names = told.event.data, told.names
    if not data.get("of"):
        return "."
    where = f" to {names.department(str(data['receiver']))}" if data.get("receiver") else ""
    queue = f"in the queue of {names.department(told.event.department)}"
    owner = told.person("owner") if data.get("owner") else ""
    whose = "yours" if owner == YOU else f"with {owner}" if owner else queue
    withdrawn = [names.department(each) for each in str(data.get("withdrawn") or "").split(", ") if each]
    offers = f" The offer to {joined(tuple(withdrawn))} was withdrawn with it; offer it again if that is still wanted."
    return f"{where}: it is {whose} again.{offers if withdrawn else ''}"


def moment_in(event: Event, key: str) -> datetime | None:
    """A moment (UTC) kept in an event's data; None when there is none."""
    value = event.data.get(key)
    if not isinstance(value, str):
        return None
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _stopped(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
