"""What people do not want to be told, and the moments of a case that digests ask for.

Revision: 0010, after 0009
"""

from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = "state IN ('open', 'claimed')"
UNANSWERED = f"{OPEN} AND responded_at IS NULL"
MOMENTS = ("since", "responded_at", "closed_at")
BATCH = 1000


def upgrade() -> None:
    op.create_table(
        "mutes",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "what", "department"),
    )
    for name in MOMENTS:
        op.add_column("cases", sa.Column(name, sa.BigInteger(), nullable=True))
    _fill(op.get_bind())
    op.create_index(
        "cases_unanswered",
        "cases",
        ["department", "since", "id"],
        sqlite_where=sa.text(UNANSWERED),
        postgresql_where=sa.text(UNANSWERED),
    )
    op.create_index("cases_since", "cases", ["since", "community"])


def _fill(connection: sa.Connection) -> None:
    """The moments stand in the cases already, as text."""
    cases = sa.table(
        "cases", *(sa.column(name) for name in ("id", "body", "since", "responded_at", "closed_at"))
    )
    change = cases.update().where(cases.c.id == sa.bindparam("case"))
    change = change.values({name: sa.bindparam(f"new_{name}") for name in MOMENTS})
    last = 0
    while True:
        some = sa.select(cases.c.id, cases.c.body).where(cases.c.id > last).order_by(cases.c.id).limit(BATCH)
        rows = connection.execute(some).all()
        if not rows:
            return
        connection.execute(change, [{"case": row.id, **_moments(row.body)} for row in rows])
        last = rows[-1].id


def _moments(body: bytes) -> dict[str, int | None]:
    case = msgspec.json.decode(body)
    service = case.get("service") or {}
    found = (service.get("since"), service.get("responded_at"), case.get("closed_at"))
    return {f"new_{name}": _micros(text) for name, text in zip(MOMENTS, found, strict=True)}


def _micros(text: str | None) -> int | None:
    if text is None:
        return None
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def downgrade() -> None:
    op.drop_index("cases_since", "cases")
    op.drop_index("cases_unanswered", "cases")
    for name in MOMENTS:
        op.drop_column("cases", name)
    op.drop_table("mutes")
