"""The image's steps, run without a container: its absolute paths lie in a folder, and its commands run here.

What this cannot show is what a container adds: another user, another Python, a file system that takes no writes.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dockerfile_parse import DockerfileParser

from tests.deploy import DEPLOY, TOP

_ROOTS: Final = re.compile(r"(?<![\w./-])/(?=(?:opt|src|data|etc|tmp)\b)")
_WITHIN: Final = 1200.0


def steps() -> list[tuple[str, str]]:
    """(instruction, what follows it), of all stages."""
    parser = DockerfileParser(fileobj=io.BytesIO((DEPLOY / "Dockerfile").read_bytes()))
    found = [(each["instruction"], each["value"]) for each in parser.structure]
    return [each for each in found if each[0] != "COMMENT"]


def stages() -> list[list[tuple[str, str]]]:
    """The steps of each stage, beginning with its FROM."""
    found: list[list[tuple[str, str]]] = []
    for step in steps():
        if step[0] == "FROM":
            found.append([])
        if found:
            found[-1].append(step)
    return found


@dataclass(slots=True)
class Image:
    """An image in the folder `root`, once `build` has run."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)
    """The exec forms: ENTRYPOINT, CMD, HEALTHCHECK."""
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.root

    def here(self, text: str) -> str:
        """With the image's absolute paths as they are on this machine."""
        return _ROOTS.sub(f"{self.root}/", text)

    def build(self) -> None:
        """Runs every step. Raises RuntimeError with what a step said when it failed."""
        (self.root / "tmp").mkdir(parents=True)
        for stage in stages():
            self.env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
            for instruction, value in stage:
                getattr(self, f"_{instruction.lower()}", lambda _: None)(value)

    def command(self, *more: str) -> list[str]:
        """The entry point with its arguments, or with `more` instead of the usual ones."""
        entry = [*self.said["ENTRYPOINT"], *(more or self.said["CMD"])]
        return [shutil.which(entry[0], path=self.env["PATH"]) or entry[0], *entry[1:]]

    def healthy(self, env: dict[str, str]) -> bool:
        """Whether the image's own health check is content."""
        return subprocess.run(self.said["HEALTHCHECK"], env=env, check=False, timeout=60).returncode == 0

    def _workdir(self, value: str) -> None:
        self.folder = Path(self.here(value))
        self.folder.mkdir(parents=True, exist_ok=True)

    def _copy(self, value: str) -> None:
        words = shlex.split(value)
        sources, target = [word for word in words if not word.startswith("--")][:-1], self.here(words[-1])
        for source in sources:
            if any(word.startswith("--from=") for word in words):
                # The stages share one folder here.
                assert Path(self.here(source)).exists(), f"{source} was not made by an earlier stage"
                continue
            into = self.folder / target if not target.endswith("/") else self.folder / target / source
            if (TOP / source).is_dir():
                shutil.copytree(TOP / source, into, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
            else:
                shutil.copy(TOP / source, into)

    def _run(self, value: str) -> None:
        home = {name: each for name, each in os.environ.items() if not name.startswith(("BATON_", "PYTHON"))}
        done = subprocess.run(
            ["sh", "-ec", self.here(value)],
            cwd=self.folder,
            env={**home, **self.env},
            capture_output=True,
            text=True,
            check=False,
            timeout=_WITHIN,
        )
        if done.returncode:
            raise RuntimeError(f"RUN {value} failed:\n{done.stdout}\n{done.stderr}")

    def _env(self, value: str) -> None:
        for word in shlex.split(value):
            name, _, said = word.partition("=")
            self.env[name] = self.here(said).replace("$PATH", self.env["PATH"])

    def _entrypoint(self, value: str) -> None:
        self.said["ENTRYPOINT"] = json.loads(value)

    def _cmd(self, value: str) -> None:
        self.said["CMD"] = json.loads(value)

    def _healthcheck(self, value: str) -> None:
        command = json.loads(self.here(value.partition(" CMD ")[2]))
        self.said["HEALTHCHECK"] = [sys.executable, *command[1:]]
