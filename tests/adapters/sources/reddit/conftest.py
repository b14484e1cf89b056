"""What these tests start with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.sources.heard import Bench, bench
from tests.fakes.reddit import FakeReddit

__all__ = ["bench", "there"]


@pytest.fixture
async def there(bench: Bench) -> AsyncIterator[FakeReddit]:
    fake = FakeReddit(at=lambda: bench.now)
    async with fake.serving():
        yield fake
