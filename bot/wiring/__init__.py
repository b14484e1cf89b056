"""The only room that knows every other: it joins them into a desk."""

from bot.wiring.application import application
from bot.wiring.desk import Chats, Desk, connect
from bot.wiring.running import running, set_standing_jobs

__all__ = ["Chats", "Desk", "application", "connect", "running", "set_standing_jobs"]
