"""What is wrong with a policy file: told all at once, each with its place and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from rapidfuzz import fuzz, process

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands: keys, and positions in lists (from 0)."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Severity(StrEnum):
    """A MISTAKE refuses the policy; a WARNING lets it work, perhaps not as meant."""

    MISTAKE = "mistake"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to change. `line` counts from 1; `field` is the key as TOML writes it, list items from 1."""

    file: str
    line: int
    field: str
    message: str
    severity: Severity = Severity.MISTAKE

    def __str__(self) -> str:
        kind = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.file}:{self.line}: {self.field}: {kind}{self.message}"


class PolicyErrors(Exception):
    """The policy file has mistakes. `problems` holds them all, and the warnings, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Problems:
    """Collects the problems of one file; `lines` says on which line a path stands."""

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)

    def mistake(self, path: Path, message: str) -> None:
        self._add(path, self._line(path), message, Severity.MISTAKE)

    def mistake_at(self, line: int, message: str) -> None:
        """A mistake of the file itself, on a line."""
        self._add((), line, message, Severity.MISTAKE)

    def warn(self, path: Path, message: str) -> None:
        self._add(path, self._line(path), message, Severity.WARNING)

    def unknown(self, path: Path, what: str, name: str, known: Iterable[str]) -> None:
        """A name that stands for nothing: say so, and what was probably meant."""
        self.mistake(path, f'there is no {what} "{short(name)}"{did_you_mean(name, list(known))}')

    @property
    def refused(self) -> bool:
        return any(problem.severity is Severity.MISTAKE for problem in self.found)

    def sorted(self) -> tuple[Problem, ...]:
        return tuple(sorted(self.found, key=lambda problem: problem.line))

    def _add(self, path: Path, line: int, message: str, severity: Severity) -> None:
        self.found.append(
            Problem(
                file=self.file,
                line=line,
                field=spelled(path),
                message=message,
                severity=severity,
            )
        )

    def _line(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it that the file holds."""
        return next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), 1)


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """What to write instead: the known name most like this one, or all of them when they are few."""
    wanted = name.strip().lower()
    best = process.extractOne(wanted, known, scorer=fuzz.ratio, processor=str.lower, score_cutoff=60)
    if best is not None:
        return f': did you mean "{best[0]}"?'
    if not known:
        return ""
    shown = ", ".join(f'"{each}"' for each in known[:8])
    return f": write {'one of ' if len(known) > 1 else ''}{shown}{', ...' if len(known) > 8 else ''}"


def spelled(path: Path) -> str:
    """The path as TOML would write it: people."ana@x.example".roles; "(file)" for the whole file."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = part if _BARE.fullmatch(part) else f'"{short(part)}"'
            text += f".{name}" if text else name
    return text or "(file)"


def short(text: str, most: int = 60) -> str:
    """At most so many characters, on one line and printable: what stands in a file may be anything."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[: most + 1])
    return clean if len(clean) <= most else clean[: most - 1] + "…"
