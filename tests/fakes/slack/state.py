"""What a workspace remembers: its people, channels, messages, views and files."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

TEAM: Final = "T0KETTLE001"
APP: Final = "A0BATON0001"
BOT: Final = "U0BATON0001"
BOT_ID: Final = "B0BATON0001"
BOT_TOKEN: Final = "xoxb-100-200-fake"
APP_TOKEN: Final = "xapp-1-A0BATON0001-fake"
SIGNING_SECRET: Final = "8f742231b10e8888abcd99yyyzzz85a5"
SCOPES: Final = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)

Json = dict[str, Any]


class Refused(Exception):
    """Slack's answer `{"ok": false, "error": code}`. `rule` is set when our app broke one of Slack's limits."""

    def __init__(self, code: str, rule: str = "", **more: Any) -> None:
        super().__init__(f"{code}: {rule}" if rule else code)
        self.code, self.rule, self.more = code, rule, more


@dataclass(frozen=True)
class Call:
    """One request to the Web API, as it arrived; `at` by the workspace's clock."""

    method: str
    arguments: Mapping[str, Any]
    at: datetime


@dataclass
class Message:
    """`body` is what every reader gets; `to` is the only reader of an ephemeral message."""

    body: Json
    metadata: Json | None = None
    to: str | None = None

    @property
    def ts(self) -> str:
        return str(self.body["ts"])

    @property
    def thread(self) -> str | None:
        """The message it answers; None for one of the main line."""
        root: str | None = self.body.get("thread_ts")
        return root if root != self.ts else None

    @property
    def ours(self) -> bool:
        return self.body.get("app_id") == APP


@dataclass
class Channel:
    """`members` is None for a channel that everybody is in. `person` is set in a direct message with the bot."""

    id: str
    name: str
    members: set[str] | None = None
    bot: bool = True
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    person: str | None = None
    messages: list[Message] = field(default_factory=list)

    def has(self, user: str) -> bool:
        if user == BOT:
            return self.bot
        return self.members is None or user in self.members

    @property
    def type(self) -> str:
        """As events name it."""
        return "im" if self.person else "group" if self.is_private else "channel"

    def find(self, ts: str) -> Message | None:
        return next((m for m in self.messages if m.ts == ts and m.to is None), None)


@dataclass
class File:
    id: str
    name: str
    length: int
    alt: str
    content: bytes | None = None
    complete: bool = False
    title: str = ""


@dataclass
class Group:
    id: str
    handle: str
    members: list[str]
    disabled: bool = False


@dataclass
class Workspace:
    """`now` is Slack's clock. `echo` is told of events that our own calls cause."""

    now: Callable[[], datetime]
    team: str = TEAM
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    users: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    modals: dict[str, list[Json]] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    home_enabled: bool = True
    revoked: bool = False
    strange_blocks: frozenset[str] = frozenset()
    echo: Callable[[Json], None] = lambda _event: None
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        return next(self._numbers)

    def id(self, prefix: str) -> str:
        return f"{prefix}0{self.number():09d}"

    def ts(self) -> str:
        """A message's name: unique, and later ones sort behind earlier ones while the clock goes forward."""
        return f"{int(self.now().timestamp())}.{self.number():06d}"

    def channel(self, name: Any, *, writing: bool = False) -> Channel:
        """The channel our bot may use. `writing` opens the direct message that a user's id stands for."""
        if writing and isinstance(name, str) and name in self.users:
            return self.direct(name)
        channel = self.channels.get(str(name))
        if channel is None or (channel.is_private and not channel.bot):
            raise Refused("channel_not_found")
        if not channel.bot:
            raise Refused("not_in_channel")
        if writing and channel.is_archived:
            raise Refused("is_archived")
        return channel

    def message(self, channel: Channel, ts: Any) -> Message:
        found = channel.find(str(ts))
        if found is None or found.body.get("subtype") == "tombstone":
            raise Refused("message_not_found")
        return found

    def direct(self, user: str) -> Channel:
        """The person's direct message with our bot."""
        for channel in self.channels.values():
            if channel.person == user:
                return channel
        opened = Channel(id=self.id("D"), name="", members={user}, person=user)
        self.channels[opened.id] = opened
        return opened

    def user(self, id: Any) -> Json:
        if str(id) not in self.users:
            raise Refused("user_not_found")
        return self.users[str(id)]


def system_time() -> datetime:
    return datetime.now(UTC)


def user_object(id: str, name: str, email: str, **flags: Any) -> Json:
    """A user as `users.info` gives it to an app that may read e-mail addresses."""
    handle = name.lower().replace(" ", ".")
    profile = {
        "real_name": name,
        "real_name_normalized": name,
        "display_name": handle,
        "display_name_normalized": handle,
        "title": "",
        "status_text": "",
        "team": flags.get("team_id", TEAM),
    }
    # A person of another workspace (Slack Connect) is seen without an e-mail address.
    if email and not flags.get("is_stranger"):
        profile["email"] = email
    user: Json = {
        "id": id,
        "team_id": TEAM,
        "name": handle,
        "deleted": False,
        "real_name": name,
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "is_email_confirmed": True,
        "updated": 1772442000,
    }
    return {**user, **flags}
