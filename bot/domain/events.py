"""What happened to a case, as facts that never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.people import PersonId

Datum = str | int | float | bool | None


class Kind(StrEnum):
    """Every fact the desk records. The names are kept in the database: add, never rename."""

    OPENED = "opened"
    JOINED = "joined"
    REVISED = "revised"
    REMOVED = "removed"
    COMPLETED = "completed"
    REOPENED = "reopened"
    CLAIMED = "claimed"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    RELEASED = "released"
    EXTENDED = "extended"
    LEASE_WARNED = "lease_warned"
    LAPSED = "lapsed"
    PROLONGED = "prolonged"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OFFER_HALFWAY = "offer_halfway"
    OFFER_EXPIRED = "offer_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    CONSULTED = "consulted"
    CONSULT_DECLINED = "consult_declined"
    CONSULT_EXPIRED = "consult_expired"
    CONSULT_WITHDRAWN = "consult_withdrawn"
    NOTED = "noted"
    NOTE_CHANGED = "note_changed"
    NOTE_WITHDRAWN = "note_withdrawn"
    PRIORITISED = "prioritised"
    WAITING = "waiting"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    RESPONDED = "responded"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    SLA_WARNED = "sla_warned"
    SLA_MISSED = "sla_missed"
    ESCALATED = "escalated"
    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"
    PASSED = "passed"
    CLIMBED = "climbed"
    ESCALATION_OVER = "escalation_over"
    ESCALATION_EXHAUSTED = "escalation_exhausted"
    MERGED = "merged"
    MERGED_INTO = "merged_into"
    SEPARATED = "separated"
    SURGED = "surged"
    AKIN = "akin"
    REPOSTED = "reposted"
    RESTRICTED = "restricted"
    TAGGED = "tagged"
    UNDONE = "undone"
    FROZEN = "frozen"
    THAWED = "thawed"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_ACCEPTED = "handover_accepted"
    HANDOVER_DECLINED = "handover_declined"
    HANDOVER_EXPIRED = "handover_expired"
    HANDOVER_WITHDRAWN = "handover_withdrawn"
    RELIEVED = "relieved"
    AWAY = "away"
    COVERED = "covered"
    BACK = "back"
    REPLY_BEGUN = "reply_begun"
    REPLY_DRAFTED = "reply_drafted"
    REPLY_RESTED = "reply_rested"
    REPLY_DISCARDED = "reply_discarded"
    REPLY_ASKED = "reply_asked"
    REPLY_PASSED_ON = "reply_passed_on"
    REPLY_UNAPPROVED = "reply_unapproved"
    REPLY_APPROVED = "reply_approved"
    REPLY_RETURNED = "reply_returned"
    REPLY_LEAVING = "reply_leaving"
    REPLY_CANCELLED = "reply_cancelled"
    REPLY_HELD = "reply_held"
    REPLY_DELAYED = "reply_delayed"
    REPLY_DECLINED = "reply_declined"
    REPLY_UNSURE = "reply_unsure"
    PUBLISHED = "published"
    UNDELIVERED = "undelivered"
    EXPORTED = "exported"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact. `at` is business time, UTC; `by` is the person, or DESK for the desk itself.

    `department` owned the case after the fact; `data` may hold personal text and can be erased.
    """

    kind: Kind
    at: datetime
    by: PersonId
    department: str
    data: Mapping[str, Datum] = field(default_factory=dict)
    place: str = ""
    seq: int = 0
