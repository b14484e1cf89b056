"""What finding near-copies again after a restart needs, and which case was merged into which.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "leads",
        sa.Column("mention", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mention"),
    )
    op.create_index("leads_changed", "leads", ["community", "changed_at"])
    op.add_column("cases", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.create_index("cases_merged", "cases", ["merged_into"], sqlite_where=_MERGED, postgresql_where=_MERGED)


def downgrade() -> None:
    op.drop_index("cases_merged", "cases")
    op.drop_column("cases", "merged_into")
    op.drop_index("leads_changed", "leads")
    op.drop_table("leads")
