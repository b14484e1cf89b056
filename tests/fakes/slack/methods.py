"""The table of Web API methods; each family of them registers itself here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.fakes.slack.passes import Triggers
from tests.fakes.slack.state import Json, Workspace


@dataclass
class Context:
    """What a method may use beside its arguments. `base` is where this server listens."""

    work: Workspace
    triggers: Triggers
    ticket: Callable[[], str]
    base: str


Run = Callable[[Context, Json], Json]


@dataclass(frozen=True)
class Method:
    """`scopes`: one of these is needed. `form_only`: Slack reads no JSON there, it would see no arguments."""

    run: Run
    scopes: Sequence[str]
    form_only: bool
    needs: Sequence[str]
    app_token: bool


METHODS: Final[dict[str, Method]] = {}


def method(
    name: str,
    *scopes: str,
    needs: str = "",
    reads: bool = False,
    app_token: bool = False,
) -> Callable[[Run], Run]:
    """Registers a method. `needs` are arguments that must be there; one that `reads` takes a form, no JSON."""

    def register(run: Run) -> Run:
        METHODS[name] = Method(run, scopes, reads, needs.split(), app_token)
        return run

    return register


def page(found: Sequence[Any], arguments: Json, *, usual: int) -> tuple[list[Any], str]:
    """One page of `found` and the cursor of the next one, as `limit` and `cursor` ask for."""
    start = int(str(arguments.get("cursor") or "0").removeprefix("c"))
    limit = int(arguments.get("limit") or usual)
    more = f"c{start + limit}" if start + limit < len(found) else ""
    return list(found[start : start + limit]), more


def flag(arguments: Json, name: str) -> bool:
    return str(arguments.get(name, "")).lower() in ("1", "true")
