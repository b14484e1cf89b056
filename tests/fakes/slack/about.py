"""auth.test, team.info, bots.info, apps.connections.open"""

from __future__ import annotations

from tests.fakes.slack.methods import Context, method
from tests.fakes.slack.state import APP, BOT, BOT_ID, Json, Refused


@method("api.test")
def api(context: Context, arguments: Json) -> Json:
    return {"args": arguments}


@method("auth.test")
def auth(context: Context, arguments: Json) -> Json:
    return {
        "url": "https://kettle.slack.com/",
        "team": "Kettle & Co",
        "user": "baton",
        "team_id": context.work.team,
        "user_id": BOT,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("team.info", "team:read", reads=True)
def team(context: Context, arguments: Json) -> Json:
    about = {"id": context.work.team, "name": "Kettle & Co", "domain": "kettle"}
    return {"team": {**about, "email_domain": "kettle.example"}}


@method("bots.info", "users:read", reads=True)
def bots(context: Context, arguments: Json) -> Json:
    if arguments.get("bot") not in (None, "", BOT_ID):
        raise Refused("bot_not_found")
    return {"bot": {"id": BOT_ID, "app_id": APP, "user_id": BOT, "name": "Baton", "deleted": False}}


@method("apps.connections.open", "connections:write", app_token=True)
def connect(context: Context, arguments: Json) -> Json:
    return {"url": context.ticket()}
