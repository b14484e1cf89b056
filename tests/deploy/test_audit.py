"""`make audit`: what counts as a finding, and that silence is never taken for health."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from deploy import audit

WELL = {"name": "aiohttp", "version": "3.14.0", "vulns": []}
WEAK = {
    "name": "jinja2",
    "version": "2.4",
    "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"], "description": "A way out.\nMore."}],
}
SKIPPED = {"name": "click", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "must", "code", "says"),
    [
        ([WELL], False, 0, "1 packages looked up: no known weakness."),
        ([WELL, WEAK], False, 1, "jinja2 2.4: PYSEC-2019-217, mended in 2.10.1. A way out."),
        ([WEAK, SKIPPED], False, 1, "NOT AUDITED: 1 of 2 packages"),
        ([WELL, SKIPPED], False, 0, "NOT AUDITED: 1 of 2 packages"),
        ([WELL, SKIPPED], True, 1, "NOT AUDITED: 1 of 2 packages"),
    ],
)
def test_what_a_report_means(
    packages: list[dict[str, Any]], must: bool, code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.judge({"dependencies": packages}, must=must) == code
    printed = capsys.readouterr()
    assert says in printed.out + printed.err
    assert ("no known weakness" in printed.out) is (packages == [WELL])


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--must",), 1)])
def test_a_register_that_cannot_be_reached_is_said_and_is_no_finding(
    arguments: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, stdout="", stderr="Traceback\nConnectionError: no route")

    monkeypatch.setattr(subprocess, "run", fails)
    assert audit.main(arguments) == code
    assert "NOT AUDITED" in capsys.readouterr().err


def test_it_never_hangs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def hangs(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired("pip_audit", timeout)

    monkeypatch.setattr(subprocess, "run", hangs)
    assert audit.main(()) == 0
    assert "no answer within 300 s" in capsys.readouterr().err
