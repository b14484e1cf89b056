"""Messages are found by where they stand, for those who hear of them from their platform.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "messages_posted",
        "messages",
        ["message", "conversation", "platform"],
        unique=False,
        sqlite_where=sa.text("message IS NOT NULL"),
        postgresql_where=sa.text("message IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("messages_posted", table_name="messages")
