"""What these tests start with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.sources.heard import Bench, bench
from tests.fakes.youtube import FakeYouTube

__all__ = ["bench", "there"]


@pytest.fixture
async def there(bench: Bench) -> AsyncIterator[FakeYouTube]:
    fake = FakeYouTube(at=lambda: bench.now)
    async with fake.serving():
        yield fake
