"""What the desk asks of the world, as Protocols. Rooms to the left implement them; wiring joins them."""

from bot.ports.board import Board, Load
from bot.ports.chat import Chat, ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown, Undeliverable
from bot.ports.clock import Clock
from bot.ports.copies import Lead, Leads
from bot.ports.doctor import Finding, Health
from bot.ports.identities import Identities, Identity, Standing
from bot.ports.intake import Appended, Incoming, Intake
from bot.ports.jobs import Hold, Job, Jobs, Lanes, Message, Put, Rank, Timers
from bot.ports.outages import Meanwhile, Outages
from bot.ports.places import Place, Posted
from bot.ports.references import References
from bot.ports.sent import Sent
from bot.ports.signin import LINK_LIVES, Links, Session, SignIns, digest_of
from bot.ports.store import (
    AbsenceBook,
    AlreadyDone,
    CaseFilter,
    Cases,
    Freezes,
    JobLost,
    Mentions,
    Origin,
    Overloaded,
    Queue,
    Stale,
    Store,
    Tallies,
    Tally,
    Thread,
    Work,
)
from bot.ports.web import WebLog, WebMessage

__all__ = [
    "LINK_LIVES",
    "AbsenceBook",
    "AlreadyDone",
    "Appended",
    "Board",
    "CaseFilter",
    "Cases",
    "Chat",
    "ChatError",
    "Clock",
    "Down",
    "Failed",
    "FateUnknown",
    "Finding",
    "Freezes",
    "Gone",
    "Health",
    "Hold",
    "Identities",
    "Identity",
    "Incoming",
    "Intake",
    "Job",
    "JobLost",
    "Jobs",
    "Lanes",
    "Lead",
    "Leads",
    "Links",
    "Load",
    "Meanwhile",
    "Mentions",
    "Message",
    "Origin",
    "Outages",
    "Overloaded",
    "Place",
    "Posted",
    "Put",
    "Queue",
    "Rank",
    "References",
    "Sent",
    "Session",
    "Shut",
    "SignIns",
    "SlowDown",
    "Stale",
    "Standing",
    "Store",
    "Tallies",
    "Tally",
    "Thread",
    "Timers",
    "Undeliverable",
    "WebLog",
    "WebMessage",
    "Work",
    "digest_of",
]
