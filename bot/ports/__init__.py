"""What the desk asks of the world, as Protocols. Rooms to the left implement them; wiring joins them."""

from bot.ports.bell import Bell
from bot.ports.board import Board, Load
from bot.ports.budgets import Budgets, Limits, Rate, Window
from bot.ports.chat import Chat, ChatError, Down, Failed, FateUnknown, Gone, Shut, SlowDown, Undeliverable
from bot.ports.clock import Clock
from bot.ports.copies import Lead, Leads
from bot.ports.doctor import Finding, Health
from bot.ports.identities import Identities, Identity, Standing
from bot.ports.intake import Appended, Incoming, Intake
from bot.ports.jobs import Hold, Job, Jobs, Lanes, Message, Put, Rank, Timers
from bot.ports.outages import Meanwhile, Outages
from bot.ports.own_budgets import OwnBudgets, Spent
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
from bot.ports.underway import NoUnderway, Underway
from bot.ports.web import WebLog, WebMessage

__all__ = [
    "LINK_LIVES",
    "AbsenceBook",
    "AlreadyDone",
    "Appended",
    "Bell",
    "Board",
    "Budgets",
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
    "Limits",
    "Links",
    "Load",
    "Meanwhile",
    "Mentions",
    "Message",
    "NoUnderway",
    "Origin",
    "Outages",
    "Overloaded",
    "OwnBudgets",
    "Place",
    "Posted",
    "Put",
    "Queue",
    "Rank",
    "Rate",
    "References",
    "Sent",
    "Session",
    "Shut",
    "SignIns",
    "SlowDown",
    "Spent",
    "Stale",
    "Standing",
    "Store",
    "Tallies",
    "Tally",
    "Thread",
    "Timers",
    "Undeliverable",
    "Underway",
    "WebLog",
    "WebMessage",
    "Window",
    "Work",
    "digest_of",
]
