"""What people see."""

from __future__ import annotations

import copy

from tests.fakes.teams.forms import card_of
from tests.fakes.teams.state import BOT, BOT_NAME, Json, Message, Tenant, base_id


class Looking:
    """Everything returned is a copy, as it stands now: the activity, with `id` and `from`."""

    tenant: Tenant

    def messages(self, conversation: str) -> list[Json]:
        """What our bot says in the conversation's main line, oldest first; in a channel each is the root of a thread."""
        return [self._copy(m) for m in self._all(conversation) if m.root is None and m.author is None]

    def everything(self, conversation: str) -> list[Json]:
        """The main line with what people wrote."""
        return [self._copy(m) for m in self._all(conversation) if m.root is None]

    def thread(self, conversation: str, root: str, *, people: bool = True) -> list[Json]:
        """The replies below that message, oldest first."""
        found = [m for m in self._all(conversation) if m.root == root and (people or m.author is None)]
        return [self._copy(m) for m in found]

    def private(self, user: str) -> list[Json]:
        """What our bot says in the person's own chat, oldest first."""
        return self.messages(self.direct(user))

    def direct(self, user: str) -> str:
        """The id of the person's chat with our bot."""
        return self.tenant.personal(self.tenant.user(user)).id

    def message(self, conversation: str, id: str) -> Json:
        """That one message, in the main line or a thread. KeyError when it is gone."""
        return self._copy(self._one(conversation, id))

    def card(self, conversation: str, id: str, user: str | None = None) -> Json:
        """The card of that message; as `user` sees it, whom an answer may have given one of their own."""
        message = self._one(conversation, id)
        own = message.shown_to.get(self.tenant.user(user).object_id) if user else None
        return copy.deepcopy(own) if own else card_of(message.body)

    def own_cards(self, user: str) -> list[Json]:
        """The cards that stand in a message's place for this person alone."""
        known = self.tenant.user(user).object_id
        messages = [
            m for place in self.tenant.conversations.values() for m in place.messages if not m.deleted
        ]
        return [copy.deepcopy(m.shown_to[known]) for m in messages if known in m.shown_to]

    def edits(self, conversation: str, id: str) -> int:
        """How often that message was changed."""
        return self._one(conversation, id).edits

    def _all(self, conversation: str) -> list[Message]:
        known = self.tenant.conversations.get(base_id(conversation))
        return [m for m in known.messages if not m.deleted] if known else []

    def _one(self, conversation: str, id: str) -> Message:
        for message in self._all(conversation):
            if message.id == id:
                return message
        raise KeyError(id)

    def _copy(self, message: Message) -> Json:
        body = copy.deepcopy(message.body)
        who = {"id": BOT, "name": BOT_NAME} if message.author is None else body["from"]
        return {**body, "id": message.id, "from": who, "replyToId": message.root}
