"""The image: what its recipe says, and that what it makes works."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.deploy import DEPLOY, TOP
from tests.deploy.image import Image, stages, steps

SECRET = "whsec_a2VlcC10aGlzLXRvLXlvdXJzZWxmLTAxMjM0NTY3ODk="

pytestmark = [
    # One process for all of them: the image is made once, and making it takes a minute or, on a busy machine, several.
    pytest.mark.xdist_group("image"),
    pytest.mark.timeout(1800),
]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    made = Image(tmp_path_factory.mktemp("image") / "root")
    made.build()
    policy = Path(made.env["BATON_POLICY"])
    policy.parent.mkdir(parents=True)
    policy.write_bytes((TOP / "bot/policy/starter.toml").read_bytes())
    return made


@pytest.fixture
def env(image: Image, tmp_path: Path) -> dict[str, str]:
    """The container's environment: the image's own, a free port, and a secret in a file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "webhook_secrets").write_text(f"{SECRET}\n")
    given = {"BATON_PORT": str(port), "BATON_WEBHOOK_SECRETS_FILE": str(tmp_path / "webhook_secrets")}
    return {**image.env, **given}


@pytest.fixture
def serving(image: Image, env: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (tmp_path / "log").open("wb") as log:
        desk = subprocess.Popen(image.command(), env=env, cwd=image.folder, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 120
            while not image.healthy(env):
                assert desk.poll() is None and time.monotonic() < until, (tmp_path / "log").read_text()
                time.sleep(0.2)
            yield desk
        finally:
            desk.kill()
            desk.wait()


def test_the_linter_finds_nothing() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "hadolint", DEPLOY / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_nothing_goes_into_the_build_but_what_is_copied() -> None:
    rules = (DEPLOY / "Dockerfile.dockerignore").read_text().split("\n")
    rules = [rule for rule in rules if rule and not rule.startswith("#")]
    copied = [source for name, value in steps() if name == "COPY" for source in value.split()[:-1]]
    sources = {each for each in copied if not each.startswith(("--", "/"))}
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == sources
    assert all((TOP / source).exists() for source in sources)


def test_the_image_is_nobody_s_and_runs_no_step_of_its_own() -> None:
    last = dict(stages()[-1])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert "RUN" not in last
    assert json.loads(last["ENTRYPOINT"]) == ["baton"] and json.loads(last["CMD"]) == ["serve"]
    # Else it could not be given as a file: a setting and its file together are refused.
    assert "BATON_DATABASE_URL" not in last["ENV"]


def test_it_holds_the_desk_compiled_and_no_tools_to_build_with(image: Image) -> None:
    (packages,) = (image.root / "opt/baton/lib").glob("python*/site-packages")
    assert not [each for each in ("pip", "setuptools", "pytest") if (packages / each).exists()]
    for room in ("bot", "handlers", "adapters", "storage"):
        sources = {file.stem for file in (packages / room).rglob("*.py")}
        compiled = {file.name.partition(".")[0] for file in (packages / room).rglob("*.pyc")}
        assert sources == compiled != set()


def test_the_desk_in_it_takes_mentions_keeps_its_secret_and_ends_well(
    image: Image, env: dict[str, str], serving: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    before = _files(image.root / "opt")
    assert _post(env["BATON_PORT"]) == 202
    with urllib.request.urlopen(f"http://127.0.0.1:{env['BATON_PORT']}/readyz", timeout=30) as answer:
        ready = json.load(answer)
    assert ready["ready"] is True
    serving.terminate()
    assert serving.wait(60) == 0
    assert not image.healthy(env)
    log = (tmp_path / "log").read_text()
    assert "the desk is open" in log and SECRET.removeprefix("whsec_") not in log
    # Where it runs only /data and /tmp may be written.
    assert _files(image.root / "opt") == before
    assert (image.root / "data/baton.db").exists()


def test_commands_run_in_it(image: Image, env: dict[str, str]) -> None:
    for words in (("migrate",), ("cases",), ("audit", "verify"), ("policy", "check")):
        done = subprocess.run(
            image.command(*words), env=env, cwd=image.folder, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)


def test_a_secret_s_file_that_is_missing_is_told_and_nothing_starts(
    image: Image, env: dict[str, str]
) -> None:
    wrong = {**env, "BATON_WEBHOOK_SECRETS_FILE": "/run/secrets/gone"}
    done = subprocess.run(
        image.command(), env=wrong, cwd=image.folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2
    assert "BATON_WEBHOOK_SECRETS_FILE is /run/secrets/gone, which cannot be read" in done.stderr


def _post(port: str) -> int:
    now = datetime.now(UTC)
    mention = {
        "source": "x",
        "id": "1849",
        "created_at": now.isoformat(),
        "author": {"handle": "marta_k"},
        "text": "Third week without my parcel.",
    }
    body = json.dumps(mention)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", now, body),
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/mentions", data=body.encode(), headers=headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.status)


def _files(folder: Path) -> set[tuple[str, int]]:
    return {
        (os.path.join(at, name), os.stat(os.path.join(at, name), follow_symlinks=False).st_mtime_ns)
        for at, _, names in os.walk(folder)
        for name in names
    }
