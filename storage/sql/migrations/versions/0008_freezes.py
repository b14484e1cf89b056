"""What may not be published now, the words cases are tagged with, and whose acts can be taken back.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SECOND_THOUGHTS = "kind IN ('resolved', 'dismissed', 'accepted', 'merged')"


def upgrade() -> None:
    op.create_table(
        "freezes",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "case_tags",
        sa.Column("case_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "tag"),
    )
    op.create_index("case_tags_tag", "case_tags", ["tag", "case_id"])
    op.create_index("case_tags_at", "case_tags", ["at"])
    op.create_index(
        "events_second_thoughts",
        "events",
        ["actor", "at"],
        sqlite_where=sa.text(_SECOND_THOUGHTS),
        postgresql_where=sa.text(_SECOND_THOUGHTS),
    )


def downgrade() -> None:
    op.drop_index("events_second_thoughts", table_name="events")
    op.drop_table("case_tags")
    op.drop_table("freezes")
