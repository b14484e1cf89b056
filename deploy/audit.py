"""Known weaknesses in what Baton depends on, asked of PyPI for every locked package. Run by `make audit`.

Exits with 1 when there are findings, and when something was not looked up only with --must. pip-audit alone would not do:
it calls a package that an index knows nothing of "skipped" and the whole of them well, and where there is no network
it fails as if there were a finding.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

TOP: Final = Path(__file__).parents[1]
LOCKS: Final = ("requirements.lock", "tests/requirements.lock")
WITHIN: Final = 300.0

CLEAN: Final = "{count} packages looked up: no known weakness."
FOUND: Final = "{name} {version}: {id}, mended in {fixes}. {says}"
NOWHERE: Final = "no release yet"
NOT_ALL: Final = "NOT AUDITED: {missing} of {count} packages could not be looked up ({why})."
UNREACHED: Final = "NOT AUDITED: the register of weaknesses could not be reached ({why})."
TOO_SLOW: Final = f"no answer within {WITHIN:g} s"


def main(arguments: Sequence[str]) -> int:
    """The exit code, after having said what was found."""
    must = "--must" in arguments
    report, why = asked()
    if report is None:
        print(UNREACHED.format(why=why), file=sys.stderr)
        return int(must)
    return judge(report, must=must)


def asked() -> tuple[dict[str, Any] | None, str]:
    """pip-audit's report, or None and why there is none. Never takes longer than WITHIN."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        words = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--timeout=15"]
        words += ["--progress-spinner=off", "--format=json", f"--output={out}"]
        words += [f"--requirement={TOP / lock}" for lock in LOCKS]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=WITHIN)
        except subprocess.TimeoutExpired:
            return None, TOO_SLOW
        if not out.exists():
            return None, (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return report, ""


def judge(report: dict[str, Any], *, must: bool) -> int:
    """Says what the report means; `must`: what was not looked up counts as well."""
    packages = report["dependencies"]
    found = [(package, each) for package in packages for each in package.get("vulns", ())]
    for package, each in found:
        fixes = " or ".join(each["fix_versions"]) or NOWHERE
        says = (each.get("description") or "").strip().partition("\n")[0][:200]
        print(FOUND.format(**{**package, **each}, fixes=fixes, says=says))
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    if skipped:
        print(NOT_ALL.format(missing=len(skipped), count=len(packages), why=skipped[0]), file=sys.stderr)
    elif not found:
        print(CLEAN.format(count=len(packages)))
    return int(bool(found) or (must and bool(skipped)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
