"""Redis, where there is one."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.cli.checks import Patient
from bot.ports import Finding
from storage.redis.doctor import examine
from storage.sql.database import is_server


async def redis(patient: Patient) -> AsyncIterator[Finding]:
    """Whether it answers, quickly, and lets us write."""
    if patient.config.redis_url:
        async for finding in examine(
            patient.config.redis_url, replicas=is_server(patient.config.database_url)
        ):
            yield finding
