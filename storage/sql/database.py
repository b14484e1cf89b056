"""Which database this is: a SQLite file, or a PostgreSQL server. Everything else of the store is the same for both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import make_url

from bot.ports import Bell
from storage.sql.bell import NoBell, ServerBell
from storage.sql.engine import UnsupportedDatabase, connect, sqlite_path
from storage.sql.lock import DatabaseLock
from storage.sql.postgres import READERS, ServerCommitter, ServerReader, engine_of
from storage.sql.reader import Reader
from storage.sql.sqlite import FileCommitter, FileReader
from storage.sql.writer import Writer

SSL_MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
NO_PORT: Final = (
    "BATON_DATABASE_URL is no address: its port is no number. Write postgresql://user:password@host:5432/name; "
    "a password with / : @ # or ? must be percent-encoded."
)
NO_SSL_MODE: Final = "BATON_DATABASE_URL has an sslmode that does not exist; write one of: {known}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open database: where it is read and written, and how other processes hear of it."""

    reader: Reader
    writer: Writer
    bell: Bell

    async def close(self) -> None:
        await self.writer.close()
        await self.reader.close()
        await self.bell.close()


def is_server(url: str) -> bool:
    """Whether that is a PostgreSQL address. Raises UnsupportedDatabase for what is neither that nor a SQLite file."""
    try:
        address = make_url(url)
    except ValueError:
        # What the library says repeats parts of the address, which may be the password's.
        raise UnsupportedDatabase(NO_PORT) from None
    if address.get_backend_name() == "postgresql":
        if address.query.get("sslmode", "prefer") not in SSL_MODES:
            raise UnsupportedDatabase(NO_SSL_MODE.format(known=", ".join(SSL_MODES)))
        return True
    sqlite_path(url)
    return False


def open_database(url: str) -> Database:
    """Opens it; nothing is connected before the first use."""
    if is_server(url):
        bell = ServerBell(engine_of(url))
        return Database(
            reader=ServerReader(engine_of(url, connections=READERS, reads_only=True)),
            writer=Writer(ServerCommitter(engine_of(url)), wrote=bell.ring),
            bell=bell,
        )
    return Database(
        reader=FileReader(connect(url, role="read")),
        writer=Writer(FileCommitter(connect(url, role="write"))),
        bell=NoBell(),
    )


@contextmanager
def only_worker(url: str) -> Iterator[bool]:
    """Held while this process runs the desk's worker. On a SQLite file nobody else may (True); on a server any number
    of replicas share the work (False). Raises DatabaseInUse."""
    if is_server(url):
        yield False
    else:
        with DatabaseLock(sqlite_path(url)):
            yield True


__all__ = ["Database", "UnsupportedDatabase", "is_server", "only_worker", "open_database"]
