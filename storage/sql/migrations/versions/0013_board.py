"""What the board counts of open cases stands in an index, without the cases themselves.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN = "state IN ('open', 'claimed')"
COUNTED = ["opened_at", "department", "state", "due"]


def upgrade() -> None:
    op.create_index(
        "cases_board", "cases", COUNTED, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
    )


def downgrade() -> None:
    op.drop_index("cases_board", table_name="cases")
