"""Words to calls: one grammar for every chat, the web and the command line."""

from bot.grammar.listener import Happened, Heard, Listener
from bot.grammar.parser import Grammar
from bot.grammar.slots import Setting
from bot.grammar.timewords import parse_day, parse_when
from bot.grammar.usage import Slot, example, slots_of

__all__ = [
    "Grammar",
    "Happened",
    "Heard",
    "Listener",
    "Setting",
    "Slot",
    "example",
    "parse_day",
    "parse_when",
    "slots_of",
]
