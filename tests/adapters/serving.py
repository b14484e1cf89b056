"""A served application and somebody who asks it, for tests."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web

from adapters.http import Probe, Serving, application, serve
from adapters.metrics import Metrics


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return str(self.json["error"])


@dataclass
class Asker:
    """`ask` sends exactly the headers it is given, beside those that HTTP needs."""

    session: ClientSession
    serving: Serving
    metrics: Metrics

    async def ask(self, method: str, path: str, body: Any = None, headers: Any = ()) -> Answer:
        async with self.session.request(
            method, self.serving.url + path, data=body, headers=headers, skip_auto_headers=["Content-Type"]
        ) as response:
            return Answer(response.status, await response.read(), response.headers)


@asynccontextmanager
async def asking(
    *routes: web.AbstractRouteDef,
    checks: Mapping[str, Probe] | None = None,
    reported: Mapping[str, Probe] | None = None,
    metrics: Metrics | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[Asker]:
    metrics = metrics or Metrics(queue_depth=lambda: 3)
    app = application(
        routes=routes, checks=checks or {}, reported=reported or {}, metrics=metrics, new_id=lambda: "e-1"
    )
    async with serve(app, host, 0) as serving, ClientSession() as session:
        yield Asker(session, serving, metrics)
