"""How this process logs: JSON lines for machines, readable lines on a terminal, and no secret in either."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor

HIDDEN: Final = "[hidden]"

_SECRET_KEY: Final = re.compile(
    r"secret|token|passw|authorization|signature|cookie|api_?key|private_?key|credential", re.IGNORECASE
)
_LOGIN_IN_URL: Final = re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)")
_QUIET: Final = {
    "asyncio": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
}


def set_up(stream: TextIO, *, level: str = "info") -> None:
    """Sends every log line of this process to `stream`, from structlog and from the standard library alike.

    Values whose key says that they are secret, and logins inside addresses, are hidden at any depth.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = _rendering(terminal=stream.isatty())
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(number, quiet))


def hide_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: the same event without anything secret."""
    return _hidden_in(event)


def _rendering(*, terminal: bool) -> list[Processor]:
    # A plain traceback: the pretty one prints local variables, and with them secrets.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    last: Processor = plain if terminal else structlog.processors.JSONRenderer(default=str)
    return [structlog.processors.format_exc_info, hide_secrets, last]


def _hidden_in(fields: Mapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: HIDDEN if _SECRET_KEY.search(str(key)) else _hidden(value) for key, value in fields.items()}


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return _LOGIN_IN_URL.sub(HIDDEN, value) if "://" in value else value
    if isinstance(value, Mapping):
        return _hidden_in(value)
    if isinstance(value, list | tuple):
        return [_hidden(each) for each in value]
    return value
