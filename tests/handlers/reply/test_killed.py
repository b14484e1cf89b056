"""kill -9 while a reply is published: it stands there once, and the case knows."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]


def run(folder: Path, when: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.handlers.reply.dying", str(folder), when]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=240)


@pytest.mark.parametrize("when", ["before", "after"])
def test_it_stands_once(tmp_path: Path, when: str) -> None:
    killed = run(tmp_path, when)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    stands = (tmp_path / "network.jsonl").read_text().splitlines()
    assert len(stands) == (1 if when == "after" else 0)
    done = run(tmp_path, "never")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"reply": False, "published": 1}
    (post,) = (tmp_path / "network.jsonl").read_text().splitlines()
    assert json.loads(post)["text"] == "We are on it."
