"""Meta on this machine, and a desk that it pushes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.sources.pushing import Pushed, pushed_to
from tests.fakes.meta import ACCOUNT, APP_SECRET, INSTAGRAM, PAGE, TOKEN, FakeMeta

WORD = "a-word-that-we-agreed-on"
KEYS = {"app_secret": APP_SECRET, "verify": WORD, "page_token": TOKEN}


@pytest.fixture
async def meta() -> AsyncIterator[FakeMeta]:
    async with FakeMeta().running() as server:
        yield server


@pytest.fixture
async def desk(tmp_path: Path, meta: FakeMeta) -> AsyncIterator[Pushed]:
    both = "\n".join(
        f'[sources.{name}]\nkind = "meta"\naccount = "{ACCOUNT}"\nurl = "{meta.url}"\nreply = true\n{number}'
        for name, number in (("facebook", f'page = "{PAGE}"'), ("instagram", f'instagram = "{INSTAGRAM}"'))
    )
    async with pushed_to(tmp_path, both, {"facebook": KEYS, "instagram": KEYS}) as pushed:
        yield pushed
