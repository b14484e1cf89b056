"""views.*: dialogs and the App Home."""

from __future__ import annotations

import secrets
from typing import Final

from tests.fakes.slack.limits import check_view
from tests.fakes.slack.methods import Context, method
from tests.fakes.slack.state import APP, BOT_ID, Json, Refused, Workspace

MOST_STACKED: Final = 3


@method("views.open", needs="trigger_id view")
def open_view(context: Context, arguments: Json) -> Json:
    check_view(context.work, arguments["view"], "modal")
    trigger = context.triggers.use(arguments["trigger_id"])
    view = made(context.work, arguments["view"])
    context.work.modals[trigger.user] = [view]
    return {"view": view}


@method("views.push", needs="trigger_id view")
def push(context: Context, arguments: Json) -> Json:
    check_view(context.work, arguments["view"], "modal")
    trigger = context.triggers.use(arguments["trigger_id"])
    if not trigger.in_modal:
        raise Refused("invalid_trigger_id")
    return {"view": stacked(context.work, trigger.user, arguments["view"])}


@method("views.update", needs="view")
def update(context: Context, arguments: Json) -> Json:
    work = context.work
    for stack in work.modals.values():
        for place, view in enumerate(stack):
            if _is_meant(view, arguments):
                check_view(work, arguments["view"], "modal")
                _same_hash(view, arguments)
                stack[place] = made(work, arguments["view"], old=view)
                return {"view": stack[place]}
    raise Refused("not_found")


@method("views.publish", needs="user_id view")
def publish(context: Context, arguments: Json) -> Json:
    work, user = context.work, str(arguments["user_id"])
    if user not in work.users:
        raise Refused("invalid_arguments", f"there is no user {user}")
    if not work.home_enabled:
        raise Refused("not_enabled")
    check_view(work, arguments["view"], "home")
    old = work.homes.get(user)
    if old:
        _same_hash(old, arguments)
    elif arguments.get("hash"):
        raise Refused("hash_conflict")
    work.homes[user] = made(work, arguments["view"], old=old)
    return {"view": work.homes[user]}


def made(work: Workspace, view: Json, *, old: Json | None = None, stack: list[Json] | None = None) -> Json:
    """The view as Slack keeps it."""
    id = old["id"] if old else work.id("V")
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        **view,
        "id": id,
        "team_id": work.team,
        "state": {"values": {}},
        "hash": f"{int(work.now().timestamp())}.{secrets.token_hex(4)}",
        "previous_view_id": stack[-1]["id"] if stack else old["previous_view_id"] if old else None,
        "root_view_id": stack[0]["id"] if stack else old["root_view_id"] if old else id,
        "app_id": APP,
        "app_installed_team_id": work.team,
        "bot_id": BOT_ID,
    }


def stacked(work: Workspace, user: str, view: Json) -> Json:
    """The view on top of the user's others."""
    stack = work.modals.setdefault(user, [])
    if len(stack) >= MOST_STACKED:
        raise Refused("push_limit_reached")
    stack.append(made(work, view, stack=stack))
    return stack[-1]


def _is_meant(view: Json, arguments: Json) -> bool:
    if arguments.get("view_id"):
        return bool(view["id"] == arguments["view_id"])
    return bool(arguments.get("external_id")) and view["external_id"] == arguments["external_id"]


def _same_hash(view: Json, arguments: Json) -> None:
    if arguments.get("hash") and arguments["hash"] != view["hash"]:
        raise Refused("hash_conflict")
