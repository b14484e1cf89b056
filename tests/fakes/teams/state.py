"""What stands in the tenant: people, teams, their channels, chats and messages."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

Json = dict[str, Any]

APP_ID: Final = "7f2c9a41-5d0e-4b68-9c33-1e8a6b0d4f27"
TENANT: Final = "3d5f1b7c-8a90-4e21-b6d4-0c9e7f5a2b18"
SECRET: Final = "Q~kettle.secret-that-nobody-should-trust"
BOT: Final = f"28:{APP_ID}"
BOT_NAME: Final = "Baton"


class Refused(Exception):
    """The connector says no. `rule` is set when our app broke a rule that it could have known."""

    def __init__(self, status: int, code: str, message: str = "", *, rule: str = "") -> None:
        super().__init__(f"{status} {code}: {rule or message}")
        self.status, self.code, self.message, self.rule = status, code, message or code, rule


@dataclass(frozen=True)
class Call:
    """One request of our app. `key` is its template, such as `PUT /v3/conversations/{id}/activities/{activity}`;
    `path` the same with the ids in it, decoded; `conversation` whose windows it counts against, without `;messageid`.
    """

    key: str
    verb: str
    path: str
    body: Json
    at: datetime
    conversation: str = ""
    status: int = 0


@dataclass
class User:
    """`object_id` is the Entra object id, `id` the one that only our bot knows them by (29:…)."""

    object_id: str
    id: str
    name: str
    email: str
    tenant: str
    installed: bool = True
    blocked: bool = False
    role: str = "user"


@dataclass
class Team:
    """`members` None: everybody. `bot`: whether our app is in it."""

    id: str
    name: str
    group: str
    members: set[str] | None = None
    bot: bool = True
    reads_all: bool = False
    channels: list[str] = field(default_factory=list)


@dataclass
class Message:
    """An activity as it stands. `author` is an object id, None for our bot; `root` the message it is a reply to.

    `shown_to` are cards that stand in its place for single people: answers to what they pressed.
    """

    id: str
    body: Json
    author: str | None
    root: str | None = None
    deleted: bool = False
    edits: int = 0
    shown_to: dict[str, Json] = field(default_factory=dict)


@dataclass
class Conversation:
    """`kind` is channel, personal or groupChat. `person`: whose chat with our bot it is, an object id."""

    id: str
    kind: str
    name: str = ""
    team: str = ""
    person: str = ""
    members: set[str] | None = None
    bot: bool = True
    messages: list[Message] = field(default_factory=list)

    def find(self, id: str) -> Message | None:
        return next((m for m in self.messages if m.id == id and not m.deleted), None)


@dataclass
class Tenant:
    """`now` is Teams' clock."""

    now: Callable[[], datetime]
    id: str = TENANT
    users: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    _last: int = 0

    def activity_id(self) -> str:
        """Milliseconds, as Teams names its messages; no two are the same."""
        self._last = max(self._last + 1, int(self.now().timestamp() * 1000))
        return str(self._last)

    def user(self, named: str) -> User:
        """By Entra object id or bot-specific id. Raises KeyError."""
        for user in self.users.values():
            if named in (user.object_id, user.id):
                return user
        raise KeyError(named)

    def personal(self, user: User) -> Conversation:
        """The person's chat with our bot; it has the same id for ever."""
        for known in self.conversations.values():
            if known.person == user.object_id:
                return known
        opened = Conversation(id=f"a:1{_token(user.object_id, 48)}", kind="personal", person=user.object_id)
        self.conversations[opened.id] = opened
        return opened

    def team_of(self, conversation: Conversation) -> Team | None:
        return self.teams.get(conversation.team)

    def has_bot(self, conversation: Conversation) -> bool:
        team = self.team_of(conversation)
        return conversation.bot and (team is None or team.bot)

    def people_in(self, conversation: Conversation) -> list[User]:
        if conversation.person:
            return [self.users[conversation.person]]
        team = self.team_of(conversation)
        members = team.members if team else conversation.members
        return [user for user in self.users.values() if members is None or user.object_id in members]

    def member(self, user: User) -> Json:
        """A person as the roster gives them."""
        given, _, surname = user.name.partition(" ")
        return {
            "id": user.id,
            "name": user.name,
            "objectId": user.object_id,
            "aadObjectId": user.object_id,
            "givenName": given,
            "surname": surname,
            "email": user.email,
            "userPrincipalName": user.email,
            "tenantId": user.tenant,
            "userRole": user.role,
        }


def made_user(name: str, email: str, flags: Mapping[str, Any]) -> User:
    """`flags` are fields of User."""
    object_id = str(flags.get("object_id") or uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email or name}"))
    rest = {key: value for key, value in flags.items() if key not in ("object_id", "id", "tenant")}
    return User(
        object_id=object_id,
        id=str(flags.get("id") or f"29:1{_token(object_id, 52)}"),
        name=name,
        email=email,
        tenant=str(flags.get("tenant") or TENANT),
        **rest,
    )


def base_id(conversation: str) -> str:
    """Without `;messageid=`."""
    return conversation.partition(";")[0]


def root_id(conversation: str) -> str | None:
    """What `;messageid=` names."""
    _, _, rest = conversation.partition(";messageid=")
    return rest or None


def system_time() -> datetime:
    return datetime.now(UTC)


def _token(seed: str, length: int) -> str:
    digest = hashlib.sha512(seed.encode()).hexdigest()
    return digest[:length]
