"""Commands as the page of the web chat sends them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

WHO: Final = "ana@kettle.example"


def typed(words: Iterable[str], *, name: str) -> Sequence[bytes]:
    """One request for each of these words, typed by Ana in her conversation with the desk; `name` keeps runs apart."""
    return [_request(text, f"{name}-{number}") for number, text in enumerate(words)]


def _request(text: str, name: str) -> bytes:
    said = {"as": WHO, "conversation": f"@{WHO}", "text": text, "id": name}
    body = json.dumps(said).encode()
    head = (
        "POST /web/say HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
