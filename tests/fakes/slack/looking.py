"""What people see."""

from __future__ import annotations

import copy

from tests.fakes.slack.state import Json, Message, Workspace


class Looking:
    """Everything returned is a copy, as it stands now."""

    work: Workspace

    def messages(self, channel: str) -> list[Json]:
        """The channel's main line, oldest first; what a deleted thread's root leaves is none."""
        found = self._all(channel)
        return [_copy(m) for m in found if m.to is None and m.thread is None and "subtype" not in m.body]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """The replies below that message, oldest first."""
        return [_copy(m) for m in self._all(channel) if m.to is None and m.thread == ts]

    def ephemerals(self, channel: str, user: str) -> list[Json]:
        """What only this user sees there, oldest first."""
        return [_copy(m) for m in self._all(channel) if m.to == user]

    def message(self, channel: str, ts: str) -> Json:
        """That one message, in the main line or a thread. KeyError when it is gone."""
        found = self.work.channels[channel].find(ts)
        if found is None or found.body.get("subtype") == "tombstone":
            raise KeyError(ts)
        return _copy(found)

    def direct(self, user: str) -> str:
        """The id of the user's direct messages with our bot."""
        return self.work.direct(user).id

    def modal(self, user: str) -> Json | None:
        """The dialog on top of that user's screen."""
        stack = self.work.modals.get(user)
        return copy.deepcopy(stack[-1]) if stack else None

    def home(self, user: str) -> Json | None:
        return copy.deepcopy(self.work.homes.get(user))

    def _all(self, channel: str) -> list[Message]:
        return self.work.channels[channel].messages


def _copy(message: Message) -> Json:
    body: Json = copy.deepcopy(message.body)
    return {**body, "metadata": copy.deepcopy(message.metadata)} if message.metadata else body
