"""botbuilder's door to Teams: its BotAdapter, sending over our own client.

Only the protocol is botbuilder's: activities, conversation references, turns. Its models take 5 ms to copy and write
a card of 9 kB, which is JSON already, so a card passes them by (`Ready`), and the rest takes a tenth of that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import (
    Activity,
    ConversationParameters,
    ConversationReference,
    ConversationResourceResponse,
    ResourceResponse,
)

from adapters.teams.api import TeamsApi
from adapters.teams.wire import named

T = TypeVar("T")

PERSONAL: Final = "personal"
CHANNEL: Final = "channel"


class Ready(dict[str, Any]):
    """JSON that is as it is to be sent: nobody changes it, so nobody copies it."""

    def __deepcopy__(self, memo: Mapping[int, Any]) -> Ready:
        return self


class Connector(BotAdapter):
    """Speaks for botbuilder's turns. What is said in a personal conversation is urgent: pages travel there.

    Every method raises ChatErrors only.
    """

    def __init__(self, api: TeamsApi) -> None:
        super().__init__()
        self._api = api

    async def within(self, reference: ConversationReference, say: Callable[[TurnContext], Awaitable[T]]) -> T:
        """What `say` returned, in a turn of our own within that conversation."""
        said: list[T] = []

        async def turn(context: TurnContext) -> None:
            said.append(await say(context))

        await self.continue_conversation(reference, turn)
        return said[0]

    async def send_activities(
        self, context: TurnContext, activities: Sequence[Activity]
    ) -> list[ResourceResponse]:
        """Posts each, in order; their ids."""
        return [ResourceResponse(id=await self._post(activity)) for activity in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        """Shows this activity in place of the one with its id."""
        answer = await self._api.call(
            "PUT",
            activity.service_url,
            f"{_activities(activity.conversation.id)}/{named(activity.id)}",
            _written(activity),
            conversation=base_of(activity.conversation.id),
            urgent=activity.conversation.conversation_type == PERSONAL,
        )
        return ResourceResponse(id=str(answer.get("id") or activity.id))

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Takes the message away. Urgent: it is there twice, and nobody would come back for it."""
        await self._api.call(
            "DELETE",
            reference.service_url,
            f"{_activities(reference.conversation.id)}/{named(reference.activity_id)}",
            conversation=base_of(reference.conversation.id),
            urgent=True,
        )

    async def create_conversation(
        self,
        reference: ConversationReference,
        logic: Callable[[TurnContext], Awaitable[None]] | None = None,
        conversation_parameters: ConversationParameters | None = None,
        channel_id: str | None = None,
        service_url: str | None = None,
        credentials: object = None,
    ) -> ConversationResourceResponse:
        """Begins a thread in the reference's channel with the parameters' activity. No turn follows it."""
        parameters = conversation_parameters or ConversationParameters()
        body = parameters.serialize()
        # botbuilder writes tenantID, which nobody reads.
        body["tenantId"] = body.pop("tenantID", None) or reference.conversation.tenant_id
        if parameters.activity is not None:
            body["activity"] = _written(parameters.activity)
        answer = await self._api.call(
            "POST",
            service_url or reference.service_url,
            "/v3/conversations",
            body,
            conversation=base_of(reference.conversation.id),
        )
        return ConversationResourceResponse(
            id=str(answer.get("id") or ""), activity_id=str(answer.get("activityId") or "")
        )

    async def _post(self, activity: Activity) -> str:
        answer = await self._api.call(
            "POST",
            activity.service_url,
            _activities(activity.conversation.id),
            _written(activity),
            conversation=base_of(activity.conversation.id),
            urgent=activity.conversation.conversation_type == PERSONAL,
        )
        return str(answer.get("id") or "")


def base_of(conversation: str) -> str:
    """The conversation without its thread: whose windows it counts against."""
    return conversation.partition(";")[0]


def _activities(conversation: str) -> str:
    return f"/v3/conversations/{named(conversation)}/activities"


def _written(activity: Activity) -> dict[str, Any]:
    """The activity as JSON. Attachments are JSON already."""
    attachments, activity.attachments = activity.attachments, None
    try:
        body: dict[str, Any] = activity.serialize()
    finally:
        activity.attachments = attachments
    # A turn of our own answers to nothing; botbuilder makes an id up.
    body.pop("replyToId", None)
    if attachments:
        body["attachments"] = [{"contentType": a.content_type, "content": a.content} for a in attachments]
    return body
