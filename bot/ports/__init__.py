"""What the desk asks of the world, as Protocols. Rooms to the left implement them; wiring joins them."""

from bot.ports.chat import Chat, ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown, Undeliverable
from bot.ports.clock import Clock
from bot.ports.doctor import Finding, Health
from bot.ports.identities import Identities, Identity, Standing
from bot.ports.intake import Appended, Incoming, Intake
from bot.ports.jobs import Hold, Job, Jobs, Lanes, Message, Put, Rank, Timers
from bot.ports.places import Place, Posted
from bot.ports.references import References
from bot.ports.sent import Sent
from bot.ports.store import (
    AlreadyDone,
    CaseFilter,
    Cases,
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
    "AlreadyDone",
    "Appended",
    "CaseFilter",
    "Cases",
    "Chat",
    "ChatError",
    "Clock",
    "Down",
    "Failed",
    "FateUnknown",
    "Finding",
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
    "Mentions",
    "Message",
    "Origin",
    "Overloaded",
    "Place",
    "Posted",
    "Put",
    "Queue",
    "Rank",
    "References",
    "Sent",
    "Shut",
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
]
