"""What happened to replies, as sentences."""

from __future__ import annotations

from typing import Protocol

from bot.domain.events import Event, Kind


class Told(Protocol):
    """An event's data as words, as history puts them."""

    @property
    def event(self) -> Event: ...
    @property
    def by(self) -> str: ...
    def person(self, key: str, unknown: str = "somebody") -> str: ...
    def word(self, key: str) -> str: ...
    def saying(self, key: str) -> str: ...
    def until(self) -> str: ...


def reply_sentence(told: Told, kind: Kind) -> str:
    """One sentence that says what happened to the reply."""
    data = told.event.data
    match kind:
        case Kind.REPLY_BEGUN:
            return f"{told.by} began to write a reply."
        case Kind.REPLY_DRAFTED:
            voids = "; what was approved, or asked for, before is void" if data.get("voids") else ""
            return f"{told.by} wrote the reply{voids}."
        case Kind.REPLY_RESTED:
            kept = "the draft is kept, and anybody may go on" if data.get("kept") else "nothing was written"
            return f"{told.person('person', 'Somebody')} stopped writing the reply: {kept}."
        case Kind.REPLY_DISCARDED:
            return f"{told.by} threw the reply away."
        case Kind.REPLY_ASKED:
            return f"{told.by} asked {told.person('to')} to approve the reply{told.until()}."
        case Kind.REPLY_PASSED_ON:
            former = told.person("former", "Somebody")
            return f"{former} did not answer, so {told.person('to')} is asked to approve the reply{told.until()}."
        case Kind.REPLY_UNAPPROVED:
            return f"Nobody approved the reply in time, so it is back with {told.person('author', 'its author')}."
        case Kind.REPLY_APPROVED:
            how = "changed and approved" if data.get("edited") else "approved"
            return f"{told.by} {how} the reply."
        case Kind.REPLY_RETURNED:
            return (
                f"{told.by} returned the reply to {told.person('author', 'its author')}{told.saying('why')}"
            )
        case _:
            return _leaving(told, kind)


def _leaving(told: Told, kind: Kind) -> str:
    data = told.event.data
    match kind:
        case Kind.REPLY_LEAVING:
            return f"{told.by} pressed Publish; the reply leaves in ten seconds."
        case Kind.REPLY_CANCELLED:
            return f"{told.by} stopped the reply before it left."
        case Kind.REPLY_HELD:
            return f"The reply was not published{_because(told)}. Its words are kept."
        case Kind.REPLY_DELAYED:
            return f"The network does not take the reply now{_because(told)}. It is tried again by itself."
        case Kind.REPLY_DECLINED:
            return f"The reply was not published{told.saying('why')}"
        case Kind.REPLY_UNSURE:
            return f"Whether the reply is out cannot be told{told.saying('why')}"
        case _:
            approved = f", approved by {told.person('approved_by')}" if data.get("approved_by") else ""
            return f"The reply of {told.by} was published{approved}{told.saying('text')}"


def _because(told: Told) -> str:
    why = told.word("why").rstrip(".")
    return f", because {why[:1].lower()}{why[1:]}" if why else ""
