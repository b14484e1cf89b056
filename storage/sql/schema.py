"""Every table that there is, for the migrations: a table registers itself when its file is imported."""

from storage.sql import (
    tables,
    tables_freezes,
    tables_mutes,
    tables_outages,
    tables_people,
    tables_shifts,
    tables_signin,
    tables_sources,
    tables_surges,
)

__all__ = [
    "tables",
    "tables_freezes",
    "tables_mutes",
    "tables_outages",
    "tables_people",
    "tables_shifts",
    "tables_signin",
    "tables_sources",
    "tables_surges",
]
