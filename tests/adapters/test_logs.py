"""Log lines for machines and for people, without secrets."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog

from adapters.logs import HIDDEN, hide_secrets, set_up


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_where_nobody_watches() -> None:
    stream = io.StringIO()
    set_up(stream)
    structlog.contextvars.bind_contextvars(request="r-1")
    structlog.get_logger("mine").info("claimed", case=1042, secrets=["a"])
    structlog.get_logger("mine").debug("not shown")
    logging.getLogger("theirs").warning("old %s", "style")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["case"], ours["level"], ours["request"]) == ("claimed", 1042, "info", "r-1")
    assert ours["secrets"] == HIDDEN
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("old style", "warning", "theirs")


def test_readable_lines_on_a_terminal() -> None:
    stream = Terminal()
    set_up(stream)
    structlog.get_logger("mine").info("claimed", case=1042)
    assert "claimed" in stream.getvalue() and "1042" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_tracebacks_show_no_secrets(stream: io.StringIO) -> None:
    set_up(stream)
    hunter = "hunter" + "2"
    try:
        raise OSError(f"cannot reach postgresql://baton:{hunter}@db.example/baton")
    except OSError:
        structlog.get_logger("mine").exception("failed")
        logging.getLogger("theirs").exception("failed too")
    said = stream.getvalue()
    assert said.count("Traceback") == 2 and "db.example" in said
    assert hunter not in said


@pytest.mark.parametrize(
    "key",
    ["secret", "webhook_secrets", "token", "BOT_TOKEN", "password", "Authorization", "api_key", "Cookie"],
)
def test_secret_keys_are_hidden_at_any_depth(key: str) -> None:
    event = {"event": "x", "settings": {"deep": [{key: "hunter2", "port": 8080}]}, key: "hunter2"}
    hidden = hide_secrets(None, "info", event)
    assert hidden == {"event": "x", "settings": {"deep": [{key: HIDDEN, "port": 8080}]}, key: HIDDEN}
