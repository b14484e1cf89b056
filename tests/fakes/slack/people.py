"""users.* and usergroups.*"""

from __future__ import annotations

from tests.fakes.slack.methods import Context, flag, method, page
from tests.fakes.slack.state import Group, Json, Refused, Workspace


@method("users.info", "users:read", needs="user", reads=True)
def info(context: Context, arguments: Json) -> Json:
    return {"user": seen_by_app(context.work, context.work.user(arguments["user"]))}


@method("users.lookupByEmail", "users:read.email", needs="email", reads=True)
def lookup(context: Context, arguments: Json) -> Json:
    """Knows nobody who left, and nobody of other workspaces."""
    wanted = str(arguments["email"]).lower()
    for user in context.work.users.values():
        strange = user.get("is_stranger") or user["team_id"] != context.work.team
        if user["profile"].get("email", "").lower() == wanted and not user["deleted"] and not strange:
            return {"user": seen_by_app(context.work, user)}
    raise Refused("users_not_found")


@method("users.list", "users:read", reads=True)
def everybody(context: Context, arguments: Json) -> Json:
    shown, more = page(list(context.work.users.values()), arguments, usual=200)
    members = [seen_by_app(context.work, user) for user in shown]
    return {"members": members, "response_metadata": {"next_cursor": more}}


@method("usergroups.list", "usergroups:read", reads=True)
def groups(context: Context, arguments: Json) -> Json:
    with_users, disabled = flag(arguments, "include_users"), flag(arguments, "include_disabled")
    listed = [
        group_object(context.work, group, with_users=with_users)
        for group in context.work.groups.values()
        if disabled or not group.disabled
    ]
    return {"usergroups": listed}


@method("usergroups.users.list", "usergroups:read", needs="usergroup", reads=True)
def members(context: Context, arguments: Json) -> Json:
    group = context.work.groups.get(str(arguments["usergroup"]))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": [id for id in group.members if not context.work.users[id]["deleted"]]}


def seen_by_app(work: Workspace, user: Json) -> Json:
    """Without its scope an app is not told the e-mail address."""
    if "users:read.email" in work.scopes:
        return user
    profile = {key: value for key, value in user["profile"].items() if key != "email"}
    return {**user, "profile": profile}


def group_object(work: Workspace, group: Group, *, with_users: bool) -> Json:
    about: Json = {
        "id": group.id,
        "team_id": work.team,
        "is_usergroup": True,
        "name": group.handle.title(),
        "handle": group.handle,
        "date_delete": 1772442000 if group.disabled else 0,
        "user_count": len(group.members),
    }
    return {**about, "users": list(group.members)} if with_users else about
