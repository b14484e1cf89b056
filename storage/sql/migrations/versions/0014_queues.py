"""Queues are counted department by department, so the index of what is counted begins with the department.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = "state IN ('open', 'claimed')"
BEFORE = ["opened_at", "department", "state", "due"]
SINCE = ["department", "state", "opened_at", "due"]


def upgrade() -> None:
    _instead(SINCE)


def downgrade() -> None:
    _instead(BEFORE)


def _instead(columns: list[str]) -> None:
    op.drop_index("cases_board", table_name="cases")
    op.create_index(
        "cases_board", "cases", columns, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
    )
