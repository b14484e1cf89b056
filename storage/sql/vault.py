"""Secrets that networks gave us, sealed at rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import bindparam, delete, select

from bot.ports import Clock
from storage.sql.puts import insert_into
from storage.sql.reader import Reader
from storage.sql.tables_sources import SecretRow
from storage.sql.writer import Writer

log = structlog.get_logger(__name__)
SECRETS: Any = SecretRow.__table__  # type: ignore[attr-defined]
_ONE: Final = select(SECRETS.c.sealed).where(SECRETS.c.name == bindparam("this_name"))


class SqlVault:
    """The Vault port. `keys` are Fernet keys, the newest first: it seals, the others still open. Without keys secrets
    are kept in this process only, so that nothing stands unsealed on a disk."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock, keys: Sequence[str]) -> None:
        self._reader, self._writer, self._clock = reader, writer, clock
        self._seal = MultiFernet([Fernet(key) for key in keys]) if keys else None
        self._here: dict[str, bytes] = {}

    async def get(self, name: str) -> bytes | None:
        if self._seal is None:
            return self._here.get(name)
        sealed = await self._reader.once(lambda c: c.execute(_ONE, {"this_name": name}).scalar())
        if sealed is None:
            return None
        try:
            return self._seal.decrypt(sealed)
        except InvalidToken:
            log.warning("a stored secret was sealed under another key, it is not used", name=name)
            return None

    async def put(self, name: str, secret: bytes) -> None:
        if self._seal is None:
            self._here[name] = secret
            return
        said = {"sealed": self._seal.encrypt(secret), "at": self._clock.real()}

        def write(connection: Any) -> None:
            new = insert_into(connection, SECRETS).values(name=name, **said)
            connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=said))

        await self._writer.submit([write])

    async def forget(self, name: str) -> None:
        self._here.pop(name, None)
        gone = delete(SECRETS).where(SECRETS.c.name == name)
        await self._writer.submit([lambda c: c.execute(gone)])
