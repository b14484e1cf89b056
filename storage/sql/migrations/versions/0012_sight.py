"""Who sees a restricted case, so that lists and counts leave out what is hidden.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_RESTRICTED = sa.text("sight IS NOT NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("sight", sa.Text(), nullable=True))
    op.create_index(
        "cases_sight",
        "cases",
        ["state", "sight", "id"],
        sqlite_where=_RESTRICTED,
        postgresql_where=_RESTRICTED,
    )


def downgrade() -> None:
    op.drop_index("cases_sight", table_name="cases")
    op.drop_column("cases", "sight")
