"""Who is who on the chat platforms, and who belongs to their user groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.ports import Identity, Standing
from storage.sql.puts import insert_into
from storage.sql.reader import Reader
from storage.sql.tables_people import GroupMemberRow, IdentityRow
from storage.sql.writer import Writer

IDENTITIES: Any = IdentityRow.__table__  # type: ignore[attr-defined]
MEMBERS: Any = GroupMemberRow.__table__  # type: ignore[attr-defined]


class SqlIdentities:
    """The Identities port."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader, self._writer = reader, writer

    async def everyone(self, platform: str) -> Sequence[Identity]:
        on = {"this_platform": platform}
        rows = await self._reader.once(lambda c: c.execute(_EVERYONE, on).all())
        return [_as_identity(row) for row in rows]

    async def keep(self, identity: Identity) -> None:
        row = _row(identity)
        said = {name: value for name, value in row.items() if name not in ("platform", "user_id")}

        def write(connection: Connection) -> None:
            new = insert_into(connection, IDENTITIES).values(**row)
            connection.execute(new.on_conflict_do_update(index_elements=["platform", "user_id"], set_=said))

        await self._writer.submit([write])

    async def groups(self, platform: str) -> Mapping[str, frozenset[str]]:
        on = {"this_platform": platform}
        rows = await self._reader.once(lambda c: c.execute(_GROUPS, on).all())
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row.group_id, set()).add(row.user_id)
        return {group: frozenset(users) for group, users in found.items()}

    async def keep_group(self, platform: str, group: str, users: Collection[str]) -> None:
        of = {"this_platform": platform, "this_group": group}
        rows = [{"platform": platform, "group_id": group, "user_id": user} for user in sorted(set(users))]

        def write(connection: Connection) -> None:
            connection.execute(_EMPTY, of)
            if rows:
                connection.execute(_FILL, rows)

        await self._writer.submit([write])


_EVERYONE: Final = select(IDENTITIES).where(IDENTITIES.c.platform == bindparam("this_platform"))
_GROUPS: Final = select(MEMBERS).where(MEMBERS.c.platform == bindparam("this_platform"))
_EMPTY: Final = delete(MEMBERS).where(
    MEMBERS.c.platform == bindparam("this_platform"), MEMBERS.c.group_id == bindparam("this_group")
)
_FILL: Final = insert(MEMBERS)


def _row(identity: Identity) -> dict[str, Any]:
    row = asdict(identity)
    user = row.pop("user")
    return {**row, "user_id": user, "standing": identity.standing.value}


def _as_identity(row: Any) -> Identity:
    return Identity(
        platform=row.platform,
        user=row.user_id,
        email=row.email,
        name=row.name,
        zone=row.zone,
        standing=Standing(row.standing),
        team=row.team,
        checked_at=row.checked_at,
    )
