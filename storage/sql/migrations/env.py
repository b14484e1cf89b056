"""Alembic's entry: runs on the connection that `storage.sql.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import storage.sql.schema  # noqa: F401  the tables register themselves

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    compare_type=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
