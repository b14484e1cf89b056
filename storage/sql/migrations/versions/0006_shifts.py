"""Who is away, and who stands for them; and to whom a claim is being handed over.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("cover", sa.String(), nullable=True),
        sa.Column("cover_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("person"),
    )
    op.add_column("cases", sa.Column("handed_to", sa.String(), nullable=True))
    op.create_index(
        "cases_handed",
        "cases",
        ["handed_to"],
        sqlite_where=sa.text("handed_to IS NOT NULL"),
        postgresql_where=sa.text("handed_to IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("cases_handed", table_name="cases")
    op.drop_column("cases", "handed_to")
    op.drop_table("absences")
