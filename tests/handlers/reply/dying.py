"""A desk in a process of its own that is killed while it publishes: `python -m tests.handlers.reply.dying FOLDER WHEN`.

The network is a file beside the database, which outlives the process: one line for each post that stands there. WHEN is
`before` the post stands, `after` it, or `never`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.ports import Outgoing, Published
from tests.desk import MONDAY, Time
from tests.fakes.network import FakeNetwork
from tests.handlers.reply.square import a_square

CASE = 1001


@dataclass
class OnDisk(FakeNetwork):
    file: Path = Path()
    when: str = "never"

    async def publish(self, reply: Outgoing, *, again: bool) -> Published:
        known = [json.loads(line) for line in self.file.read_text().splitlines()]
        self._die("before")
        if not (again and any(one["key"] == reply.key for one in known)):
            with self.file.open("a") as file:
                file.write(json.dumps({"key": reply.key, "text": reply.text}) + "\n")
        self._die("after")
        return Published(external_id="r1", url="https://square.example/r1")

    def _die(self, now: str) -> None:
        if self.when == now:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(folder: Path, when: str) -> None:
    file = folder / "network.jsonl"
    first = not file.exists()
    file.touch()
    time = Time(MONDAY if first else MONDAY + timedelta(minutes=1))
    async with a_square(folder, OnDisk(file=file, when=when), time=time) as (desk, _):
        if first:
            assert await desk.mention(handle="marta") == CASE
            await desk.hears(f"claim {CASE}", from_="ben")
            await desk.hears(f"reply {CASE} We are on it.", from_="ben")
            await desk.hears(f"publish {CASE}", from_="ben")
        await desk.passes(minutes=3)
        case = await desk.case(CASE)
        kinds = await desk.kinds(CASE)
        print(json.dumps({"reply": case.reply is not None, "published": kinds.count("published")}))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
