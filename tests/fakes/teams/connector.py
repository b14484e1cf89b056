"""What the Bot Connector does with each call. learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference

Refusals: learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages and
…/bots/build-conversational-capability (status codes from bot conversational APIs).
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.teams.cards import CARD, MOST_CARD, broken_rules, size
from tests.fakes.teams.state import (
    BOT,
    BOT_NAME,
    Conversation,
    Json,
    Message,
    Refused,
    Tenant,
    User,
    base_id,
    root_id,
)

MOST_MESSAGE: Final = 100 * 1024
"""Bytes of a message in UTF-16."""
FEWEST_PAGE, MOST_PAGE = 50, 500
_KINDS: Final = ("message", "typing")


@dataclass
class Connector:
    """`broken` are the rules of Teams' that our app broke."""

    tenant: Tenant
    broken: list[str] = field(default_factory=list)

    # -- writing -----------------------------------------------------------------------------------------

    def create(self, body: Json) -> tuple[int, Json]:
        """A chat with one person (without a message), or a new thread in a channel (with its first one)."""
        said = str(body.get("tenantId") or body.get("channelData", {}).get("tenant", {}).get("id") or "")
        if said and said != self.tenant.id:
            raise Refused(403, "Forbidden", f"The bot is not in tenant {said}.")
        channel = (body.get("channelData") or {}).get("channel") or {}
        if body.get("isGroup"):
            return self._thread(body, str(channel.get("id") or ""))
        members = body.get("members") or []
        if len(members) != 1 or channel:
            raise _bad(
                "a personal chat is created with one member, a thread with isGroup and channelData.channel.id"
            )
        if not said:
            raise _bad("a personal chat needs the tenant's id")
        if body.get("activity"):
            raise _bad("a personal chat is created without an activity: it is posted afterwards")
        user = self._person(str(members[0].get("id") or ""))
        conversation = self.tenant.personal(user)
        return 201, {"id": conversation.id}

    def post(self, conversation: str, body: Json, reply_to: str | None = None) -> tuple[int, Json]:
        place, root = self._writable(conversation), root_id(conversation) or reply_to
        if place.kind != "channel":
            root = None
        if root is not None:
            above = self._message(place, root)
            root = above.root or above.id
        if body.get("type") == "typing":
            return 202, {}
        return 201, {"id": self._add(place, body, root).id}

    def edit(self, conversation: str, activity: str, body: Json) -> tuple[int, Json]:
        place = self._writable(conversation)
        message = self._ours(place, activity)
        self._take(body)
        message.body, message.edits = copy.deepcopy(body), message.edits + 1
        message.shown_to.clear()
        return 200, {"id": message.id}

    def delete(self, conversation: str, activity: str) -> tuple[int, Json]:
        message = self._ours(self._writable(conversation), activity)
        message.deleted = True
        return 200, {}

    # -- asking -------------------------------------------------------------------------------------------

    def members(self, conversation: str) -> tuple[int, Any]:
        return 200, [self.tenant.member(user) for user in self.tenant.people_in(self._readable(conversation))]

    def paged_members(self, conversation: str, query: Json) -> tuple[int, Json]:
        people = self.tenant.people_in(self._readable(conversation))
        start = int(str(query.get("continuationToken") or "0").removeprefix("page-"))
        length = min(MOST_PAGE, max(FEWEST_PAGE, int(query.get("pageSize") or 200)))
        page = people[start : start + length]
        more = {"continuationToken": f"page-{start + length}"} if start + length < len(people) else {}
        return 200, {"members": [self.tenant.member(user) for user in page], **more}

    def member(self, conversation: str, named: str) -> tuple[int, Json]:
        """By bot-specific id, Entra object id, or user principal name."""
        for user in self.tenant.people_in(self._readable(conversation)):
            if named in (user.id, user.object_id, user.email):
                return 200, self.tenant.member(user)
        raise Refused(404, "MemberNotFoundInConversation", "Member not found in the conversation.")

    def team(self, id: str) -> tuple[int, Json]:
        team = self.tenant.teams.get(id)
        if team is None:
            raise Refused(404, "TeamNotFound", "Unknown team.")
        if not team.bot:
            raise _not_in_roster()
        return 200, {
            "id": team.id,
            "name": team.name,
            "aadGroupId": team.group,
            "tenantId": self.tenant.id,
            "channelCount": len(team.channels),
            "memberCount": len(self.tenant.users if team.members is None else team.members),
        }

    def channels(self, id: str) -> tuple[int, Json]:
        self.team(id)
        found = [self.tenant.conversations[name] for name in self.tenant.teams[id].channels]
        # The general channel has the team's own id, and no name.
        listed = [{"id": each.id, "name": None if each.id == id else each.name} for each in found]
        return 200, {"conversations": listed}

    # -- shared ---------------------------------------------------------------------------------------------

    def _thread(self, body: Json, channel: str) -> tuple[int, Json]:
        if not channel or not body.get("activity"):
            raise _bad("a thread is created with channelData.channel.id and its first activity")
        place = self._writable(channel)
        message = self._add(place, body["activity"], None)
        return 201, {"id": f"{place.id};messageid={message.id}", "activityId": message.id}

    def _add(self, place: Conversation, body: Json, root: str | None) -> Message:
        self._take(body)
        message = Message(self.tenant.activity_id(), copy.deepcopy(body), None, root)
        place.messages.append(message)
        return message

    def _take(self, body: Json) -> None:
        """Raises Refused for an activity that Teams would not show."""
        if body.get("type") not in _KINDS:
            raise _bad(f"an activity of type {body.get('type')!r} is not sent")
        if not (body.get("text") or body.get("attachments")):
            raise _bad("the message is empty")
        for attachment in body.get("attachments") or ():
            self._attachment(attachment)
        for entity in body.get("entities") or ():
            if entity.get("type") == "mention" and entity.get("text", "\0") not in body.get("text", ""):
                raise _bad(f"the mention {entity.get('text')!r} does not stand in the text")
        length = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le"))
        if length > MOST_MESSAGE:
            raise Refused(413, "MessageSizeTooBig", f"Message size too large: {length}.")

    def _attachment(self, attachment: Json) -> None:
        if attachment.get("contentType") != CARD:
            raise _bad(f"an attachment of type {attachment.get('contentType')!r}")
        if (bytes_ := size(attachment.get("content"))) > MOST_CARD:
            raise Refused(413, "MessageSizeTooBig", f"The card has {bytes_} bytes.")
        if found := broken_rules(attachment.get("content")):
            raise _bad("; ".join(found))

    def _person(self, named: str) -> User:
        try:
            user = self.tenant.user(named)
        except KeyError:
            raise Refused(
                400, "BadSyntax", f"Bot-specific or Entra object id expected, not {named!r}."
            ) from None
        self._reaches(user)
        return user

    def _reaches(self, user: User) -> None:
        if user.tenant != self.tenant.id:
            raise Refused(403, "ForbiddenOperationException", "The user is of another tenant.")
        if user.blocked or not user.installed:
            raise Refused(403, "MessageWritesBlocked", "Bot has been blocked or removed by the user.")

    def _readable(self, conversation: str) -> Conversation:
        place = self.tenant.conversations.get(base_id(conversation))
        if place is None:
            raise Refused(404, "ConversationNotFound", "Conversation not found.")
        if not self.tenant.has_bot(place):
            raise _not_in_roster()
        return place

    def _writable(self, conversation: str) -> Conversation:
        place = self._readable(conversation)
        if place.person:
            self._reaches(self.tenant.users[place.person])
        return place

    def _message(self, place: Conversation, id: str) -> Message:
        found = place.find(id)
        if found is None:
            raise Refused(404, "ActivityNotFoundInConversation", "Message does not exist or is deleted.")
        return found

    def _ours(self, place: Conversation, id: str) -> Message:
        found = self._message(place, id)
        if found.author is not None:
            raise Refused(
                403, "NotEnoughPermissions", "A bot changes its own messages only.", rule="not our own"
            )
        return found


def bot() -> Json:
    return {"id": BOT, "name": BOT_NAME}


def _bad(rule: str) -> Refused:
    return Refused(400, "BadArgument", rule, rule=rule)


def _not_in_roster() -> Refused:
    return Refused(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
