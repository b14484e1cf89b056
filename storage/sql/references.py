"""Where the conversations of chat platforms are reached."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select

from storage.sql.puts import insert_into
from storage.sql.reader import Reader
from storage.sql.tables_people import ReferenceRow
from storage.sql.writer import Writer

REFERENCES: Any = ReferenceRow.__table__  # type: ignore[attr-defined]


class SqlReferences:
    """The References port."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader, self._writer = reader, writer

    async def get(self, platform: str, about: str) -> Mapping[str, Any] | None:
        one = _one(platform, about)
        row = await self._reader.once(lambda c: c.execute(_ONE, one).first())
        return _as_data(row) if row is not None else None

    async def keep(self, platform: str, about: str, data: Mapping[str, Any]) -> None:
        said = {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}

        def write(connection: Connection) -> None:
            new = insert_into(connection, REFERENCES).values(platform=platform, about=about, **said)
            connection.execute(new.on_conflict_do_update(index_elements=["platform", "about"], set_=said))

        await self._writer.submit([write])

    async def forget(self, platform: str, about: str) -> None:
        one = _one(platform, about)
        await self._writer.submit([lambda c: c.execute(_FORGET, one)])

    async def everyone(self, platform: str) -> Mapping[str, Mapping[str, Any]]:
        on = {"this_platform": platform}
        rows = await self._reader.once(lambda c: c.execute(_EVERYONE, on).all())
        return {row.about: _as_data(row) for row in rows}


_IS_THIS: Final = (
    REFERENCES.c.platform == bindparam("this_platform"),
    REFERENCES.c.about == bindparam("this_about"),
)
_ONE: Final = select(REFERENCES).where(*_IS_THIS)
_FORGET: Final = delete(REFERENCES).where(*_IS_THIS)
_EVERYONE: Final = select(REFERENCES).where(REFERENCES.c.platform == bindparam("this_platform"))


def _one(platform: str, about: str) -> dict[str, str]:
    return {"this_platform": platform, "this_about": about}


def _as_data(row: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row.data)
    return data
