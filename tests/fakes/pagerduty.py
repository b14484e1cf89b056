"""PagerDuty's Events API v2 as it answers: keys, required fields, 202, 400 and 429; and its signed V3 webhooks."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

KEY = "0123456789abcdef0123456789abcdef"
SECRET = "a-webhook-secret"
_SEVERITIES = ("critical", "error", "warning", "info")


@dataclass
class PagerDutyServer:
    """`incidents` are open ones by their dedup key; `failing` answers are given before anything is looked at."""

    url: str = ""
    incidents: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    failing: list[int] = field(default_factory=list)

    async def enqueue(self, request: web.Request) -> web.Response:
        if self.failing:
            status = self.failing.pop(0)
            return web.json_response({"status": "busy"}, status=status, headers={"Retry-After": "3"})
        event = await request.json()
        errors = list(_errors(event))
        if errors:
            return web.json_response(
                {"status": "invalid event", "message": "Event object is invalid", "errors": errors},
                status=400,
            )
        self.events.append(event)
        key = event["dedup_key"]
        if event["event_action"] == "trigger":
            self.incidents.setdefault(key, event["payload"])
        elif event["event_action"] == "resolve":
            self.incidents.pop(key, None)
        return web.json_response({"status": "success", "dedup_key": key}, status=202)

    async def acknowledges(self, key: str, to: str, *, event: str = "01EVENT", secret: str = SECRET) -> int:
        """Somebody acknowledged the incident in PagerDuty, which tells `to`; the status it is answered."""
        data = {"id": "PGR0VU2", "type": "incident", "status": "acknowledged", "incident_key": key}
        told = {
            "event": {
                "id": event,
                "event_type": "incident.acknowledged",
                "resource_type": "incident",
                "data": data,
            }
        }
        body = json.dumps(told).encode()
        signature = "v1=" + hmac.digest(secret.encode(), body, "sha256").hex()
        headers = {"X-PagerDuty-Signature": f"v1=00,{signature}", "Content-Type": "application/json"}
        async with ClientSession() as http, http.post(to, data=body, headers=headers) as answer:
            return answer.status


def _errors(event: dict[str, Any]) -> list[str]:
    found = []
    if event.get("routing_key") != KEY:
        found.append("'routing_key' is invalid")
    if event.get("event_action") not in ("trigger", "acknowledge", "resolve"):
        found.append("'event_action' is invalid")
    if len(event.get("dedup_key", "")) > 255:
        found.append("'dedup_key' is too long (maximum is 255 characters)")
    payload = event.get("payload", {})
    if event.get("event_action") == "trigger":
        if not 0 < len(payload.get("summary", "")) <= 1024 or not payload.get("source"):
            found.append("'payload.summary' or 'payload.source' is missing or blank")
        if payload.get("severity") not in _SEVERITIES:
            found.append("'payload.severity' is invalid")
    elif not event.get("dedup_key"):
        found.append("'dedup_key' is missing or blank")
    return found


@asynccontextmanager
async def pagerduty() -> AsyncIterator[PagerDutyServer]:
    fake = PagerDutyServer()
    app = web.Application()
    app.add_routes([web.post("/v2/enqueue", fake.enqueue)])
    async with TestServer(app, host="127.0.0.1") as server:
        fake.url = f"http://127.0.0.1:{server.port}"
        yield fake
