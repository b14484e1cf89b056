"""What people do in dialogs and in the App Home."""

from __future__ import annotations

from tests.fakes.slack.acting import Acting
from tests.fakes.slack.answer import Answer
from tests.fakes.slack.forms import Values, filled, find_element
from tests.fakes.slack.limits import check_view
from tests.fakes.slack.payloads import interaction
from tests.fakes.slack.state import Json, Refused
from tests.fakes.slack.views import made, stacked


class Viewing(Acting):
    """`errors` are the sentences that stand under the fields of a user's dialog, by block_id."""

    errors: dict[str, dict[str, str]]

    async def open_home(self, user: str, tab: str = "home") -> Answer:
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.work.direct(user).id,
            "tab": tab,
            "event_ts": self.work.ts(),
        }
        if user in self.work.homes:
            event["view"] = self.work.homes[user]
        return await self._told(event, None)

    async def press_home(self, user: str, what: str, *, option: str | None = None) -> Answer:
        """Presses a button of the user's App Home."""
        view = self.work.homes.get(user)
        assert view, f"{user} has no home"
        return await self._press_in(view, user, what, option)

    async def press_modal(self, user: str, what: str, *, option: str | None = None) -> Answer:
        """Presses a button inside the dialog, which stays."""
        return await self._press_in(self._top(user), user, what, option)

    async def submit(self, user: str, values: Values | None = None) -> Answer:
        """Fills in the dialog by its labels or block ids, and sends it."""
        view = self._top(user)
        state = {"values": filled(view["blocks"], values or {}, whole=True)}
        payload = interaction(
            self.work,
            "view_submission",
            user,
            trigger_id=self.triggers.give(user, in_modal=True),
            view={**view, "state": state},
            response_urls=[],
        )
        answer = await self._interacted(payload)
        if answer.ok:
            self._follow(user, view, answer.body)
        return answer

    async def close(self, user: str) -> Answer | None:
        """Closes the dialog; our app hears of it where the view asks for that."""
        view = self.work.modals[user].pop()
        if not view["notify_on_close"]:
            return None
        payload = interaction(self.work, "view_closed", user, view=view, is_cleared=False)
        return await self._interacted(payload)

    async def _press_in(self, view: Json, user: str, what: str, option: str | None) -> Answer:
        block, element = find_element(view["blocks"], what)
        payload = interaction(
            self.work,
            "block_actions",
            user,
            container={"type": "view", "view_id": view["id"]},
            trigger_id=self.triggers.give(user, in_modal=view["type"] == "modal"),
            view=view,
            actions=[self._action(block, element, option)],
        )
        return await self._interacted(payload)

    def _top(self, user: str) -> Json:
        stack = self.work.modals.get(user)
        assert stack, f"{user} has no dialog open"
        return stack[-1]

    def _follow(self, user: str, view: Json, body: object) -> None:
        """What the answer to a submission makes of the dialog."""
        stack = self.work.modals[user]
        self.errors.pop(user, None)
        if not body:
            stack.remove(view)
            return
        assert isinstance(body, dict), f"the answer to a submission was {body!r}"
        action = body.get("response_action")
        if action == "errors":
            self._errors(user, view, body.get("errors") or {})
        elif action == "clear":
            stack.clear()
        else:
            self._next(user, view, body)

    def _next(self, user: str, view: Json, body: Json) -> None:
        try:
            check_view(self.work, body.get("view"), "modal")
            if body["response_action"] == "push":
                stacked(self.work, user, body["view"])
                return
            assert body["response_action"] == "update", body
            stack = self.work.modals[user]
            stack[stack.index(view)] = made(self.work, body["view"], old=view)
        except Refused as refused:
            self.broken.append(f"the answer to a submission: {refused}")

    def _errors(self, user: str, view: Json, errors: dict[str, str]) -> None:
        inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        if not errors or not set(errors) <= inputs:
            self.broken.append(
                f"response_action errors name {sorted(errors)}; the inputs are {sorted(inputs)}"
            )
        self.errors[user] = errors
