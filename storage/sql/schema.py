"""Every table that there is, for the migrations: a table registers itself when its file is imported."""

from storage.sql import tables, tables_people

__all__ = ["tables", "tables_people"]
